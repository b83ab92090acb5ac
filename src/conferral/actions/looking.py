"""Looking into a file in a process of its own, which is ended when it takes too much; and asking the scanner."""

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conferral.rules.policies import policy

PART = 256 * 1024
MOST_ANSWER = 32 * 1024 * 1024
MOST_JOINED = 512 * 1024 * 1024
OUT_OF_MEMORY = 3  # how that process says so itself


@dataclass(frozen=True)
class Looked:
    """What was found, by name; or `unread`, why nothing could be."""

    found: dict[str, Any] = field(default_factory=dict)
    unread: str | None = None


@dataclass(frozen=True)
class Scanned:
    """What a scanner said: a `threat`, or `silent`, why it said nothing. Neither: nothing was found."""

    threat: str | None = None
    silent: str | None = None


Scanner = Callable[[Path], Scanned]


def look_into(path: Path, *, seconds: int | None = None, megabytes: int | None = None) -> Looked:
    """What is in a file, found within the limits of the policy unless others are given. Never raises for a file."""
    answer, unread = _ask("check", path, seconds=seconds, megabytes=megabytes)
    if unread:
        return Looked(unread=unread)
    try:
        return Looked(found=json.loads(answer))
    except ValueError:
        return Looked(unread="it stopped the program that reads it")


def picture_of(path: Path, page: int) -> bytes | None:
    """A page of a PDF, or a picture, drawn anew as JPEG; None when that can't be done."""
    answer, unread = _ask("picture", path, str(page))
    return None if unread or not answer.startswith(b"\xff\xd8") else answer


def joined(paths: list[Path]) -> bytes | None:
    """PDFs and pictures as one PDF, in their order; None when that can't be done."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as names:
        json.dump([str(path.resolve()) for path in paths], names)
        names.flush()
        answer, unread = _ask("join", Path(names.name), seconds=policy("seconds_to_join"), most=MOST_JOINED)
    return None if unread or not answer.startswith(b"%PDF-") else answer


def _ask(
    what: str,
    path: Path,
    *more: str,
    seconds: int | None = None,
    megabytes: int | None = None,
    most: int = MOST_ANSWER,
) -> tuple[bytes, str | None]:
    seconds = seconds or policy("seconds_to_look")
    megabytes = megabytes or policy("megabytes_to_look")
    command = [
        sys.executable, "-I", "-m", "conferral.intake", "--megabytes", str(megabytes), "--seconds", str(seconds),
        what, str(path.resolve()), *more,
    ]  # fmt: skip
    too_long = f"it takes longer than {seconds} seconds"
    with tempfile.TemporaryFile() as answer:
        try:
            ended = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=answer, stderr=subprocess.DEVNULL, timeout=seconds + 5,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"}, cwd="/", start_new_session=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return b"", too_long
        if ended.returncode == OUT_OF_MEMORY:
            return b"", f"it needs more than {megabytes} MB of memory"
        if ended.returncode in (-9, -24):  # killed, or out of processor time
            return b"", too_long
        if ended.returncode:
            return b"", "it stopped the program that reads it"
        answer.seek(0)
        return answer.read(most), None


def clamd(address: str, *, seconds: float = 60) -> Scanner:
    """A scanner that asks clamd at `address`, the path of a socket or host:port, sending the file in parts."""

    def scan(path: Path) -> Scanned:
        try:
            return _answer(_instream(address, path, seconds))
        except OSError as error:
            return Scanned(silent=f"the scanner doesn’t answer ({error.strerror or type(error).__name__})")

    return scan


def _instream(address: str, path: Path, seconds: float) -> str:
    with _connected(address, seconds) as line, path.open("rb") as file:
        line.sendall(b"zINSTREAM\0")
        try:
            while part := file.read(PART):
                line.sendall(struct.pack("!L", len(part)) + part)
            line.sendall(struct.pack("!L", 0))
        except BrokenPipeError:  # it has said why, and closed
            pass
        return line.makefile("rb").read(4096).rstrip(b"\0\n").decode("utf-8", "replace")


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        line.connect(address)
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host or "127.0.0.1", int(port)), timeout=seconds)


def _answer(said: str) -> Scanned:
    """`stream: OK`, `stream: Eicar-Test-Signature FOUND`, or an error."""
    word = said.removeprefix("stream: ")
    if word == "OK":
        return Scanned()
    if word.endswith(" FOUND"):
        return Scanned(threat=word.removesuffix(" FOUND"))
    if "size limit exceeded" in word:
        return Scanned(silent="it is larger than the scanner takes")
    return Scanned(silent="the scanner gave no answer")
