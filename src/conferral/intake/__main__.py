"""`check PATH` prints findings as JSON; `picture PATH PAGE` writes a page as JPEG; `join PATH` joins files to a PDF.

Limits come first, in megabytes and seconds of processor time, and hold before any parser is loaded.
"""

import argparse
import contextlib
import ctypes
import json
import resource
import signal
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024
MOST_WRITTEN = 32 * MEGABYTE
MOST_JOINED = 512 * MEGABYTE
DIE_WITH_PARENT = 1  # option of prctl(2)
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # flags of unshare(2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m conferral.intake", description=__doc__)
    parser.add_argument("--megabytes", type=int, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("what", choices=["check", "picture", "join"])
    parser.add_argument("path", type=Path)
    parser.add_argument("page", type=int, nargs="?", default=1)
    asked = parser.parse_args()
    leave_network()
    end_with_who_asked()
    limit(asked.megabytes, asked.seconds, MOST_JOINED if asked.what == "join" else MOST_WRITTEN)
    if asked.what == "check":
        from conferral.intake.checking import check

        json.dump(check(asked.path).as_json(), sys.stdout)
    elif asked.what == "join":
        from conferral.intake.joining import join

        sys.stdout.buffer.write(join(asked.path))
    else:
        from conferral.intake.drawing import draw

        sys.stdout.buffer.write(draw(asked.path, asked.page))


def limit(megabytes: int, seconds: int, written: int) -> None:
    """Bind this process for good: memory, processor time, what it may write; no core dump and no further process.

    The kernel ends the process at the second; the hard limits can't be raised again.
    """
    for what, most in (
        (resource.RLIMIT_AS, megabytes * MEGABYTE),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def leave_network() -> None:
    """Go where there is no network, if the kernel lets an ordinary process: the file then has nobody to call."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(NEW_USER | NEW_NETWORK)


def end_with_who_asked() -> None:
    """Be killed when the worker is: another one takes the file up, and two would need the memory of two.

    After `leave_network`, for a process forgets it with a change of its rights.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        sys.exit(3)  # told apart from a crash by whoever asked
