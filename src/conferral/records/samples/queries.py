"""What a sample is drawn from, what it found, and how often assessors are agreed with."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from conferral.records.claims.models import ClaimedUnit
from conferral.records.questions.models import Question
from conferral.records.samples.models import SampledUnit
from conferral.rules.facts import BySampleFacts
from conferral.rules.sampling import Agreement, Marked

# What was looked at by somebody; what was only confirmed by a sample says nothing of an assessor.
_AGREEMENT = """
    SELECT u.assessor_id, p.name, count(*) FILTER (WHERE d.outcome = 'confirmed'), count(*)
    FROM moderation_unitdecision d
    JOIN claims_claimedunit u ON u.id = d.claimed_unit_id
    JOIN people_person p ON p.id = u.assessor_id
    WHERE NOT d.by_sample AND u.assessor_id = ANY(%(people)s) AND (%(but)s::bigint IS NULL OR u.claim_id <> %(but)s)
    GROUP BY u.assessor_id, p.name ORDER BY p.name, u.assessor_id
"""
_OF_CENTRE = """
    SELECT DISTINCT m.person_id FROM centres_membership m WHERE m.centre_id = %s AND m.role = 'assessor'
"""


class OfAssessor(NamedTuple):
    """How often an assessor was agreed with, as far as the reader sees decisions."""

    person: int
    name: str
    agreement: Agreement


def agreements(people: Iterable[int], *, but: int | None = None) -> list[OfAssessor]:
    """The agreement rates of some assessors, without one claim if named, by name. One query.

    A moderator sees the decisions on their own claims; the desk sees all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AGREEMENT, {"people": list(people), "but": but})
        return [OfAssessor(who, name, Agreement(yes, all_)) for who, name, yes, all_ in cursor.fetchall()]


def assessors_of(centre: str) -> list[int]:
    """Everybody who is an assessor at a centre."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_CENTRE, [centre])
        return [row[0] for row in cursor.fetchall()]


def marks_of(claim: int) -> list[Marked]:
    """The units of a claim, each with its assessor, in their order."""
    rows = ClaimedUnit.objects.filter(claim=claim).order_by("pk").values_list("pk", "assessor", "unit")
    return [Marked(*row) for row in rows]


def sampled_in(claim: int) -> dict[int, SampledUnit]:
    """What is in the sample of a claim, by claimed unit; nothing while none is drawn."""
    return {one.claimed_unit_id: one for one in SampledUnit.objects.filter(sample__claim=claim)}


def outside(claim: int) -> list[int]:
    """The claimed units that are not in the sample, have no decision and do not wait for their centre."""
    left = ClaimedUnit.objects.filter(claim=claim, state="claimed", sampled__isnull=True)
    asked = Question.objects.filter(claimed_unit=OuterRef("pk"), state="open")
    return list(left.exclude(Exists(asked)).order_by("pk").values_list("pk", flat=True))


def by_sample_facts(claim: int) -> BySampleFacts:
    """What confirming the units outside a sample is judged by."""
    inside = ClaimedUnit.objects.filter(claim=claim, sampled__isnull=False)
    left = ClaimedUnit.objects.filter(pk__in=outside(claim))
    wrong = inside.filter(assessor__in=left.values("assessor"), state__in=("amended", "not_awarded", "withdrawn"))
    named = wrong.select_related("assessor").order_by("assessor__name").first()
    return BySampleFacts(
        undecided=inside.filter(state="claimed").count(),
        outside=left.count() or None,
        wrong_of=named.assessor.name if named and named.assessor else None,
    )
