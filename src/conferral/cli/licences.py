"""Whose work Conferral stands on, under which licence, and whether `NOTICE` says so.

Python packages are read from the environment as far as `requirements/*.txt` names them, npm packages from
`frontend/package-lock.json`. What is locked but not installed here (for another platform) keeps its line.
Which licences are fine and what each package is for stands in `licences.toml`.
"""

import importlib.metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ALLOWED = frozenset(DATA["allowed"])
SPELLINGS = DATA["spellings"] | {name.lower(): name for name in ALLOWED}

HEAD = """\
Conferral
Copyright 2026 The Conferral authors

Licensed under the Apache License, Version 2.0; see LICENSE.

Data kept for the tests is credited in tests/data/README.md; each file in packs/ names its sources.

Conferral stands on the work of others, listed here as: name | licence | what for.
Written by `conferral licences`; `conferral licences --check` says when it is out of date.
"""


@dataclass(frozen=True, kw_only=True)
class Party:
    """One third party; `licence` is an SPDX expression, or empty where none could be read.

    It always `needs` some others, and `may_need` those of its extras and optional parts.
    """

    name: str
    section: str
    licence: str
    needs: frozenset[str] = frozenset()
    may_need: frozenset[str] = frozenset()

    @property
    def allowed(self) -> bool:
        return DATA["libraries"].get(self.name) == self.licence or is_allowed(self.licence)


def is_allowed(expression: str) -> bool:
    """Say whether an SPDX expression can be met: every part joined by AND, one of those joined by OR."""
    text = expression.replace("(", " ").replace(")", " ")
    return all(any(one.strip() in ALLOWED for one in part.split(" OR ")) for part in text.split(" AND "))


def check(root: Path = ROOT) -> list[str]:
    """Name each licence nobody has allowed, and each way in which `NOTICE` is out of date."""
    parties = third_parties(root)
    return refused(parties) + stale(parties, root)


