"""Being away: entered by the moderator, told to the centres that it concerns, and taken back."""

from datetime import date, datetime, timedelta

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre
from conferral.records.allocation.models import Absence, AbsenceReason
from conferral.records.allocation.queries import absences, allocations_during
from conferral.records.people.models import Person
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import AbsenceFacts, as_json
from conferral.rules.letters import MODERATION
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def enter_absence(
    from_on: date, until_on: date, kind: str, *, at: datetime, by: Acting
) -> tuple[Verdict, Absence | None]:
    """Enter the days, both inclusive, on which the acting moderator is away; and tell the centres concerned.

    Each centre's moderation contacts for the scheme get a letter that asks to be acknowledged and says what the centre
    may do. Why the moderator is away is kept apart and told to no centre. Source: moderation-2012 p5a.
    """
    take_turn(f"absences of {by.somebody}")
    known = absences([by.somebody], from_on=from_on).filter(days__startswith__lte=until_on).first()
    facts = AbsenceFacts(
        today=london_day(at), from_on=from_on, until_on=until_on, days=(until_on - from_on).days + 1,
        most_days=policy("longest_absence_days"),
        known_from=known.from_on if known else None, known_until=known.until_on if known else None,
    )  # fmt: skip
    verdict = judge(facts, rules_on("absence"))
    if verdict.refused:
        return verdict, None
    absence = Absence.objects.create(
        moderator_id=by.somebody, days=(from_on, until_on + timedelta(days=1)), entered_by_id=by.somebody,
        entered_at=at,
    )  # fmt: skip
    absence.refresh_from_db(fields=["days"])
    AbsenceReason.objects.create(absence=absence, kind=kind)
    record([Done("absence_entered", "absence", absence.pk, verdict=verdict, facts=as_json(facts))], at=at, by=by)
    name = Person.objects.get(pk=by.somebody).name
    _tell(
        absence, f"{name} is away {_days(absence)}",
        "Work that reaches them in these days is looked at afterwards. Work for {scheme} that is on its way stays with "
        "them. If your candidates cannot wait for their results, ask for another moderator: Our centre, Who looks at "
        "your work.", at=at, by=by, asks=True,
    )  # fmt: skip
    return verdict, absence


@transaction.atomic
def take_back_absence(absence_id: int, *, at: datetime, by: Acting) -> bool:
    """The moderator is there after all, and the centres that were told hear so. Safe to repeat.

    Raises Absence.DoesNotExist when there is no such absence of the acting moderator.
    """
    absence = Absence.objects.select_for_update().get(pk=absence_id, moderator=by.somebody)
    if absence.taken_back_at is not None:
        return False
    Absence.objects.filter(pk=absence.pk).update(taken_back_at=at)
    record([Done("absence_taken_back", "absence", absence.pk)], at=at, by=by)
    name = Person.objects.get(pk=by.somebody).name
    _tell(
        absence, f"{name} is there after all {_days(absence)}",
        "The absence of which you were told has been taken back. Work for {scheme} is looked at as usual.",
        at=at, by=by, asks=False,
    )  # fmt: skip
    return True


def _tell(absence: Absence, subject: str, text: str, *, at: datetime, by: Acting, asks: bool) -> None:
    for held in allocations_during(absence, london_day(at)):
        write_to_centre(
            held.centre_id, MODERATION, scheme=held.scheme_id, subject=f"{held.scheme_id}: {subject}",
            text=text.format(scheme=held.scheme), about=("absence", str(absence.pk)), asks_acknowledgement=asks,
            at=at, by=by,
        )  # fmt: skip


def _days(absence: Absence) -> str:
    first, last = absence.from_on, absence.until_on
    words = f"{last.day} {last:%B %Y}"
    return f"on {words}" if first == last else f"from {first.day} {first:%B %Y} to {words}"
