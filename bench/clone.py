"""From `git clone` to the first page, as the README says it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure
from bench.home import CHECKOUT
from bench.server import free_port, wait_for

CACHES = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm"}


def measure(*, cold: bool) -> Iterator[Figure]:
    """With the caches of this machine as they are, and with none."""
    yield Figure("git clone to first page", "uv, pip and npm caches as this machine has them", seconds_to_first_page())
    if cold:
        yield Figure("git clone to first page", "empty uv, pip and npm caches", seconds_to_first_page(cold=True))


def seconds_to_first_page(*, cold: bool = False) -> str:
    """Clone the last commit into a new folder, `make run` there, wait for the first page, stop and remove it."""
    with temporary_folder() as folder:
        env = clean_environment() | ({name: str(folder / cache) for name, cache in CACHES.items()} if cold else {})
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(folder / "conferral")], check=True)
        port = free_port()
        running = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=folder / "conferral", env=env, start_new_session=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/", running, seconds=600)
            return f"{time.monotonic() - began:.0f} s"
        finally:
            stop(running)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="conferral-clone-"))
    folder.chmod(0o755)  # run as root, the embedded server has a system user of its own
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clean_environment() -> dict[str, str]:
    """What a person's shell has, without what belongs to this run."""
    ours = ("CONFERRAL_", "DJANGO_", "DATABASE_URL", "VIRTUAL_ENV", "MAKE", "MFLAGS", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def stop(running: subprocess.Popen[bytes]) -> None:
    """End `make` and everything it started: they are a process group of their own."""
    os.killpg(running.pid, signal.SIGTERM)
    running.wait(timeout=60)
