"""Checkpoints: set by the desk, asked of each centre with its own list, answered and confirmed by it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre
from conferral.records.candidates.models import Registration
from conferral.records.checkpoints.models import AskedCentre, Checkpoint, Expectation
from conferral.records.checkpoints.queries import concerned, said, standing
from conferral.records.cohorts import OPEN
from conferral.records.readiness import Readiness
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.checkpoints import expected_unless_said
from conferral.rules.days import london_day
from conferral.rules.facts import CheckpointFacts, ExpectationFacts
from conferral.rules.letters import RESULTS
from conferral.rules.permissions import Acting
from conferral.rules.readiness import READY, STATUSES
from conferral.rules.rule import Verdict, judge

LISTED = 200  # candidates in one letter; the page has all
_WORDS = dict(zip(STATUSES, ("ready", "can finish", "at risk", "cannot finish"), strict=True))


@transaction.atomic
def set_checkpoint(
    title: str, schemes: Sequence[str], answer_by: date, *, at: datetime, by: Acting
) -> tuple[Verdict, Checkpoint | None]:
    """Set a London day, inclusive, by which centres confirm who expects a result. A job asks them within minutes."""
    waiting = Registration.objects.filter(scheme__in=schemes, state__in=OPEN)
    facts = CheckpointFacts(
        today=london_day(at), answer_by=answer_by, candidates=waiting[:1].count() or None
    )  # one is enough to know
    verdict = judge(facts, rules_on("checkpoint"))
    if verdict.refused:
        return verdict, None
    made = Checkpoint.objects.create(title=title, answer_by=answer_by, set_by_id=by.person, set_at=at)
    made.schemes.set(list(schemes))  # type: ignore[arg-type]
    facts_said = {"answer_by": answer_by.isoformat(), "schemes": list(schemes)}
    record([Done("checkpoint_set", "checkpoint", made.pk, facts=facts_said)], at=at, by=by)
    return verdict, made


@transaction.atomic
def ask_centre(checkpoint: Checkpoint, centre: str, *, at: datetime, by: Acting) -> bool:
    """Send a centre its own list: who is not ready and why. True unless it was asked before. Safe to repeat."""
    _, new = AskedCentre.objects.get_or_create(checkpoint=checkpoint, centre_id=centre, defaults={"asked_at": at})
    if new:
        _write(checkpoint, centre, "Please confirm who expects a result", at, by)
        record([Done("checkpoint_asked", "checkpoint", checkpoint.pk, centre)], at=at, by=by)
    return new


@transaction.atomic
def remind_centre(checkpoint: Checkpoint, centre: str, *, at: datetime, by: Acting) -> bool:
    """Remind a centre that has not confirmed, once. Safe to repeat."""
    waiting = AskedCentre.objects.filter(checkpoint=checkpoint, centre=centre, confirmed_at=None, reminded_at=None)
    if not waiting.update(reminded_at=at):
        return False
    _write(checkpoint, centre, "Reminder: please confirm who expects a result", at, by)
    record([Done("checkpoint_reminded", "checkpoint", checkpoint.pk, centre)], at=at, by=by)
    return True


def _write(checkpoint: Checkpoint, centre: str, subject: str, at: datetime, by: Acting) -> None:
    rows = standing(checkpoint, centre, on=london_day(at))
    day = checkpoint.answer_by
    write_to_centre(
        centre, RESULTS, subject=f"{subject} by {day.day} {day:%B %Y}", text=letter_text(checkpoint, rows),
        schemes=list({one.registration.scheme_id for one in rows}), about=("checkpoint", str(checkpoint.pk)),
        at=at, by=by,
    )  # fmt: skip


def letter_text(checkpoint: Checkpoint, rows: list[Readiness]) -> str:
    """The list of a centre in words: how many stand where, and of each who is not ready what comes next."""
    counts = Counter(one.status for one in rows)
    day = checkpoint.answer_by
    many = ", ".join(f"{counts[status]} {words}" for status, words in _WORDS.items() if counts[status])
    lines = [
        f"{checkpoint.title}. By {day.day} {day:%B %Y}, please confirm for which candidates you expect a result. "
        f"You have {len(rows)} without an award: {many}.",
        "",
    ]
    behind = [one for one in rows if one.status != READY]
    if behind:
        lines.append("Not ready, and what comes next:")
    for one in behind[:LISTED]:
        candidate = one.registration.candidate
        lines.append(f"- {candidate.name}, {one.registration.scheme_id}, {_WORDS[one.status]}: {one.next_step}")
    if len(behind) > LISTED:
        lines.append(f"and {len(behind) - LISTED} others, who are on your page of this checkpoint.")
    return "\n".join(lines)


@transaction.atomic
def say_expected(checkpoint: Checkpoint, answers: Mapping[int, bool], *, at: datetime, by: Acting) -> Verdict:
    """Say of registrations of the own centre whether a result is expected. Said again, the last word counts.

    Registrations that are not the centre's, or not in the checkpoint's schemes, are left out. Awarded ones refuse
    the whole.
    """
    centre = by.own_centre
    take_turn(f"checkpoint {checkpoint.pk} {centre}")
    of_mine = Registration.objects.filter(centre=centre, scheme__in=checkpoint.schemes.all(), pk__in=list(answers))
    awarded = of_mine.exclude(state__in=OPEN).values_list("award__awarded_on", flat=True).first()
    facts = ExpectationFacts(london_day(at), checkpoint.answer_by, awarded)
    verdict = judge(facts, rules_on("expectation"))
    if verdict.refused:
        return verdict
    known = list(of_mine.values_list("pk", flat=True))
    _store(checkpoint, centre, {number: answers[number] for number in known}, at, by)
    facts_said = {"candidates": len(known)}
    record([Done("expectations_said", "checkpoint", checkpoint.pk, centre, verdict, facts_said)], at=at, by=by)
    return verdict


def _store(checkpoint: Checkpoint, centre: str, answers: Mapping[int, bool], at: datetime, by: Acting) -> None:
    rows = [
        Expectation(
            checkpoint=checkpoint, centre_id=centre, registration_id=number, expected=expected,
            said_by_id=by.somebody, said_at=at,
        )
        for number, expected in answers.items()
    ]  # fmt: skip
    Expectation.objects.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["checkpoint", "registration"],
        update_fields=["expected", "said_by", "said_at"],
    )  # fmt: skip


@transaction.atomic
def confirm_list(checkpoint: Checkpoint, *, at: datetime, by: Acting) -> tuple[Verdict, int]:
    """Confirm the whole list of the own centre; of whom nothing was said, what is suggested counts as said.

    Returns how many those were. Said again, the first confirmation stays.
    """
    centre = by.own_centre
    take_turn(f"checkpoint {checkpoint.pk} {centre}")
    verdict = judge(ExpectationFacts(london_day(at), checkpoint.answer_by), rules_on("expectation"))
    known = said(checkpoint, centre)
    silent = list(concerned(checkpoint).filter(centre=centre).exclude(pk__in=list(known)).values_list("pk", flat=True))
    rows = standing(checkpoint, centre, on=london_day(at), numbers=silent) if silent else []
    _store(checkpoint, centre, {one.registration.pk: expected_unless_said(one.status) for one in rows}, at, by)
    asked, _ = AskedCentre.objects.get_or_create(checkpoint=checkpoint, centre_id=centre, defaults={"asked_at": at})
    if asked.confirmed_at is None:
        AskedCentre.objects.filter(pk=asked.pk).update(confirmed_at=at, confirmed_by=by.somebody)
        facts = {"as_suggested": len(rows)}
        record([Done("checkpoint_confirmed", "checkpoint", checkpoint.pk, centre, verdict, facts)], at=at, by=by)
    return verdict, len(rows)
