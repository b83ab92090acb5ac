"""Questions to centres that end without an answer: the unit is decided, or the claim withdrawn, meanwhile."""

from datetime import datetime

from django.db.models import QuerySet

from conferral.actions.letters import write_to_centre
from conferral.actions.moves import move
from conferral.records.claims.models import Claim
from conferral.records.questions.models import Question
from conferral.rules.journeys import QUESTION
from conferral.rules.letters import MODERATION
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict


def overtake(claim: Claim, questions: QuerySet[Question], *, tell: bool = True, at: datetime, by: Acting) -> int:
    """Close those of some questions that are open; call inside the verb that decides. Returns how many.

    The centre hears that no answer is needed, unless it hears of the claim's end anyway (`tell` is False).
    """
    still = questions.filter(state="open").select_for_update(of=("self",)).select_related("claimed_unit")
    found = list(still.order_by("pk"))
    for one in found:
        close(one, claim, "overtake", at=at, by=by)
        if tell:
            tell_of_closing(one, claim, at=at, by=by)
    return len(found)


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
