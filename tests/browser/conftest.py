"""A real server, a real worker and a real browser on a database of their own."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tools import browser as chromium

BIN = Path(sys.executable).parent
ARGUMENTS = [
    "--headless", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
PASSWORD = "demonstration"


@dataclass
class Product:
    """The running product: where it is, and how to run a command against the same database."""

    address: str
    environment: dict[str, str]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / "conferral", *words], env=self.environment, capture_output=True, text=True, timeout=120
        )


def free_port() -> int:
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(address: str, seconds: float = 180) -> None:
    """Until the address answers. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def start(home: Path, *words: str, **environment: str) -> tuple[subprocess.Popen, Product]:
    """`conferral run` in a data folder of its own."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONFERRAL_", "DATABASE_URL"))}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    env = clean | {"CONFERRAL_HOME": str(home)} | environment
    log = (home / "run.log").open("w")
    command = [BIN / "conferral", "run", "--port", str(port), *words]
    process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
    product = Product(f"http://127.0.0.1:{port}", env)
    try:
        wait_for(product.address)
    except TimeoutError:
        process.terminate()
        raise AssertionError((home / "run.log").read_text()) from None
    return process, product


@pytest.fixture(scope="session")
def product(tmp_path_factory) -> Iterator[Product]:
    """The demonstration world, running."""
    process, product = start(tmp_path_factory.mktemp("product"))
    yield product
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one file of tests: while it runs, no other test of this process may reach the database."""
    with sync_playwright() as playwright:
        arguments = ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=arguments)
        yield launched
        launched.close()


class Visitor:
    """One person at one browser: signs in, and complains about console errors."""

    def __init__(self, browser: Browser, product: Product, **context: object) -> None:
        self.context = browser.new_context(base_url=product.address, locale="en-GB", **context)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep an error, unless it only repeats that the page itself is a refusal (422) or unknown (404)."""
        of_the_page = message.location.get("url") == self.page.url and re.search(r"status of (422|404)", message.text)
        if message.type == "error" and not of_the_page:
            self.errors.append(message.text)

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        self.page.goto("/account/login/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/account/" not in url)
        return self.page


@pytest.fixture
def visit(browser, product) -> Iterator:
    """Make visitors; at the end none of them saw a console error."""
    visitors: list[Visitor] = []

    def make(**context: object) -> Visitor:
        visitors.append(Visitor(browser, product, **context))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [error for visitor in visitors for error in visitor.errors] == []
