"""Feedback reports as they are sent, the actions they ask of centres, the answers and what is found of those."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from conferral.actions.letters import write_to_centre
from conferral.actions.moves import move
from conferral.records.claims.models import Claim
from conferral.records.moderation.feedback import due_after
from conferral.records.moderation.models import FeedbackReport, RequiredAction
from conferral.rules.book import rules_on
from conferral.rules.days import london_day
from conferral.rules.facts import ActionFacts
from conferral.rules.feedback import WORDINGS, Found, drafted_actions, sentence_of
from conferral.rules.journeys import REQUIRED_ACTION
from conferral.rules.letters import MODERATION, RESULTS
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge

LONGEST = 1000  # characters of an action


@dataclass(frozen=True)
class Required:
    """An action about to be asked of a centre. `unit` is None where it concerns several."""

    text: str
    due_on: date | None
    unit: str | None = None
    reason_code: str | None = None


def judge_required(required: Sequence[Required], *, at: datetime) -> Verdict:
    """What stands against asking for some actions on the London day of a moment."""
    said = Verdict()
    for one in required:
        facts = ActionFacts(asked_on=london_day(at), due_on=one.due_on, text=one.text.strip() or None)
        said += judge(facts, rules_on("required_action"))
    return Verdict(tuple(dict.fromkeys(said.reasons)), tuple(dict.fromkeys(said.judged)))


def make_report(
    claim: Claim, *, went_well: str, to_improve: str, actions: str = "", required: Sequence[Required] = (),
    by_letter: bool, at: datetime, by: Acting,
) -> FeedbackReport:  # fmt: skip
    """Store the report on a claim with its actions; call inside the verb that sends it.

    By letter, its words go to those who hear of results and it never stands on the centre's pages (R59).
    """
    report = FeedbackReport.objects.create(
        centre_id=claim.centre_id, claim=claim, went_well=went_well, to_improve=to_improve, actions=actions,
        way=FeedbackReport.Way.LETTER if by_letter else FeedbackReport.Way.PAGES,
        sent_by_id=by.somebody, sent_at=at,
    )  # fmt: skip
    RequiredAction.objects.bulk_create(
        RequiredAction(
            centre_id=claim.centre_id, report=report, claim=claim, unit_id=one.unit, reason_code=one.reason_code,
            text=one.text.strip()[:LONGEST], due_on=one.due_on,
        )
        for one in required
        if one.due_on is not None
    )  # fmt: skip
    if by_letter:
        write_to_centre(
            claim.centre_id, RESULTS, scheme=claim.scheme_id, subject=f"Feedback report on claim {claim.pk}",
            text=_as_letter(claim, report, required), about=("claim", str(claim.pk)), at=at, by=by,
        )  # fmt: skip
    return report


def _as_letter(claim: Claim, report: FeedbackReport, required: Sequence[Required]) -> str:
    asked = [f"- by {one.due_on:%A} {one.due_on:%-d} {one.due_on:%B %Y}: {one.text}" for one in required if one.due_on]
    parts = [
        f"Claim {claim.pk} in {claim.scheme} was withdrawn as a whole. This letter is its report: it does not stand "
        "under Results.",
        f"What went well\n{report.went_well}" if report.went_well else "",
        f"What to improve\n{report.to_improve}" if report.to_improve else "",
        f"What to do\n{report.actions}" if report.actions else "",
        "What to do, and by when\n" + "\n".join(asked) + "\nAnswer each of these on your page of actions."
        if asked
        else "",
    ]
    return "\n\n".join(part for part in parts if part)


def report_of_withdrawal(
    claim: Claim, reason_code: str, *, words: str = "", action: str = "", at: datetime, by: Acting
) -> FeedbackReport:
    """The report, by letter, on a claim that is withdrawn as a whole; without words, those of its reason."""
    codes = sorted(set(claim.units.values_list("unit_id", flat=True)))
    drafted = drafted_actions(Found(code, reason_code, "", "") for code in codes)
    text = action.strip() or (drafted[0].text if drafted else "")
    days = WORDINGS[reason_code].working_days if reason_code in WORDINGS else 0
    due_on = due_after(days or 20, london_day(at), claim.centre.nation)
    required = [Required(text, due_on, codes[0] if len(codes) == 1 else None, reason_code)] if text else []
    return make_report(
        claim, went_well="", to_improve=words.strip() or sentence_of(reason_code, _all(codes)), required=required,
        by_letter=True, at=at, by=by,
    )  # fmt: skip


def _all(codes: Sequence[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}" if codes else "the claim"


@transaction.atomic
def answer_action(action: int, answer: str, *, at: datetime, by: Acting) -> Verdict:
    """A centre says what it has done about an action; again after it was found not met.

    Raises RequiredAction.DoesNotExist.
    """
    found = RequiredAction.objects.select_for_update(of=("self",)).get(pk=action, centre=by.own_centre)
    facts = ActionFacts(asked_on=london_day(at), answer=answer.strip() or None)
    verdict = REQUIRED_ACTION.judge(found.state, "answer", facts, by=by.audience)
    if verdict.allowed:
        found.answer, found.answered_by_id, found.answered_at = answer.strip(), by.somebody, at
        found.judgement, found.judged_by_id, found.judged_at = "", None, None
        move(REQUIRED_ACTION, found, "answer", at=at, by=by, verdict=verdict, about=found.claim,
             event="action_answered", facts={"action": found.pk})  # fmt: skip
    return verdict


@transaction.atomic
def judge_action(action: int, *, met: bool, judgement: str = "", at: datetime, by: Acting) -> Verdict:
    """The moderator or the desk finds an answered action met, or says what is missing; the centre is told.

    Raises RequiredAction.DoesNotExist.
    """
    found = RequiredAction.objects.select_for_update(of=("self",)).select_related("claim").get(pk=action)
    verb = "find_met" if met else "find_not_met"
    facts = ActionFacts(asked_on=london_day(at), answer=found.answer or None, judgement=judgement.strip() or None)
    verdict = REQUIRED_ACTION.judge(found.state, verb, facts, by=by.audience)
    if verdict.allowed:
        found.judgement, found.judged_by_id, found.judged_at = judgement.strip(), by.somebody, at
        move(REQUIRED_ACTION, found, verb, at=at, by=by, verdict=verdict, about=found.claim,
             event="action_met" if met else "action_not_met", facts={"action": found.pk})  # fmt: skip
        write_to_centre(
            found.centre_id, MODERATION, scheme=found.claim.scheme_id,
            subject=f"Claim {found.claim_id}: an action is {'met' if met else 'not met yet'}",
            text=f"{found.text}\n\n{'Nothing more is needed.' if met else found.judgement}",
            about=("claim", str(found.claim_id)), at=at, by=by,
        )  # fmt: skip
    return verdict
