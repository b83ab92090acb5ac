"""The first page, and the pages that the footer links to."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

FIRST_PAGES = {"centre": "centre_today", "moderator": "moderator_waiting", "desk": "desk_today"}


def home(request: HttpRequest) -> HttpResponse:
    """Where a person's work begins; for a stranger, what this is."""
    if request.acting.audience in FIRST_PAGES:
        return redirect(FIRST_PAGES[request.acting.audience])
    template = "public/no_role.html" if request.acting.person else "public/home.html"
    return render(request, template, {"page": {"title": settings.ORGANISATION}})


def help_and_contact(request: HttpRequest) -> HttpResponse:
    page = {"title": "Help and contact", "contact": settings.CONTACT, "organisation": settings.ORGANISATION}
    return render(request, "public/help.html", {"page": page})


def accessibility(request: HttpRequest) -> HttpResponse:
    page = {"title": "Accessibility", "contact": settings.CONTACT}
    return render(request, "public/accessibility.html", {"page": page})


def privacy(request: HttpRequest) -> HttpResponse:
    page = {
        "title": "Privacy",
        "contact": settings.CONTACT,
        "organisation": settings.ORGANISATION,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "public/privacy.html", {"page": page})
