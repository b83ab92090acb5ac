"""What `conferral check` looks at, beyond what the linters and the tests do."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template import TemplateSyntaxError, engines

from conferral.cli import licences
from conferral.cli.docs import missing_words, stale_docs
from conferral.rules.journeys import JOURNEYS
from conferral.rules.packs import pack_faults, read_pack
from conferral.rules.permissions import ROLES
from conferral.rules.policies import Policy
from conferral.rules.withdrawals import Dates, read_withdrawal, withdrawal_faults

ROOT = licences.ROOT
PACKAGE = Path(__file__).resolve().parent.parent
POLICY = PACKAGE / "rules" / "policy"


def check(root: Path = ROOT) -> list[str]:
    """Everything found, a sentence each; nothing when all is complete and fresh."""
    if not (root / "docs").is_dir():
        return ["Checks are made in a checkout of Conferral; this is an installed one."]
    found = (docs(root), migrations(), notice(root), glossary(root), policy(POLICY), packs(settings.PACKS), templates())
    return [problem for problems in found for problem in problems]


def docs(root: Path) -> Iterator[str]:
    """Generated pages that the code would write otherwise, and settings that nobody has described."""
    yield from missing_words()
    for path in stale_docs(root):
        yield f"{path.relative_to(root)} is out of date: run `make docs`."


def migrations() -> Iterator[str]:
    """Models, and triggers of models, that differ from their migrations."""
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit:
        yield "A model or one of its triggers differs from its migrations: run `django-admin makemigrations`."


def notice(root: Path) -> Iterator[str]:
    """Licences that nobody has allowed, and a NOTICE that says otherwise."""
    yield from licences.check(root)


def glossary(root: Path) -> Iterator[str]:
    """Models, states and roles without a line in the glossary."""
    lines = (root / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    known = {name for line in lines if line.startswith("| ") for name in re.findall(r"`([^`]+)`", line)}
    models = [one.__name__ for one in apps.get_models() if one.__module__.startswith("conferral.records.")]
    states = [f"{journey.name}: {state}" for journey in JOURNEYS.values() for state in journey.states]
    for name in (*models, *states, *ROLES):
        if name not in known:
            yield f"docs/glossary.md has no line for `{name}`."


def policy(folder: Path) -> Iterator[str]:
    """Policy files that cannot be read, and values that do not say where they come from or how it was read."""
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            yield f"{path.name} is no TOML: {error}."
            continue
        for name, entry in entries.items():
            yield from (f"{path.name}, {name}: {fault}" for fault in _value_faults(name, entry))


def _value_faults(name: str, entry: object) -> Iterator[str]:
    try:
        value = Policy(name, **entry)  # type: ignore[arg-type]
    except TypeError as error:
        yield f"{error}."
        return
    if not value.clause:
        yield "the clause is empty."
    if bool(value.decided_by) != bool(value.reading):
        yield "a value that was decided here says how the source was read, and no other does."


def packs(folder: Path) -> Iterator[str]:
    """What keeps the shipped packs and their withdrawals from being loaded."""
    read = [read_pack(path.read_text(encoding="utf-8"), path.name) for path in sorted(folder.glob("*.toml"))]
    told = [
        read_withdrawal(path.read_text(encoding="utf-8"), path.name)
        for path in sorted(folder.glob("withdrawals/*.toml"))
    ]
    dates = {
        scheme.code: Dates(*(said and said.value for said in (scheme.last_registration, scheme.final_certification)))
        for pack in read
        for scheme in pack.schemes
    }
    for fault in (*pack_faults(read), *withdrawal_faults(told, dates)):
        if fault.outcome == "refused":
            yield f"{fault.place}: {fault.text} {fault.remedy}"


def templates() -> Iterator[str]:
    """Templates that do not compile."""
    engine = engines["django"]
    for folder in sorted(PACKAGE.rglob("templates")):
        for path in sorted(folder.rglob("*.html")):
            name = path.relative_to(folder).as_posix()
            try:
                engine.get_template(name)
            except (TemplateSyntaxError, UnicodeDecodeError) as error:
                yield f"The template {name} does not compile: {error}"
