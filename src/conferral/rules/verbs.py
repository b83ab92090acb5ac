"""Command verbs: how deep an answer goes that each of them asks for, read once from `verbs.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files


@dataclass(frozen=True)
class Depth:
    """What verbs of one kind ask for at the least, and what an answer looks like that is too thin."""

    verbs: tuple[str, ...]
    least: str
    thin: str


@dataclass(frozen=True)
class CommandVerbs:
    """All verbs with the clause that asks for them, and how this organisation reads it."""

    depths: tuple[Depth, ...]
    clause: str
    reviewed: date
    reading: str
    decided_by: str

    def of(self, verb: str) -> Depth | None:
        """What a verb asks for, whatever its case; None for a verb that the glossary lacks."""
        return next((depth for depth in self.depths if verb.strip().lower() in depth.verbs), None)


def _read() -> CommandVerbs:
    said = tomllib.loads(files("conferral.rules").joinpath("verbs.toml").read_text("utf-8"))
    depths = tuple(Depth(**one | {"verbs": tuple(one["verbs"])}) for one in said.pop("depths"))
    return CommandVerbs(depths, **said)


COMMAND_VERBS = _read()
