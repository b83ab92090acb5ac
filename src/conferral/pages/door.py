"""What stands at the door for files of evidence, as this site is set up."""

from django.conf import settings

from conferral.actions.evidence import Door


def door() -> Door:
    """The store, the scanner if there is one, and the site's own limit on size."""
    return Door.of(settings)
