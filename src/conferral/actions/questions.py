"""Ask a centre before deciding: put a question about a claimed unit, answer it, or withdraw it."""

from datetime import date, datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.letters import write_to_centre, write_to_person
from conferral.actions.moves import move
from conferral.actions.questions_closed import close, settle, tell_of_closing
from conferral.actions.review_facts import about_claim, first_look, review_facts
from conferral.records.calendar import bank_holidays
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.questions.models import Question
from conferral.rules.book import rules_on
from conferral.rules.days import london_day, working_days_after
from conferral.rules.facts import QuestionFacts
from conferral.rules.journeys import CLAIM, QUESTION
from conferral.rules.letters import MODERATION
from conferral.rules.permissions import Acting
from conferral.rules.policies import policy
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def ask_centre(
    claimed_unit_id: int, *, reason_code: str | None, text: str, at: datetime, by: Acting
) -> tuple[Verdict, Question | None]:
    """Ask the centre about one undecided unit of a claim that is with the moderator who asks.

    The answer is due within the working days of the centre's nation that the policy names, the day of asking excluded.
    The unit stays undecided, and may be decided at any time. Raises ClaimedUnit.DoesNotExist.
    """
    # In the order in which a decision locks: of asking and deciding at once, the second sees the first.
    claim = Claim.objects.select_for_update().filter(units=claimed_unit_id).first()
    seen = ClaimedUnit.objects.select_for_update(of=("self",))
    unit = seen.select_related("claim__scheme", "claim__centre", "registration__candidate").get(pk=claimed_unit_id)
    verdict = judge(review_facts(unit, at=at, by=by), rules_on("review"))
    if verdict.allowed and unit.claim.state != "with_moderator":
        verdict += CLAIM.judge(unit.claim.state, "ask_the_centre", by=by.audience)
    facts = _facts(unit, reason_code, text, at=at)
    verdict += judge(facts, rules_on("question"))
    if verdict.refused or claim is None or reason_code is None:
        return verdict, None
    first_look(claim, at=at, by=by)
    settle(Question.objects.filter(claimed_unit=unit), by=by)
    asked = Question.objects.create(
        centre_id=unit.centre_id, claim=claim, claimed_unit=unit, reason_code=reason_code, text=text.strip(),
        asked_by_id=by.somebody, asked_at=at, due_on=_due_on(unit, at),
    )  # fmt: skip
    told = {"question": asked.pk, "unit": unit.unit_id, "registration": unit.registration_id,
            "reason_code": reason_code, "due_on": asked.due_on.isoformat()}  # fmt: skip
    record([Done("question_asked", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
    _tell_of_question(asked, unit, at=at, by=by)
    return verdict, asked


def _facts(unit: ClaimedUnit, reason_code: str | None, text: str, *, at: datetime) -> QuestionFacts:
    earlier = Question.objects.filter(claimed_unit=unit, state="open").first()
    return QuestionFacts(
        asked_on=london_day(at),
        unit=unit.unit_id,
        text=text.strip() or None,
        reason_code=reason_code or None,
        open_since=london_day(earlier.asked_at) if earlier else None,
        due_on=earlier.due_on if earlier else None,
    )


def _due_on(unit: ClaimedUnit, at: datetime) -> date:
    days = policy("working_days_to_answer_question")
    return working_days_after(london_day(at), days, bank_holidays(unit.claim.centre.nation))


def _tell_of_question(asked: Question, unit: ClaimedUnit, *, at: datetime, by: Acting) -> None:
    claim, due = unit.claim, asked.due_on
    write_to_centre(
        claim.centre_id, MODERATION, scheme=claim.scheme_id,
        subject=f"Claim {claim.pk}: the moderator asks about {unit.unit_id}",
        text=f"Before deciding on {unit.unit_id} for {unit.registration.candidate.name} in claim {claim.pk}, the "
        f"moderator asks:\n\n{asked.text}\n\nAnswer by the end of {due:%A} {due:%-d} {due:%B %Y}, on the page of the "
        "question: it stands under Today. Without an answer the moderator may decide on the work as it is.",
        about=("question", str(asked.pk)), at=at, by=by,
    )  # fmt: skip


@transaction.atomic
def answer_question(question: int, answer: str, *, at: datetime, by: Acting) -> Verdict:
    """The centre answers an open question, once; after the last day with a warning. Raises Question.DoesNotExist."""
    seen = Question.objects.select_for_update(of=("self",)).select_related("claim", "claimed_unit")
    found = seen.get(pk=question, centre=by.own_centre)
    facts = QuestionFacts(
        asked_on=london_day(found.asked_at), unit=found.claimed_unit.unit_id, due_on=found.due_on,
        answer=answer.strip() or None, answered_on=london_day(at),
    )  # fmt: skip
    verdict = QUESTION.judge(found.state, "answer", facts, by=by.audience)
    if verdict.allowed:
        found.answer, found.answered_by_id, found.answered_at = answer.strip(), by.somebody, at
        told = {"question": found.pk, "unit": found.claimed_unit.unit_id}
        move(QUESTION, found, "answer", at=at, by=by, verdict=verdict, about=found.claim,
             event="question_answered", facts=told)  # fmt: skip
        _tell_of_answer(found, at=at, by=by)
    return verdict


def _tell_of_answer(found: Question, *, at: datetime, by: Acting) -> None:
    claim, unit = found.claim, found.claimed_unit.unit_id
    if claim.moderator_id:
        write_to_person(
            claim.moderator_id, subject=f"Claim {claim.pk}: the centre has answered about {unit}",
            text=f"{found.answer}\n\nThe unit waits for your decision.", about=("claim", str(claim.pk)), at=at, by=by,
        )  # fmt: skip


@transaction.atomic
def withdraw_question(question: int, *, at: datetime, by: Acting) -> Verdict:
    """Whoever has the claim no longer asks; the centre is told. Raises Question.DoesNotExist."""
    claim = Claim.objects.select_for_update().filter(questions=question).first()
    found = Question.objects.select_for_update(of=("self",)).select_related("claimed_unit").get(pk=question)
    verdict = QUESTION.judge(found.state, "withdraw", by=by.audience)
    verdict += about_claim(claim, at=at, by=by) if claim else Verdict()
    if verdict.allowed and claim:
        close(found, claim, "withdraw", verdict=verdict, at=at, by=by)
        tell_of_closing(found, claim, at=at, by=by)
    return verdict
