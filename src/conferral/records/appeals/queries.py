"""Reviews and appeals: what may be asked, who may decide, and which are open."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from conferral.records.allocation.models import COMPETENT
from conferral.records.appeals.models import AT_CENTRE, IN_REVIEW, INTERESTED, TOOK_PART, Review
from conferral.records.calendar import bank_holidays
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.rules.appeals import last_day_for_review
from conferral.rules.days import end_of_day, london_day, working_days_after
from conferral.rules.facts import AppealFacts, ReviewerFacts, ReviewRequestFacts
from conferral.rules.policies import policy

OPEN = ("asked", "with_reviewer", "decided")
_WHO = {"who": "p.id", "claim": "%(claim)s", "centre": "%(centre)s", "before": "%(before)s"}
# Moderators for a review; for an appeal those of the desk who may hear one as well.
_CHOICES = f"""
    SELECT p.id, p.name, {TOOK_PART.format(**_WHO)} AS took_part, {INTERESTED.format(**_WHO)} AS interest,
           {AT_CENTRE.format(**_WHO)} AS at_centre, {IN_REVIEW.format(**_WHO)} AS in_review,
           {COMPETENT.format(who="p.id", scheme="%(scheme)s", on="%(on)s")} AS competent
    FROM people_person p
    WHERE p.is_active AND EXISTS (SELECT FROM centres_membership m
                                  WHERE m.person_id = p.id AND m.role = ANY(%(roles)s))
      AND (%(person)s::bigint IS NULL OR p.id = %(person)s)
    ORDER BY p.name, p.id
"""
REVIEWERS = ("examiner_moderator", "external_verifier")
PANEL = (*REVIEWERS, "quality_officer", "chief_moderator")


class Choice(NamedTuple):
    """Somebody who might decide a review or appeal, and what that is judged by."""

    person: int
    name: str
    facts: ReviewerFacts


def choices(review: Review, on: date, *, appointed_by: int | None, person: int | None = None) -> list[Choice]:
    """Everybody, or one person, who might be appointed on a London day, by name. One query."""
    scheme = review.claim.scheme_id
    asked = {
        "claim": review.claim_id, "scheme": scheme, "on": on, "centre": review.centre_id,
        "before": review.before_id, "person": person,
        "roles": list(PANEL if review.is_appeal else REVIEWERS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, asked)
        return [
            Choice(
                pk, name,
                ReviewerFacts(
                    reviewer=pk, scheme=scheme, appointed_by=appointed_by, competent=competent, took_part=took,
                    interest=interest, at_centre=at_centre, in_review=in_review,
                ),
            )
            for pk, name, took, interest, at_centre, in_review, competent in cursor.fetchall()
        ]  # fmt: skip


def request_facts(claim: Claim, units: Iterable[str], reason: str, *, at: datetime) -> ReviewRequestFacts:
    """What asking for a review of some units of a claim is judged by at a moment."""
    wanted = set(units)
    standing = units_to_review(claim)
    reviewed = {code for one in reviews_of(claim.pk) if not one.is_appeal for code in one.units}
    sent = getattr(claim, "report", None)
    reported_on = london_day(sent.sent_at) if sent else None
    return ReviewRequestFacts(
        asked_on=london_day(at),
        reported_on=reported_on,
        last_day=last_day_for_review(reported_on) if reported_on else None,
        units=len(wanted & standing.keys()) or None,
        reason=reason.strip() or None,
        unchanged=next((code for code in sorted(wanted & standing.keys()) if standing[code]), None),
        reviewed=next(iter(sorted(wanted & reviewed)), None),
    )


def units_to_review(claim: Claim) -> dict[str, bool]:
    """The codes of a claim's decided units, and of each whether it was accepted unchanged for every candidate."""
    found: dict[str, bool] = {}
    decided = ClaimedUnit.objects.filter(claim=claim, decision__isnull=False).order_by("unit_id")
    for code, outcome in decided.values_list("unit_id", "decision__outcome"):
        found[code] = found.get(code, True) and outcome == "confirmed"
    return found


def reviews_of(claim: int) -> list[Review]:
    """The reviews and appeals of a claim that were not taken back, the oldest first."""
    found = Review.objects.filter(claim=claim).exclude(state="taken_back")
    return list(found.select_related("reviewer", "charge", "finding", "appeal").order_by("id"))


def appeal_facts(review: Review, reason: str, *, at: datetime) -> AppealFacts:
    """What an appeal against a review is judged by at a moment."""
    made = Review.objects.filter(before=review).first()
    issued_on = london_day(review.issued_at) if review.issued_at else None
    return AppealFacts(
        asked_on=london_day(at),
        issued_on=issued_on,
        last_day=issued_on and issued_on + timedelta(days=policy("days_to_appeal")),
        reason=reason.strip() or None,
        appealed_on=london_day(made.asked_at) if made else None,
    )


def clocks(on: date, nation: str, *, appeal: bool) -> dict[str, datetime]:
    """By when somebody is appointed and by when the outcome is expected, as the first instants too late."""
    days = policy("working_days_for_appeal" if appeal else "working_days_for_review")
    known = {"acknowledge_by": policy("working_days_to_acknowledge_review"), "answer_by": days}
    return {name: end_of_day(working_days_after(on, count, bank_holidays(nation))) for name, count in known.items()}


def seen() -> QuerySet[Review]:
    """Reviews and appeals that the reader may see, with what they are shown by. Moderators see no charges."""
    return Review.objects.select_related(
        "centre", "claim__scheme", "reviewer", "before__reviewer", "finding", "asked_by"
    )


def open_reviews() -> QuerySet[Review]:
    """Those that were not sent out or taken back, the one to be answered soonest first."""
    return seen().filter(state__in=OPEN).order_by("answer_by", "id")


def given_to(person: int) -> QuerySet[Review]:
    """Those that a person is to decide, the one to be answered soonest first."""
    return seen().filter(reviewer=person, state="with_reviewer").order_by("answer_by", "id")


def units_in(review: Review) -> list[ClaimedUnit]:
    """The claimed units that a review looks at, with their decisions, by candidate and unit."""
    found = ClaimedUnit.objects.filter(claim=review.claim_id, unit__in=review.units, decision__isnull=False)
    found = found.select_related(
        "registration__candidate", "unit", "assessor", "internal_verifier", "decision__decided_by", "claim__scheme"
    )
    return list(
        found.order_by("registration__candidate__last_name", "registration__candidate__first_names",
                       "registration_id", "unit_id")
    )  # fmt: skip
