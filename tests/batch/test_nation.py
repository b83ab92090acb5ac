"""One by one in PostgreSQL, all at once on DuckDB and on Spark: the same reasons, the same readiness."""

import json
import random
import shutil
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.util import find_spec

import pgtrigger
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from conferral.actions.awards import judge_awards
from conferral.actions.holds import Reach, place_hold
from conferral.batch import nation
from conferral.batch.alike import alike
from conferral.batch.catalogue import DAY, NUMBER, TEXT, catalogue_of, table_of
from conferral.batch.engines import engine
from conferral.batch.nation import judge_nation
from conferral.cli.main import app
from conferral.records.awards.models import Award
from conferral.records.candidates.models import Achievement, Registration
from conferral.records.catalogue.models import Constraint, Qualification, Unit
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.holds.queries import held_days
from conferral.records.readiness import readiness_of
from tests.records.structures import SCHEMES, achieve, load_structures, units_of

DIPLOMA, WITHOUT_COMBINATION = "10379", "90001"
ON = date(2026, 12, 8)
REGISTRATIONS = {"registration": NUMBER, "scheme": TEXT, "awarded_on": DAY}
ACHIEVEMENTS = {"registration": NUMBER, "unit": TEXT, "origin": TEXT}


@pytest.fixture(scope="module")
def engines():
    """Engines by name, each opened when it is first asked for."""
    opened = {}
    with ExitStack() as stack:

        def give(name):
            if name == "spark":
                skip_without_spark()
            if name not in opened:
                opened[name] = stack.enter_context(engine(name))
            return opened[name]

        yield give


def skip_without_spark():
    if find_spec("pyspark") is None:
        pytest.skip("Spark is not tried here: pyspark is missing (`make spark` installs it).")
    if shutil.which("java") is None:
        pytest.skip("Spark is not tried here: Java 17 or later is missing.")


def random_nation(world, rng, size):
    """Registrations in every structure, with what is not known, claimed, carried over or awarded among them."""
    load_structures(world)
    Constraint.objects.filter(scheme=WITHOUT_COMBINATION).delete()
    for unit in Unit.objects.filter(code__startswith="900"):
        if rng.random() < 0.1:
            Unit.objects.filter(pk=unit.pk).update(level=None)
        if rng.random() < 0.1:
            Unit.objects.filter(pk=unit.pk).update(credit=None)
    for code in SCHEMES:
        final = rng.choice([None, ON + timedelta(days=rng.choice([-1, 0, 1, 9, 60, 400]))])
        Qualification.objects.filter(pk=code).update(final_certification=final, last_registration=None)
    codes = [*SCHEMES, DIPLOMA]
    numbers = achieve(world, [(code, some(code, rng)) for code in rng.choices(codes, k=size)])
    for row in Registration.objects.filter(pk__in=numbers):
        claim_some(world, row, rng)
        if rng.random() < 0.15:
            Award.objects.create(centre_id=world.centre, registration=row, scheme_id=row.scheme_id, awarded_on=ON)
    hold_some(world, numbers, rng)
    return numbers


