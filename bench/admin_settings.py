"""The product's settings with a Django admin beside it, as somebody would add one who starts from Django alone."""

from conferral.site.settings import *  # noqa: F403
from conferral.site.settings import INSTALLED_APPS, MIDDLEWARE, TEMPLATES

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
MIDDLEWARE = [name for name in MIDDLEWARE if name != "conferral.pages.gate.RefuseUngated"]
ROOT_URLCONF = "bench.admin_urls"
# The product's own context would burden the admin with a menu that it does not show.
TEMPLATES = [
    TEMPLATES[0]
    | {
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        }
    }
]
