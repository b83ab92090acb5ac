"""Pages for what can't be shown: each says what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What a view says of a thing that isn't there, when it says it in a sentence; else what to try."""
    said = str(exception.args[0]) if exception and exception.args and isinstance(exception.args[0], str) else ""
    page = {"heading": "It isn’t with you", "text": said} if "isn’t with you" in said else {}
    return render(request, "errors/404.html", {"page": page}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)
