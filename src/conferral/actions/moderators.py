"""What the desk enters of moderators: their schemes, their contracts and their regions."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from conferral.actions.ledger import Done, record
from conferral.records.allocation.models import Competence, Contract
from conferral.records.moderation.models import Moderator
from conferral.records.turns import take_turn
from conferral.rules.book import rules_on
from conferral.rules.facts import ContractFacts, as_json
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict, judge


@transaction.atomic
def enter_competence(moderator: int, scheme: str, *, since: date, at: datetime, by: Acting) -> Competence:
    """Enter that a moderator may look at work in a scheme, from a London day on. Repeated, the first day stays."""
    known, new = Competence.objects.get_or_create(
        moderator_id=moderator, scheme_id=scheme, defaults={"since": since}
    )  # fmt: skip
    if new:
        _record("competence_entered", moderator, {"scheme": scheme}, at=at, by=by)
    return known


@transaction.atomic
def withdraw_competence(moderator: int, scheme: str, *, at: datetime, by: Acting) -> bool:
    """Take a scheme away from a moderator; what is allocated already stays. Safe to repeat."""
    gone, _ = Competence.objects.filter(moderator=moderator, scheme=scheme).delete()
    if gone:
        _record("competence_withdrawn", moderator, {"scheme": scheme}, at=at, by=by)
    return bool(gone)


@transaction.atomic
def enter_contract(
    moderator: int, from_on: date, until_on: date | None, *, most_batches: int, at: datetime, by: Acting
) -> Verdict:
    """Enter a contract: its London days, both inclusive, and how many batches are held at once at most."""
    take_turn(f"contracts of {moderator}")
    facts = _facts(moderator, from_on, until_on)
    verdict = judge(facts, rules_on("contract"))
    if verdict.allowed:
        Contract.objects.create(moderator_id=moderator, days=_days(from_on, until_on), most_batches=most_batches)
        said = as_json(facts) | {"most_batches": most_batches}
        _record("contract_entered", moderator, said, verdict, at=at, by=by)
    return verdict


@transaction.atomic
def end_contract(contract_id: int, until_on: date, *, at: datetime, by: Acting) -> Verdict:
    """Let a contract end with a London day. Raises Contract.DoesNotExist."""
    found = Contract.objects.select_for_update().get(pk=contract_id)
    take_turn(f"contracts of {found.moderator_id}")
    facts = _facts(found.moderator_id, found.from_on, until_on, besides=found.pk)
    verdict = judge(facts, rules_on("contract"))
    if verdict.allowed:
        Contract.objects.filter(pk=found.pk).update(days=_days(found.from_on, until_on))
        _record("contract_ended", found.moderator_id, as_json(facts), verdict, at=at, by=by)
    return verdict


def _days(from_on: date, until_on: date | None) -> tuple[date, date | None]:
    return from_on, until_on + timedelta(days=1) if until_on else None


def _facts(moderator: int, from_on: date, until_on: date | None, *, besides: int | None = None) -> ContractFacts:
    """What a contract is judged by; days that end before they begin meet no others."""
    if until_on is not None and until_on < from_on:
        return ContractFacts(from_on, until_on)
    others = Contract.objects.filter(moderator=moderator).exclude(pk=besides or 0)
    met = others.filter(days__overlap=_days(from_on, until_on)).order_by("days").first()
    return ContractFacts(from_on, until_on, known_from=met.from_on if met else None)


@transaction.atomic
def change_most_batches(contract_id: int, most_batches: int, *, at: datetime, by: Acting) -> Contract:
    """Agree on another number of batches held at once. Raises Contract.DoesNotExist."""
    found = Contract.objects.select_for_update().get(pk=contract_id)
    if found.most_batches != most_batches:
        said = {"most_batches": most_batches, "before": found.most_batches}
        found.most_batches = most_batches
        found.save(update_fields=["most_batches"])
        _record("contract_changed", found.moderator_id, said, at=at, by=by)
    return found


@transaction.atomic
def name_region(moderator: int, region: str, *, at: datetime, by: Acting) -> None:
    """Name the region that a moderator works from; empty, where the address tells it."""
    if Moderator.objects.filter(person=moderator).exclude(region=region).update(region=region):
        _record("region_named", moderator, {"region": region}, at=at, by=by)


def _record(
    verb: str, moderator: int, facts: Mapping[str, Any], verdict: Verdict = Verdict(), *, at: datetime, by: Acting
) -> None:
    record([Done(verb, "moderator", moderator, verdict=verdict, facts=dict(facts))], at=at, by=by)
