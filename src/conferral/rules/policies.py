"""Policy values with their source, read once from `policy/*.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files


@dataclass(frozen=True)
class Policy:
    """One value that rules count with. `decided_by` is empty when the source itself gives the value."""

    name: str
    value: int
    unit: str
    clause: str
    reviewed: date
    reading: str = ""
    decided_by: str = ""


def _read() -> dict[str, Policy]:
    folder = files("conferral.rules").joinpath("policy")
    texts = (file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".toml"))
    tables = (tomllib.loads(text) for text in texts)
    return {name: Policy(name, **entry) for table in tables for name, entry in table.items()}


POLICIES = _read()


def policy(name: str) -> int:
    """The value of a policy, in the unit that its entry states. Raises KeyError when there is none."""
    return POLICIES[name].value
