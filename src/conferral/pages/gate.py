"""The one gate that every page passes: who is asking, may they, and which rows may they see.

A route is declared with `route(...)` and names a permission; a view without one is refused.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from conferral.pages.chrome import place
from conferral.records.access import acting_as
from conferral.rules.permissions import AUDIENCE_OF, PERMISSIONS, PUBLIC, Acting

OPEN = "open"  # anybody; sees only what is public
ACCOUNT = "account"  # signing in and out; no rows of the domain
SIGNED_IN = "signed_in"  # anybody signed in, whatever their roles
_SPECIAL = {OPEN, ACCOUNT, SIGNED_IN}

View = Callable[..., HttpResponse]


def route(pattern: str, view: View, *, name: str, permission: str) -> URLPattern:
    """A URL whose view is behind the gate. `permission` is a key of PERMISSIONS, or OPEN, ACCOUNT, SIGNED_IN."""
    return path(pattern, gate(view, permission), name=name)


def gate(view: View, permission: str) -> View:
    """The view, judged and run under the database role of whoever asks.

    The request gets `at` (the moment everything in it is judged by), `places`, `acting` and `place`, its name.
    """
    if permission not in _SPECIAL and permission not in PERMISSIONS:
        raise ValueError(f"There is no permission {permission!r}.")

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.at = settings.CLOCK()
        request.places = places_of(request.user) if request.user.is_authenticated else {}
        request.acting = acting_of(request)
        request.place = request.places.get(request.acting, "")
        request.fresh_bytes = settings.FRESH_BYTES
        if permission == ACCOUNT:
            return view(request, *args, **kwargs)
        if permission == OPEN:
            with acting_as(PUBLIC, certificate=kwargs.get("certificate", "")):
                return rendered(view(request, *args, **kwargs))
        if request.acting.person is None:
            return redirect_to_login(request.get_full_path())
        if permission != SIGNED_IN and not request.acting.may(permission):
            raise PermissionDenied(permission)
        with acting_as(request.acting):
            return rendered(view(request, *args, **kwargs))

    gated.permission = permission
    return gated


def rendered(response: HttpResponse) -> HttpResponse:
    """A lazy template is rendered while the database role still holds."""
    return response.render() if hasattr(response, "render") and not response.is_rendered else response


def acting_of(request: HttpRequest) -> Acting:
    """The person signed in, in the roles of the place that they chose, or of their first one."""
    if not request.user.is_authenticated:
        return PUBLIC
    if not request.places:
        return Acting("public", request.user.pk)
    chosen = request.session.get("acting")
    return next((one for one in request.places if place_key(one) == chosen), next(iter(request.places)))


def place_key(acting: Acting) -> str:
    """How a place is named in the session: its audience, and its centre if it has one."""
    return f"{acting.audience}:{acting.centre or ''}"


def places_of(person: Any) -> dict[Acting, str]:
    """Each place in which a person signed in acts, with the roles held there, and how the place is named."""
    roles: dict[tuple[str, str | None, str], list[str]] = {}
    for role, centre, name in person.held:
        roles.setdefault((AUDIENCE_OF[role], centre, name), []).append(role)
    places = (
        (Acting(audience, person.pk, centre, tuple(held)), name) for (audience, centre, name), held in roles.items()
    )
    return {acting: place(acting, name) for acting, name in places}


class RefuseUngated:
    """A view that no gate was put before is never run."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if not hasattr(view, "permission"):
            raise PermissionDenied("This address has no policy.")