def licences(check: bool = False, root: Path = ROOT) -> int:
    """Write `NOTICE`, or with `check` only compare; 1 when a person has to look, else 0."""
    if not (root / "requirements").is_dir():
        print("Licences are read in a checkout of Conferral; this is an installed one.", file=sys.stderr)
        return 1
    parties = third_parties(root)
    problems = refused(parties)
    if check:
        problems += stale(parties, root)
    elif not problems:
        (root / "NOTICE").write_text(notice(parties, root), encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def third_parties(root: Path = ROOT) -> list[Party]:
    """Everything locked that can be read here, by section and name."""
    found = [*_python_parties(root), *_npm_parties(root)]
    return sorted(found, key=lambda party: (party.section, party.name))


def refused(parties: Iterable[Party]) -> list[str]:
    """Name the parties whose licence is unknown or not allowed."""
    return [
        f"{party.name}: licence {party.licence or 'unknown'} is not allowed (see licences.toml)"
        for party in parties
        if not party.allowed
    ]


def stale(parties: Iterable[Party], root: Path = ROOT) -> list[str]:
    """Name what `NOTICE` lacks, says differently, or still says of something no longer locked."""
    written, wanted = _written(root), dict(_lines(parties))
    locked = {name for names in _locked(root).values() for name in names}
    return [
        *(f"{name}: NOTICE should say `{line}`" for name, line in wanted.items() if written.get(name) != line),
        *(f"{name}: in NOTICE, but in no lock file" for name in sorted(written.keys() - locked)),
        *(f"{name}: locked, but neither installed nor in NOTICE" for name in _unread(root, wanted, written)),
    ]


def notice(parties: Iterable[Party], root: Path = ROOT) -> str:
    """The text of `NOTICE`, keeping the lines of packages that only other platforms install."""
    wanted = dict(_lines(parties))
    known = _written(root) | wanted
    blocks = []
    for section, names in _locked(root).items():
        lines = [known[name] for name in sorted(names) if name in known]
        if lines:
            heading = DATA["sections"].get(section, f"Python, {section}")
            blocks.append("\n".join([heading, "-" * len(heading), *lines]) + "\n")
    return "\n".join([HEAD, *blocks])


def _lines(parties: Iterable[Party]) -> Iterator[tuple[str, str]]:
    parties = list(parties)
    for party in parties:
        yield party.name, f"{party.name} | {party.licence} | {_purpose(party, parties)}"


def _purpose(party: Party, parties: Iterable[Party]) -> str:
    if party.name in DATA["purposes"]:
        return str(DATA["purposes"][party.name])
    near = [one for one in parties if one.section == party.section]
    users = [one.name for one in near if party.name in one.needs]
    users = users or [one.name for one in near if party.name in one.may_need]
    return f"needed by {', '.join(sorted(users)[:2])}" if users else "needed by another of these"


def _locked(root: Path) -> dict[str, set[str]]:
    """Names per section; a name counts in the first section that locks it."""
    listed = {path.stem: _required(path) for path in sorted((root / "requirements").glob("*.txt"))}
    listed["npm"] = set(_npm_lock(root))
    locked: dict[str, set[str]] = {}
    for section in sorted(listed, key=_place):
        locked[section] = listed[section].difference(*locked.values())
    return locked


def _place(section: str) -> int:
    order = list(DATA["sections"])
    return order.index(section) if section in order else len(order)


def _required(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _python_parties(root: Path) -> Iterator[Party]:
    installed = {_plain(one.name): one.metadata for one in importlib.metadata.distributions()}
    for section, names in _locked(root).items():
        for name in names if section != "npm" else ():
            if name in DATA["read"]:
                yield Party(name=name, section=section, licence=DATA["read"][name])
            elif name in installed:
                yield _python_party(name, section, installed[name])


def _python_party(name: str, section: str, metadata: importlib.metadata.PackageMetadata) -> Party:
    wanted = metadata.json.get("requires_dist", [])
    extras = [one for one in wanted if "extra ==" in one]
    needs, may_need = _leading_names(set(wanted) - set(extras)), _leading_names(extras)
    return Party(name=name, section=section, licence=_declared(metadata), needs=needs, may_need=may_need)


def _declared(metadata: importlib.metadata.PackageMetadata) -> str:
    """The expression, else the licence field where it is short for one, else all classifiers together."""
    fields = metadata.json
    if expression := str(fields.get("license_expression", "")):
        return expression
    if short := SPELLINGS.get(str(fields.get("license", "")).strip().lower()):
        return short
    classifiers = [one.split(" :: ")[-1] for one in fields.get("classifier", []) if one.startswith("License :: ")]
    return " AND ".join(sorted({SPELLINGS.get(one.lower(), one) for one in classifiers}))


def _leading_names(requirements: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(match[0]) for one in requirements if (match := re.match(r"[A-Za-z0-9._-]+", one)))


def _npm_lock(root: Path) -> dict[str, dict[str, object]]:
    path = root / "frontend" / "package-lock.json"
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"] if path.exists() else {}
    return {place.rpartition("node_modules/")[2]: entry for place, entry in packages.items() if place}


def _npm_parties(root: Path) -> Iterator[Party]:
    for name, entry in _npm_lock(root).items():
        needs = _names(entry, "dependencies")
        may_need = _names(entry, "optionalDependencies") | _names(entry, "peerDependencies")
        licence = str(entry.get("license") or _npm_installed(root, name).get("license", ""))
        yield Party(name=name, section="npm", licence=licence, needs=needs, may_need=may_need)


def _names(entry: dict[str, object], key: str) -> frozenset[str]:
    names = entry.get(key)
    return frozenset(names) if isinstance(names, dict) else frozenset()


def _npm_installed(root: Path, name: str) -> dict[str, object]:
    path = root / "frontend" / "node_modules" / name / "package.json"
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _written(root: Path) -> dict[str, str]:
    path = root / "NOTICE"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    entries = [line for line in lines if line.count(" | ") == 2 and not line.startswith("Conferral")]
    return {line.split(" | ")[0]: line for line in entries}


def _unread(root: Path, wanted: dict[str, str], written: dict[str, str]) -> list[str]:
    """Locked for this platform, yet unknown here and unsaid in `NOTICE`: its licence was never read."""
    locked = {name for names in _locked(root).values() for name in names}
    return sorted(locked - wanted.keys() - written.keys() - _elsewhere(root))


def _elsewhere(root: Path) -> set[str]:
    """Names locked only for some platforms."""
    files = sorted((root / "requirements").glob("*.txt"))
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return {_plain(match[1]) for line in lines if (match := re.match(r"([A-Za-z0-9._-]+)==\S+ ;", line))}
