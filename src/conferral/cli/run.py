"""Starting everything on one machine: database, catalogue, demonstration, worker and web server."""

import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from conferral.actions.withdrawals import load_whole
from conferral.records.people.models import Person
from conferral.rules.packs import Fault, read_pack
from conferral.rules.permissions import Acting
from conferral.rules.withdrawals import read_withdrawal

BIN = Path(sys.executable).parent


def prepare() -> tuple[Fault, ...]:
    """Make the database if it is missing, migrate it and load the packs; returns the packs' faults. Safe to repeat."""
    make_database()
    call_command("migrate", verbosity=0, interactive=False)
    return load_catalogue(settings.PACKS)


def make_database() -> None:
    """Create the configured database unless it exists. Exits with a sentence when the server can't be reached."""
    default = settings.DATABASES["default"]
    try:
        connection.ensure_connection()
        return
    except Exception as error:
        if "does not exist" not in str(error):
            sys.exit(f"PostgreSQL can't be reached: {str(error).strip()}. Check DATABASE_URL.")
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    address = {name: default[key] for key, name in keys.items() if default[key]}
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(default["NAME"])))


def load_catalogue(folder: Path) -> tuple[Fault, ...]:
    """Load every pack of a folder and its withdrawals, or none of them; returns the faults."""
    packs = [read_pack(*_named(path)) for path in sorted(folder.glob("*.toml"))]
    withdrawals = [read_withdrawal(*_named(path)) for path in sorted(folder.glob("withdrawals/*.toml"))]
    return load_whole(packs, withdrawals, at=settings.CLOCK(), by=Acting("desk"))


def _named(path: Path) -> tuple[str, str]:
    return path.read_text("utf-8", errors="replace"), path.name


def run(port: int, *, demo: bool) -> None:
    """Serve on 127.0.0.1 until interrupted. The second time, what was entered the first time is still there."""
    started = time.monotonic()
    faults = [fault for fault in prepare() if fault.outcome == "refused"]
    if faults:
        sys.exit("\n".join(f"{fault.place}: {fault.text} {fault.remedy}" for fault in faults))
    token = _first_people(demo)
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.REMEMBER_WORLD()
    connection.close()
    children = [_worker(), _web(port, token)]
    _greet(port, token, time.monotonic() - started)
    _wait(children)


def _first_people(demo: bool) -> str:
    """Make the demonstration world in an empty database, or give a token for the first desk account."""
    if Person.objects.exists():
        return ""
    if not demo:
        return secrets.token_urlsafe(16)
    from conferral.cli.world import make_demo

    print("Making the demonstration world ...", flush=True)
    make_demo(settings.CLOCK())
    return ""


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([BIN / "conferral", "worker"], stdout=subprocess.DEVNULL)


def _web(port: int, token: str) -> subprocess.Popen[bytes]:
    command = [
        BIN / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", "4", "--no-access-log", "--log-level", "warning", "conferral.site.wsgi:application",
    ]  # fmt: skip
    return subprocess.Popen(command, env=os.environ | {"CONFERRAL_FIRST_ACCOUNT_TOKEN": token})


def _greet(port: int, token: str, seconds: float) -> None:
    address = f"http://127.0.0.1:{port}"
    print(f"\nConferral runs on {address} (ready in {seconds:.1f} s; Ctrl-C stops it)")
    if settings.AS_IF:
        print(f"It is shown as if it were {settings.AS_IF:%A} {settings.AS_IF.day} {settings.AS_IF:%B %Y}.")
    if token:
        print(f"Nobody is entered yet. Create the first desk account on {address}/first-desk-account/?token={token}")
    elif settings.DEMO:
        from conferral.cli.world import PASSWORD, sign_ins

        print(f"\nSign in on {address}/account/login/ with the password {PASSWORD}")
        for role, email in sign_ins():
            print(f"  {role:22} {email}")
    print(flush=True)


def _wait(children: list[subprocess.Popen[bytes]]) -> None:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with suppress(KeyboardInterrupt):
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
    ended = [child for child in children if child.poll() not in (None, 0)]
    for child in children:
        child.terminate()
    for child in children:
        child.wait(timeout=15)
    if ended:
        sys.exit("The web server or the worker stopped. What it said stands above; is the port taken?")
