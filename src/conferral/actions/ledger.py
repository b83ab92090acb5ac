"""Writing to the ledger, in the transaction of the action."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conferral.records.ledger.models import Event
from conferral.rules.permissions import Acting
from conferral.rules.rule import Verdict


@dataclass(frozen=True)
class Done:
    """One thing that was done to one subject, for the ledger. No personal data goes into `facts`."""

    verb: str
    subject: str
    subject_id: Any
    centre: str | None = None
    verdict: Verdict = Verdict()
    facts: dict[str, Any] = field(default_factory=dict)


def record(done: Iterable[Done], *, at: datetime, by: Acting) -> None:
    """Append events in one statement. A centre's events form one chain, all others the organisation's."""
    Event.objects.bulk_create(
        [
            Event(
                stream=one.centre or "organisation",
                at=at,
                verb=one.verb,
                subject=one.subject,
                subject_id=str(one.subject_id),
                actor=by.person,
                audience=by.audience,
                rules=_rules(one.verdict),
                facts=one.facts,
            )
            for one in done
        ],
        batch_size=2000,
    )


def _rules(verdict: Verdict) -> list[dict[str, str]]:
    spoken = {reason.rule: reason.outcome for reason in verdict.reasons}
    return [{"rule": rule, "outcome": spoken.get(rule, "passed")} for rule in verdict.judged]
