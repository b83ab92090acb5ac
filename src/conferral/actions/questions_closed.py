"""Questions to centres that end without an answer: the unit is decided, or the claim withdrawn, meanwhile."""

from datetime import datetime

from django.db.models import QuerySet

from conferral.actions.letters import write_to_centre
from conferral.actions.moves import move, move_all
from conferral.records.claims.models import Claim
from conferral.records.questions.models import LIVE, Question
from conferral.rules.journeys import QUESTION
from conferral.rules.letters import MODERATION
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict


def overtake(claim: Claim, questions: QuerySet[Question], *, tell: bool = True, at: datetime, by: Acting) -> int:
    """Close those of some questions that are open; call inside the verb that decides. Returns how many.

    The centre hears that no answer is needed, unless it hears of the claim's end anyway (`tell` is False). What was
    answered is settled; the event of the decision tells it.
    """
    live = questions.filter(state__in=LIVE).select_for_update(of=("self",)).select_related("claimed_unit")
    found = list(live.order_by("pk"))
    still_open = [one for one in found if one.state == "open"]
    for one in still_open:
        close(one, claim, "overtake", at=at, by=by)
        if tell:
            tell_of_closing(one, claim, at=at, by=by)
    if len(found) > len(still_open):
        settle(questions, by=by)
    return len(still_open)


def settle(questions: QuerySet[Question], *, by: Acting) -> int:
    """Put aside those of some questions that are answered: the unit is decided, or asked about again."""
    return move_all(QUESTION, questions, "settle", by=by)


def close(
    question: Question, claim: Claim, verb: str, *, verdict: Verdict = Verdict(), at: datetime, by: Acting
) -> None:
    """Close an open and locked question without an answer."""
    question.closed_by_id, question.closed_at = by.somebody, at
    event = "question_withdrawn" if verb == "withdraw" else "question_overtaken"
    told = {"question": question.pk, "unit": question.claimed_unit.unit_id}
    move(QUESTION, question, verb, at=at, by=by, verdict=verdict, about=claim, event=event, facts=told)


def tell_of_closing(question: Question, claim: Claim, *, at: datetime, by: Acting) -> None:
    """The centre hears that it need not answer any more."""
    unit = question.claimed_unit.unit_id
    write_to_centre(
        claim.centre_id, MODERATION, scheme=claim.scheme_id,
        subject=f"Claim {claim.pk}: no answer about {unit} is needed any more",
        text=f"The moderator goes on without an answer to the question about {unit} in claim {claim.pk}. There is "
        "nothing for you to do.",
        about=("question", str(question.pk)), at=at, by=by,
    )  # fmt: skip
