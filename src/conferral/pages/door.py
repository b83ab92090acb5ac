"""What stands at the door for files of evidence, as this site is set up."""

from pathlib import Path

from django.conf import settings

from conferral.actions.evidence import Door
from conferral.actions.looking import clamd
from conferral.records.evidence.store import Store


def door() -> Door:
    """The store, the scanner if there is one, and the site's own limit on size."""
    return Door(
        Store(Path(settings.FILES)),
        clamd(settings.SCANNER) if settings.SCANNER else None,
        settings.FILE_MEGABYTES or None,
    )
