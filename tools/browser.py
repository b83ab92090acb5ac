"""Finding a Chromium for the browser tests, or getting one: `python tools/browser.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The path of a Chromium: `CONFERRAL_CHROMIUM`, one on the PATH, or Playwright's own; None when there is none."""
    named = os.environ.get("CONFERRAL_CHROMIUM")
    on_path = next((path for path in map(shutil.which, NAMES) if path), None)
    return named or on_path or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def get() -> str | None:
    """Install one: by the system's package manager as root on Debian or Ubuntu, else by Playwright's installer."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("No Chromium found: installing Debian's package `chromium`.", flush=True)
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, **quiet)
    if find() is None:
        print("No Chromium found: running Playwright's own installer.", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


def main() -> int:
    found = find()
    if found:
        print(f"Browser tests use {found}.")
        return 0
    found = get()
    if found:
        print(f"Browser tests use {found}, installed just now.")
        return 0
    print("There is no Chromium and none could be installed. Install one, or set CONFERRAL_CHROMIUM to its path.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
