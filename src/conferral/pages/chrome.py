"""What surrounds every page: the organisation, the person, the menu and the Next line."""

from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from conferral.rules.permissions import PUBLIC, Acting

MENUS: dict[str, tuple[tuple[str, str], ...]] = {
    "centre": (
        ("Today", "centre_today"),
        ("Candidates", "centre_candidates"),
        ("Claims", "centre_claims"),
        ("Results", "centre_results"),
        ("Library", "library"),
        ("Our centre", "centre_own"),
    ),
    "moderator": (
        ("Waiting for me", "moderator_waiting"),
        ("Parcels", "moderator_parcels"),
        ("Away", "moderator_away"),
        ("Letters", "letters"),
        ("Library", "library"),
    ),
    "desk": (
        ("Today", "desk_today"),
        ("Allocation", "desk_allocation"),
        ("Centres", "desk_centres"),
        ("Catalogue", "desk_catalogue"),
        ("Awards", "desk_awards"),
        ("Guidance", "desk_guidance"),
        ("Letters", "letters"),
    ),
    "public": (
        ("Check a certificate", "check_certificate"),
        ("Qualifications and dates", "qualifications"),
        ("Support documents", "library"),
        ("Rule book", "rule_book"),
    ),
}
FOOTER = (
    ("Help and contact", "help"),
    ("Rule book", "rule_book"),
    ("Check a certificate", "check_certificate"),
    ("Accessibility", "accessibility"),
    ("Privacy", "privacy"),
)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The `chrome` of the template contract; a view may add `next` and `badges` by `request.chrome`."""
    acting = getattr(request, "acting", PUBLIC)
    extra = getattr(request, "chrome", {})
    day = settings.AS_IF
    return {
        "chrome": {
            "organisation": settings.ORGANISATION,
            "person": getattr(request, "user", None) and getattr(request.user, "name", None),
            "place": getattr(request, "place", ""),
            "change_place_url": reverse("change_place") if len(getattr(request, "places", ())) > 1 else None,
            "audience": acting.audience,
            "menu": menu(request, acting.audience, extra.get("badges", {}), extra.get("section", "")),
            "next": extra.get("next"),
            "now": getattr(request, "at", None) or settings.CLOCK(),
            "as_if": f"Shown as if it were {day:%A} {day.day} {day:%B %Y}. No mail leaves." if day else None,
            "demo": settings.DEMO,
            "footer": footer(demo=settings.DEMO),
            "sign_in_url": address("account_login"),
            "sign_out_url": address("account_logout"),
        }
    }


LIBRARY = {"centre": "Library", "moderator": "Library", "desk": "Guidance", "public": "Support documents"}


def under_library(request: HttpRequest) -> None:
    """Show the page under the menu's entry for what there is to read."""
    request.chrome = {"section": LIBRARY[getattr(request, "acting", PUBLIC).audience]}


def menu(request: HttpRequest, audience: str, badges: dict[str, Any], section: str = "") -> SafeString:
    """The menu of an audience; the entry named by the view, or whose address begins this one's, is current."""
    entries = [(label, address(name)) for label, name in MENUS[audience]]
    begun = [url for _, url in entries if request.path.startswith(url)]
    current = next((url for label, url in entries if label == section), None) or max(begun, key=len, default=None)
    return _menu(tuple((label, url, url == current, badges.get(label) or 0) for label, url in entries))


# A page is surrounded by much that is the same on the next one: it is drawn once.
address = cache(reverse)


@lru_cache(maxsize=1024)
def _menu(entries: tuple[tuple[str, str, bool, Any], ...]) -> SafeString:
    names = ("label", "url", "current", "badge")
    return render_to_string("parts/menu.html", {"menu": [dict(zip(names, entry, strict=True)) for entry in entries]})


@cache
def footer(*, demo: bool) -> SafeString:
    """The links at the end of each page."""
    links = [{"label": label, "url": address(name)} for label, name in FOOTER]
    return render_to_string("parts/footer.html", {"footer": links, "demo": demo})


def place(acting: Acting, centre_name: str = "") -> str:
    """Where the person acts, for the header."""
    if acting.centre:
        return f"{centre_name} · centre {acting.centre}"
    return {
        "moderator": "External verifier" if acting.roles == ("external_verifier",) else "Examiner-moderator",
        "desk": "Awarding organisation's desk",
    }.get(acting.audience, "")