def hold_some(world, numbers, rng):
    """Holds of every reach, on some in a claim, a scheme or by themselves; a whole centre would hold everybody."""
    by, claims = world.acting("quality_officer"), list(Claim.objects.values_list("pk", flat=True))
    reaches = [Reach(world.centre, registration=number) for number in rng.sample(numbers, len(numbers) // 20)]
    reaches += [Reach(world.centre, claim=claim) for claim in rng.sample(claims, len(claims) // 10)]
    reaches.append(Reach(world.centre, scheme=rng.choice([*SCHEMES])))
    for reach in reaches:
        verdict, _ = place_hold(reach, "other", "A doubt.", at=world.at - timedelta(rng.randrange(3)), by=by)
        assert verdict.allowed


def some(code, rng):
    units = units_of(code) if code in SCHEMES else list(Qualification.objects.get(pk=code).units.values_list("pk"))
    units = [unit if isinstance(unit, str) else unit[0] for unit in units]
    often = rng.choice((0, 0.3, 0.6, 0.95, 1))
    return {unit: rng.random() < 0.25 for unit in units if rng.random() < often}


def claim_some(world, row, rng):
    """Units in a claim that waits for a decision, now and then one that is achieved already."""
    if rng.random() < 0.5:
        return
    state = rng.choice(["submitted", "withdrawn"])
    with pgtrigger.ignore("claims.Claim:journey_start", "claims.ClaimedUnit:journey_start"):
        claim = Claim.objects.create(
            centre_id=world.centre, scheme_id=row.scheme_id, made_by=world.people["assessor"], made_at=world.at,
            state=state, submitted_at=world.at, moderator=world.people["examiner_moderator"],
        )  # fmt: skip
        for unit in some(row.scheme_id, rng):
            ClaimedUnit.objects.create(
                centre_id=world.centre, claim=claim, registration=row, unit_id=unit,
                state="claimed" if state == "submitted" else "withdrawn", assessor=world.people["assessor"],
                internal_verifier=world.people["internal_verifier"],
            )  # fmt: skip


def tables(rng):
    """Everything that is stored, as a nation's files have it."""
    held = held_days(Registration.objects.values_list("pk", flat=True))
    rows = [
        (pk, *row, held.get(pk)) for pk, *row in Registration.objects.values_list("pk", "scheme", "award__awarded_on")
    ]
    achieved = list(Achievement.objects.values_list("registration", "unit", "origin"))
    achieved = [(*one, None if origin == "decision" and rng.random() < 0.3 else origin) for *one, origin in achieved]
    claimed = ClaimedUnit.objects.filter(state="claimed", claim__state="submitted").values_list("registration", "unit")
    achieved += [(*one, "claimed") for one in claimed]
    achieved += rng.choices(achieved, k=5) if achieved else []
    return table_of(REGISTRATIONS | {"held_on": DAY}, rows), table_of(ACHIEVEMENTS, achieved)


def one_by_one(world, on):
    """What the product says of each registration by itself."""
    judged = judge_awards(
        Registration.objects.values_list("pk", flat=True), at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    )
    ready = readiness_of(world.centre, on=on, finishing=False)
    verdicts = [(number, verdict) for number, (_, verdict) in judged.items()]
    verdicts += [(one.registration.pk, one.verdict) for one in ready]
    reasons = sorted(
        (number, reason.rule, reason.outcome) for number, verdict in verdicts for reason in verdict.reasons
    )
    stands = sorted((one.registration.pk, one.status, one.could_transfer, unmet(one)) for one in ready)
    return sorted(reasons), stands


def unmet(one):
    return 0 if hasattr(one.registration, "award") else len(one.missing)


def all_at_once(opened, registrations, achievements, on):
    codes = set(registrations["scheme"].to_pylist())
    held = [opened.hold("given_registrations", registrations), opened.hold("given_achievements", achievements)]
    judged = judge_nation(*held, catalogue_of(codes, on=on), on=on, engine=opened)
    reasons = [tuple(row.values()) for row in judged.reasons.to_pyarrow().to_pylist()]
    names = ("registration", "status", "could_transfer", "unmet")
    stands = [tuple(row[name] for name in names) for row in judged.readiness.to_pyarrow().to_pylist()]
    return (sorted(reasons), sorted(stands)), judged


@pytest.mark.parametrize("seed", range(4))
def test_a_nation_is_judged_as_its_registrations_are_one_by_one(world, engines, seed):
    rng = random.Random(seed)
    random_nation(world, rng, 120)
    on = ON + timedelta(days=rng.randint(-2, 2))
    found, _ = all_at_once(engines("duckdb"), *tables(rng), on)
    assert found == one_by_one(world, on)
    assert {rule for _, rule, _ in found[0]} > {"combination-not-met", "combination-unknown", "readiness-units-missing"}
    assert len({status for _, status, *_ in found[1]}) >= 3


def test_spark_says_the_same(world, engines):
    opened, rng = engines("spark"), random.Random(20261122)
    random_nation(world, rng, 120)
    found, _ = all_at_once(opened, *tables(rng), ON)
    assert found == one_by_one(world, ON)


def test_a_scheme_of_more_units_than_a_word_has_bits(world, engines, monkeypatch):
    monkeypatch.setattr(nation, "alike", partial(alike, width=3))
    rng = random.Random(3)
    random_nation(world, rng, 120)
    found, _ = all_at_once(engines("duckdb"), *tables(rng), ON)
    assert found == one_by_one(world, ON)


def test_those_that_count_alike_are_worked_out_once(world, engines):
    units = [unit for (unit,) in Qualification.objects.get(pk=DIPLOMA).units.values_list("pk")]
    people = [(number, DIPLOMA, None) for number in range(1000)]
    achieved = [(number, unit, None) for number in range(1000) for unit in units[: number % 4]]
    given = table_of(REGISTRATIONS, people), table_of(ACHIEVEMENTS, achieved)
    _, judged = all_at_once(engines("duckdb"), *given, ON)
    assert judged.alike == 4


def test_a_unit_achieved_twice_counts_once(world, engines):
    """Those who have one twice are summed up again: five units twice are no more than once."""
    units = [unit for (unit,) in Qualification.objects.get(pk=DIPLOMA).units.values_list("pk")][:5]
    people = [(1, DIPLOMA, None), (2, DIPLOMA, None), (3, DIPLOMA, None)]
    achieved = [(number, unit, None) for number in (1, 2, 2) for unit in units]
    given = table_of(REGISTRATIONS, people), table_of(ACHIEVEMENTS, achieved)
    _, judged = all_at_once(engines("duckdb"), *given, ON)
    short = {row["registration"]: row["credits_short"] for row in judged.readiness.to_pyarrow().to_pylist()}
    assert (judged.alike, short[1], short[1] < short[3]) == (2, short[2], True)


def test_units_that_the_scheme_does_not_have_are_counted_but_do_not_count(world, engines):
    given = (
        table_of(REGISTRATIONS, [(1, DIPLOMA, None)]),
        table_of(ACHIEVEMENTS, [(1, "none", None), (2, "none", None)]),
    )
    (reasons, stands), judged = all_at_once(engines("duckdb"), *given, ON)
    assert (judged.not_counted, stands[0][1]) == (2, "can_finish")
    assert "combination-not-met" in {rule for _, rule, _ in reasons}


def test_nobody_is_judged_in_an_empty_nation(world, engines):
    given = table_of(REGISTRATIONS, []), table_of(ACHIEVEMENTS, [])
    found, judged = all_at_once(engines("duckdb"), *given, ON)
    assert (found, judged.alike) == (([], []), 0)


def asked(folder, *more, people=((1, DIPLOMA, None), (2, DIPLOMA, ON)), units=((1, "A/506/2130", None),)):
    """What the command prints of files with these rows."""
    for name, columns, rows in (("people", REGISTRATIONS, people), ("units", ACHIEVEMENTS, units)):
        parquet.write_table(table_of(columns, rows), folder / f"{name}.parquet")
    given = ["--registrations", folder / "people.parquet", "--achievements", folder / "units.parquet"]
    told = ["judge", *map(str, given), "--out", str(folder / "out"), "--on", str(ON), *more]
    return CliRunner().invoke(app, told)


def test_the_shell_judges_files(world, tmp_path):
    told = json.loads(asked(tmp_path, "--json").stdout)
    assert told["readiness"] == {"ready": 1, "can_finish": 1, "at_risk": 0, "cannot_finish": 0}
    assert told["reasons"] == {"certificate-already-due": 1, "combination-not-met": 2, "readiness-units-missing": 1}
    rows = parquet.read_table(tmp_path / "out" / "readiness.parquet").to_pylist()
    assert {row["registration"]: row["status"] for row in rows} == {1: "can_finish", 2: "ready"}
    assert "2 registrations on 2026-12-08" in asked(tmp_path).stdout


@pytest.mark.parametrize(
    ("more", "rows", "said"),
    [
        ([], {"people": [(1, "99999", None)]}, "No scheme has the code 99999."),
        ([], {"people": [(1, DIPLOMA, None), (1, DIPLOMA, None)]}, "1 rows of"),
        ([], {"people": [(1, DIPLOMA, None), (None, DIPLOMA, None), (3, DIPLOMA, None)]}, "1 rows of"),
        ([], {"people": [(n, DIPLOMA, None) for n in (-(2**62), 2**62, 2**62)]}, "1 rows of"),
        ([], {"people": [(None, DIPLOMA, None)]}, "1 rows of"),
        ([], {"people": [(1, None, None)]}, "have no scheme."),
        (["--engine", "abacus"], {}, "There is no engine abacus. Use duckdb or spark."),
        (["--on", "2026-02-30"], {}, "there is no such day"),
        (["--achievements", "nowhere.parquet"], {}, "There is no file nowhere.parquet."),
    ],
)
def test_files_that_cannot_be_judged_are_refused_with_a_sentence(world, tmp_path, more, rows, said):
    told = asked(tmp_path, *more, **rows)
    assert (told.exit_code, said in told.stderr, (tmp_path / "out").exists()) == (2, True, False)


def test_a_file_without_a_column_is_named(world, tmp_path):
    told = asked(tmp_path, "--registrations", str(tmp_path / "units.parquet"))
    assert (told.exit_code, "has no column scheme" in told.stderr) == (2, True)
