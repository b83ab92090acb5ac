"""Samples of a claim: drawn once from a seed that is kept, extended with a reason, and what follows for the rest."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.actions.review_facts import about_claim
from conferral.actions.reviews import decide_unit
from conferral.records.claims.models import Claim
from conferral.records.samples.models import Sample, SampledUnit
from conferral.records.samples.queries import agreements, by_sample_facts, marks_of, outside, sampled_in
from conferral.rules.book import rules_on
from conferral.rules.facts import ExtensionFacts, SampleFacts, as_json
from conferral.rules.journeys import CLAIM
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge
from conferral.rules.sampling import FIXED, RISK, Agreement, Marked, draw, sizes


@transaction.atomic
def draw_sample(
    claim_id: int, method: str, *, each: int = 1, at: datetime, by: Acting, fresh: Callable[[int], bytes]
) -> tuple[Verdict, Sample | None]:
    """Draw which units of a claim are looked at, before anything is decided; once. Raises Claim.DoesNotExist.

    By risk, each assessor's part is sized by how often they were agreed with in what the moderator has seen.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    verdict = about_claim(claim, at=at, by=by)
    if _closed(claim):
        verdict += CLAIM.judge(claim.state, "draw_a_sample", by=by.audience)
    decided = claim.units.exclude(state="claimed").count()
    facts = SampleFacts(drawn=Sample.objects.filter(claim=claim).exists(), decided=decided)
    verdict += judge(facts, rules_on("sample"))
    if verdict.refused:
        return verdict, None
    marks, seed = marks_of(claim.pk), fresh(16).hex()
    known = {one.person: one.agreement for one in agreements({mark.assessor for mark in marks}, but=claim.pk)}
    chosen = draw(marks, seed, method=method, each=each, known=known)
    made = Sample.objects.create(
        centre_id=claim.centre_id, claim=claim, method=method, each=each if method == FIXED else None, seed=seed,
        sizes=_sizes(marks, known) if method == RISK else [], drawn_by_id=by.somebody, drawn_at=at,
    )  # fmt: skip
    _add(made, chosen, extended=False, at=at, by=by)
    told = {"method": method, "seed": seed, "sampled": len(chosen), "of": len(marks)}
    record([Done("sample_drawn", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
    return verdict, made


def _closed(claim: Claim) -> bool:
    return claim.state != "with_moderator"


def _sizes(marks: list[Marked], known: dict[int, Agreement]) -> list[dict[str, int]]:
    return [
        asdict(size) | {"assessor": who, "confirmed": known[who].confirmed if who in known else 0,
                        "decided": known[who].decided if who in known else 0}
        for who, size in sizes(marks, known).items()
    ]  # fmt: skip


def _add(sample: Sample, chosen: dict[int, str], *, extended: bool, at: datetime, by: Acting) -> None:
    SampledUnit.objects.bulk_create(
        SampledUnit(
            centre_id=sample.centre_id, sample=sample, claimed_unit_id=number, why=why[:500], extended=extended,
            added_by_id=by.somebody, added_at=at,
        )
        for number, why in sorted(chosen.items())
    )  # fmt: skip


@transaction.atomic
def extend_sample(claim_id: int, assessor: int, reason: str, *, at: datetime, by: Acting) -> tuple[Verdict, int]:
    """Take every other unit of an assessor into the sample, with a reason. Returns how many.

    Raises Claim.DoesNotExist and Sample.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    sample = Sample.objects.get(claim=claim)
    inside = sampled_in(claim.pk)
    more = {one.number: reason.strip() for one in marks_of(claim.pk) if one.assessor == assessor}
    more = {number: why for number, why in more.items() if number not in inside}
    facts = ExtensionFacts(reason=reason.strip() or None, added=len(more) or None)
    verdict = about_claim(claim, at=at, by=by) + judge(facts, rules_on("sample_extension"))
    if _closed(claim):
        verdict += CLAIM.judge(claim.state, "extend_the_sample", by=by.audience)
    if verdict.refused:
        return verdict, 0
    _add(sample, more, extended=True, at=at, by=by)
    told = {"assessor": assessor, "added": len(more)}
    record([Done("sample_extended", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
    return verdict, len(more)


@transaction.atomic
def confirm_by_sample(claim_id: int, *, at: datetime, by: Acting) -> tuple[Verdict, int]:
    """Confirm what is outside the sample, when all of it inside was confirmed for the assessors concerned.

    All of them, or none when one is refused; returns how many. Raises Claim.DoesNotExist.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    facts = by_sample_facts(claim.pk)
    verdict = about_claim(claim, at=at, by=by) + judge(facts, rules_on("by_sample"))
    if verdict.refused:
        return verdict, 0
    rest = outside(claim.pk)
    for number in rest:
        said = decide_unit(number, "confirmed", by_sample=True, at=at, by=by)
        if said.refused:
            transaction.set_rollback(True)
            return said, 0
    told = as_json(facts) | {"confirmed": len(rest)}
    record([Done("confirmed_by_sample", "claim", claim.pk, claim.centre_id, verdict, told)], at=at, by=by)
    return verdict, len(rest)
