"""Django's settings. Everything an operator may change is an environment variable, listed in docs/settings.md."""

import os
import secrets
from pathlib import Path

from conferral.site.database import data_folder, databases
from conferral.site.started import recall, remember

recall()  # before the clock reads which day it is

from conferral.site import clock  # noqa: E402

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0") == "1"


def _secret() -> str:
    """The signing secret: `CONFERRAL_SECRET`, else one made once and kept in the data folder."""
    if "CONFERRAL_SECRET" in os.environ:
        return os.environ["CONFERRAL_SECRET"]
    kept = data_folder() / "secret"
    if not kept.exists():
        kept.write_text(secrets.token_urlsafe(50))
        kept.chmod(0o600)
    return kept.read_text()


# The edges hand these on as arguments; nothing below the edges reads them.
CLOCK = clock.now
AS_IF = clock.as_if()
FRESH_BYTES = secrets.token_bytes
REMEMBER_WORLD = remember

DEMO = _flag("CONFERRAL_DEMO", False)
ORGANISATION = os.environ.get("CONFERRAL_ORGANISATION", "Cambrian & Marches Awards")
CONTACT = os.environ.get("CONFERRAL_CONTACT", "")
FIRST_ACCOUNT_TOKEN = os.environ.get("CONFERRAL_FIRST_ACCOUNT_TOKEN", "")
FILES = Path(os.environ.get("CONFERRAL_FILES", str(data_folder() / "files")))
FILE_MEGABYTES = int(os.environ.get("CONFERRAL_FILE_MEGABYTES", 0))
SCANNER = os.environ.get("CONFERRAL_CLAMD", "")
PUBLIC_ADDRESS = os.environ.get("CONFERRAL_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
PACKS = PACKAGE / "packs" if (PACKAGE / "packs").is_dir() else PACKAGE.parent.parent / "packs"

SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("CONFERRAL_HOSTS", "127.0.0.1,localhost,testserver").split(",")
_SECURE = PUBLIC_ADDRESS.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_ENGINE = "conferral.pages.accounts.sessions"

INSTALLED_APPS = [
    "conferral.pages",  # first, so that its form and sign-in templates win
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "pgtrigger",
    "procrastinate.contrib.django",
    "conferral.records.people",
    "conferral.records.catalogue",
    "conferral.records.centres",
    "conferral.records.candidates",
    "conferral.records.claims",
    "conferral.records.evidence",
    "conferral.records.moderation",
    "conferral.records.allocation",
    "conferral.records.awards",
    "conferral.records.money",
    "conferral.records.holds",
    "conferral.records.appeals",
    "conferral.records.questions",
    "conferral.records.samples",
    "conferral.records.standards",
    "conferral.records.letters",
    "conferral.records.checkpoints",
    "conferral.records.guidance",
    "conferral.records.community",
    "conferral.records.reports",
    "conferral.records.ledger",
    "conferral.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "conferral.pages.gate.RefuseUngated",
]
ROOT_URLCONF = "conferral.site.urls"
WSGI_APPLICATION = "conferral.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "conferral.pages.chrome.chrome",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["conferral.pages.accounts.backend.People"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "conferral.pages.accounts.adapter.Accounts"
ACCOUNT_FORMS = {
    "login": "conferral.pages.accounts.forms.SignIn",
    "reset_password": "conferral.pages.accounts.forms.NewPassword",
    "reset_password_from_key": "conferral.pages.accounts.forms.PasswordFromLink",
    "change_password": "conferral.pages.accounts.forms.ChangedPassword",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("CONFERRAL_STATIC", str(data_folder() / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_TEMP_DIR = str(data_folder())  # evidence is larger than many a /tmp

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

_MAIL = os.environ.get("CONFERRAL_MAIL", "")
# Mail leaves only when a relay is named, the world is not a demonstration and the day is today.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _MAIL and not DEMO and "CONFERRAL_AT" not in os.environ
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_HOST, _, EMAIL_PORT = _MAIL.partition(":")
EMAIL_PORT = int(EMAIL_PORT or 25)
EMAIL_FILE_PATH = str(data_folder() / "mail")
DEFAULT_FROM_EMAIL = os.environ.get("CONFERRAL_SENDER", "conferral@localhost")

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS = ["conferral.batch.jobs"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CONFERRAL_LOG", "WARNING")},
}
