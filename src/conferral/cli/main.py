"""`conferral <verb>`: the command line."""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conferral.site.settings")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The system an awarding organisation runs.",
                  pretty_exceptions_enable=False)  # fmt: skip
rules_app = typer.Typer(invoke_without_command=True, help="The rule book.")
ask_app = typer.Typer(no_args_is_help=True, help="Ask what the rules say of a date.")
packs_app = typer.Typer(no_args_is_help=True, help="The catalogue.")
ledger_app = typer.Typer(no_args_is_help=True, help="The ledger.")
evidence_app = typer.Typer(no_args_is_help=True, help="The store of evidence.")
app.add_typer(rules_app, name="rules")
app.add_typer(ask_app, name="ask")
app.add_typer(packs_app, name="packs")
app.add_typer(ledger_app, name="ledger")
app.add_typer(evidence_app, name="evidence")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[str, typer.Option(help="A day, as 2014-12-31.")]
REFUSED, WRONG_ARGUMENTS = 1, 2


@app.command()
def run(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    at: Annotated[str, typer.Option(help="Show the world as if it were that day, as 2013-11-15.")] = "",
    demo: Annotated[bool, typer.Option(help="Fill an empty database with the demonstration world.")] = True,
) -> None:
    """Start database, worker and web server on this machine."""
    if at:
        os.environ["CONFERRAL_AT"] = _day(at, "--at").isoformat()
    os.environ.setdefault("CONFERRAL_DEMO", "1" if demo else "0")
    os.environ.setdefault("CONFERRAL_ADDRESS", f"http://127.0.0.1:{port}")
    _start()
    from conferral.cli import run as running

    running.run(port, demo=demo)


@app.command()
def migrate() -> None:
    """Make or upgrade the database and load the packs. Run as the owner of the tables."""
    _start()
    from conferral.cli.run import prepare

    _print_faults(prepare())


@app.command()
def worker() -> None:
    """Run jobs until stopped. Any number of workers may run, on any number of machines."""
    _start()
    from procrastinate.contrib.django import app as jobs

    jobs.with_connector(jobs.connector.get_worker_connector()).run_worker(concurrency=2)


@app.command()
def register(
    file: Path,
    centre: Annotated[str, typer.Option(help="The centre's five-digit number.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; register nobody.")] = False,
    as_json: Json = False,
) -> None:
    """Register the candidates of a CSV or XLSX file at a centre."""
    _ready()
    from conferral.cli import registering

    if not file.is_file():
        _stop(f"There is no file {file}. Give the path of a CSV or XLSX file.")
    report = registering.register_file(file, centre, dry_run=dry_run)
    if isinstance(report, str):
        _stop(report)
    _say(report, as_json, registering.in_words(report))
    raise typer.Exit(REFUSED if report["refused"] else 0)


@app.command()
def simulate(
    claims: Annotated[int, typer.Option(min=1, max=100_000, help="Candidates who claim.")] = 200,
    seed: Annotated[int, typer.Option(min=0, max=1_000_000, help="The same seed gives the same season.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Go on in a database that holds centres.")] = False,
    as_json: Json = False,
) -> None:
    """Run a season of claims through the real actions, and ask the invariants of what is stored afterwards.

    Without DATABASE_URL it makes an embedded database of its own, afresh each time.
    """
    own = "DATABASE_URL" not in os.environ
    if own:
        os.environ["CONFERRAL_SIMULATION"] = "1"
    _start()
    from conferral.cli import simulation

    if own:
        simulation.forget_last()
    _ready()
    found = simulation.simulation(claims, seed, yes=yes)
    if isinstance(found, str):
        _stop(found)
    _say(found, as_json, simulation.in_words(found))
    raise typer.Exit(REFUSED if found["broken"] else 0)


@app.command()
def allocate(
    on: Annotated[str, typer.Option(help="Another day than today, as 2026-11-28; then nothing is kept.")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="Accept what is proposed; for today only.")] = False,
    as_json: Json = False,
) -> None:
    """Propose a moderator for every batch that waits, and accept what is proposed if asked to."""
    day = _day(on, "--on") if on else None
    if accept and day:
        _stop("--accept gives the work from today on, so it goes without --on.")
    _ready()
    from conferral.cli import allocation

    found = allocation.allocation(day, accept=accept)
    if isinstance(found, str):
        _stop(found)
    _say(found, as_json, allocation.in_words(found))
    left_out = any(one["state"] == "unplaced" for one in found["batches"])
    raise typer.Exit(REFUSED if found["refused"] or left_out else 0)


@app.command()
def depth(
    file: Annotated[
        Path | None, typer.Argument(help="A TOML file of labelled answers; the shipped set if none.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure how often the depth advice agrees with answers that a person has labelled."""
    from conferral.cli import depth as measuring

    found = measuring.measure(file or measuring.OWN)
    if isinstance(found, str):
        _stop(found)
    _say(found, as_json, measuring.in_words(found))


@app.command("verify-certificate")
def verify_certificate(number: str, as_json: Json = False) -> None:
    """Say whether a certificate is genuine, and what it says."""
    _ready()
    from conferral.cli import certificates

    found = certificates.check(number)
    _say(found, as_json, certificates.in_words(found))
    raise typer.Exit(0 if found["state"] == "issued" else REFUSED)


@app.command("register-import")
def register_import(
    file: Path,
    apply: Annotated[
        list[str] | None,
        typer.Option(help="Take over this value: a field for all schemes, or as 10263.title. May be repeated."),
    ] = None,
    dated: Annotated[
        str, typer.Option(help="The day of the download; when the file was last changed if not given.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Compare the catalogue with a download of the regulator's Register; without --apply nothing changes."""
    day = _day(dated, "--dated") if dated else None
    _ready()
    from conferral.cli import register_import as importing

    if not file.is_file():
        _stop(f"There is no file {file}. Give the path of a CSV downloaded from the Register.")
    report = importing.import_register(file, apply or [], dated=day)
    if isinstance(report, str):
        _stop(report)
    _say(report, as_json, importing.in_words(report))
    raise typer.Exit(REFUSED if report["refused"] else 0)


@app.command()
def readiness(
    centre: Annotated[str, typer.Option(help="The centre's five-digit number.")],
    scheme: Annotated[str | None, typer.Option(help="Only this scheme.")] = None,
    on: Annotated[str, typer.Option(help="As if it were that day, as 2014-10-31.")] = "",
    as_json: Json = False,
) -> None:
    """Say who is ready, who can still finish, what is missing and by when."""
    from conferral.rules.days import london_day

    day = _day(on, "--on") if on else None
    _ready()
    from django.conf import settings

    from conferral.cli import readiness as ready

    found = ready.readiness(centre, scheme, day or london_day(settings.CLOCK()))
    if isinstance(found, str):
        _stop(found)
    _say(found, as_json, ready.in_words(found))


@app.command()
def checkpoint(
    number: Annotated[int | None, typer.Argument(help="The checkpoint's number; without one, the latest.")] = None,
    as_json: Json = False,
) -> None:
    """Say who expects a result at a checkpoint, who is not ready and why, and which centres have not confirmed."""
    _ready()
    from conferral.cli import checkpoints

    found = checkpoints.checkpoint(number)
    if isinstance(found, str):
        _stop(found)
    _say(found, as_json, checkpoints.in_words(found))


@app.command()
def bounces(
    files: Annotated[list[str], typer.Argument(help="Mails saying that a mail failed (RFC 3464); - for the input.")],
    as_json: Json = False,
) -> None:
    """Read reports of mail that came back, and flag the addresses; for the relay to pipe them into."""
    _ready()
    from conferral.cli import bounces as reading

    found = reading.read(files)
    if isinstance(found, str):
        _stop(found)
    _say(found, as_json, reading.in_words(found))
    raise typer.Exit(REFUSED if found["unknown"] else 0)


@app.command()
def judge(
    registrations: Annotated[Path, typer.Option(help="Parquet: registration, scheme, awarded_on, held_on.")],
    achievements: Annotated[Path, typer.Option(help="Parquet: registration, unit, origin.")],
    out: Annotated[Path, typer.Option(help="The folder to write reasons.parquet and readiness.parquet into.")],
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    on: Annotated[str, typer.Option(help="As if it were that day, as 2014-10-31.")] = "",
    as_json: Json = False,
) -> None:
    """Judge award and readiness of every registration of a file by the rules that judge one."""
    from conferral.rules.days import london_day

    day = _day(on, "--on") if on else None
    _ready()
    from django.conf import settings

    from conferral.cli import judging

    judged = judging.judge(
        registrations, achievements, out, on=day or london_day(settings.CLOCK()), engine=engine
    )  # fmt: skip
    if isinstance(judged, str):
        _stop(judged)
    _say(judged, as_json, judging.in_words(judged))


@rules_app.callback()
def rules(context: typer.Context, as_json: Json = False) -> None:
    """List the rules, or show one."""
    if context.invoked_subcommand is None:
        from conferral.cli import rulebook

        _say(rulebook.listing(), as_json, rulebook.listing_in_words())


@rules_app.command("show")
def show_rule(rule: str, as_json: Json = False) -> None:
    """Show one rule."""
    from conferral.cli import rulebook

    shown = rulebook.rule_as_json(rule)
    if shown is None:
        _stop(f"There is no rule {rule}. `conferral rules` lists them.")
    _say(shown, as_json, rulebook.rule_in_words(shown))


@ask_app.command("registration")
def ask_registration(scheme: Annotated[str, typer.Option()], on: Day, as_json: Json = False) -> None:
    """Could a candidate be registered for a scheme on a day?"""
    from conferral.cli.rulebook import verdict_in_words

    day = _day(on, "--on")
    _ready()
    from conferral.actions import asking

    verdict = asking.ask_registration(scheme, day)
    _say(verdict.as_json(), as_json, verdict_in_words(verdict))
    raise typer.Exit(_asked(verdict))


@ask_app.command("claim")
def ask_claim(
    scheme: Annotated[str, typer.Option()],
    registered: Day,
    on: Day,
    unit: Annotated[str, typer.Option(help="A unit, as J/600/1003; without one, of any.")] = "",
    as_json: Json = False,
) -> None:
    """Could a claim be made on a day for a candidate registered on another?"""
    from conferral.cli.rulebook import verdict_in_words

    registered_on, day = _day(registered, "--registered"), _day(on, "--on")
    _ready()
    from conferral.actions import asking

    verdict = asking.ask_claim(scheme, registered_on, day, unit.strip().upper() or None)
    _say(verdict.as_json(), as_json, verdict_in_words(verdict))
    raise typer.Exit(_asked(verdict))


@app.command()
def faq(
    number: Annotated[int | None, typer.Argument(help="The question, 1 to 21; without one, all in short.")] = None,
    scheme: Annotated[
        str, typer.Option(help="The scheme's five-digit code; the first withdrawn one if not given.")
    ] = "",
    on: Annotated[str, typer.Option(help="The day it is asked on, as 2013-11-15; today if not given.")] = "",
    as_json: Json = False,
) -> None:
    """Answer the questions about a scheme that comes to an end, or that doesn't."""
    given = _day(on, "--on") if on else None
    _ready()
    from django.conf import settings

    from conferral.actions.answers import Unanswerable, answer, first_scheme, short_answers
    from conferral.cli import faq as words
    from conferral.rules.days import london_day

    scheme = scheme or first_scheme()
    day = given or london_day(settings.CLOCK())
    try:
        if number is None:
            answers = short_answers(scheme, day)
            _say([one.as_json() for one in answers], as_json, words.all_in_words(answers))
        else:
            one = answer(number, scheme, day)
            _say(one.as_json(), as_json, words.in_words(one))
    except Unanswerable as problem:
        _stop(str(problem))


@packs_app.command("load")
def load_packs(folder: Annotated[Path | None, typer.Argument(help="Default: the shipped packs.")] = None) -> None:
    """Bring the catalogue up to what the packs say; all of them or none."""
    _ready()
    from django.conf import settings

    from conferral.cli.run import load_catalogue

    folder = folder or settings.PACKS
    if not folder.is_dir() or not any(folder.glob("*.toml")):
        _stop(f"There are no packs (*.toml) in {folder}.")
    _print_faults(load_catalogue(folder))


@ledger_app.command("verify")
def verify_ledger() -> None:
    """Recompute every hash of the ledger and name the events whose chain is broken."""
    _ready()
    from conferral.records.access import acting_as
    from conferral.records.ledger.queries import broken_links
    from conferral.rules.permissions import CLOCK

    with acting_as(CLOCK):
        broken = broken_links()
    for link in broken:
        print(f"Broken at {link}", file=sys.stderr)
    print(f"{len(broken)} broken links." if broken else "Every event follows from the one before.")
    raise typer.Exit(REFUSED if broken else 0)


@evidence_app.command("sweep")
def sweep_evidence(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed; remove nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Remove bytes from the store that no row names, once they have lain there for the days allowed."""
    _ready()
    from conferral.cli import evidence

    found = evidence.swept(dry_run=dry_run)
    _say(found, as_json, evidence.swept_in_words(found))


@evidence_app.command("verify")
def verify_evidence(as_json: Json = False) -> None:
    """Read every file that is kept as evidence, and name each that is missing or changed."""
    _ready()
    from conferral.cli import evidence

    found = evidence.verified()
    _say(found, as_json, evidence.verified_in_words(found))
    raise typer.Exit(REFUSED if found["faults"] else 0)


@app.command()
def docs() -> None:
    """Write the generated pages under docs/."""
    _ready()
    from conferral.cli.docs import write_docs

    for path in write_docs(Path.cwd()):
        print(path.relative_to(Path.cwd()))


@app.command()
def licences(check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when stale.")] = False) -> None:
    """Write NOTICE from the licences of everything that Conferral stands on."""
    from conferral.cli.licences import licences as write

    raise typer.Exit(write(check))


@app.command()
def check() -> None:
    """Check that migrations, generated docs, NOTICE, glossary, policy and packs are complete and fresh."""
    _ready()
    from conferral.cli.checks import check as problems

    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    raise typer.Exit(REFUSED if found else 0)


def _start() -> None:
    import django

    django.setup()


def _ready() -> None:
    """A database that holds the schema and the catalogue."""
    _start()
    from conferral.cli.run import make_database, prepare
    from conferral.records.catalogue.models import Qualification

    make_database()
    from django.db import ProgrammingError

    try:
        empty = Qualification.objects.first() is None  # reads every column, so an older schema is noticed
    except ProgrammingError:
        empty = True
    if empty:
        prepare()


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _stop(f"{option} {text}: there is no such day. Write it as 2014-12-31.")


def _asked(verdict: Any) -> int:
    if any(reason.rule in ("scheme-unknown", "unit-not-in-scheme") for reason in verdict.reasons):
        return WRONG_ARGUMENTS
    return 0 if verdict.allowed else REFUSED


def _say(data: Any, as_json: bool, words: str) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else words)


def _print_faults(faults: Any) -> None:
    for fault in faults:
        print(f"{fault.outcome}: {fault.place}: {fault.text} {fault.remedy}", file=sys.stderr)
    if any(fault.outcome == "refused" for fault in faults):
        raise typer.Exit(REFUSED)


def _stop(sentence: str) -> Any:
    print(sentence, file=sys.stderr)
    raise typer.Exit(WRONG_ARGUMENTS)
