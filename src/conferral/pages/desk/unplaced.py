"""A batch that can't be placed: who is kept out by what, and what would help."""

from collections import Counter
from datetime import date
from typing import Any

from django.urls import reverse

from conferral.pages.templatetags.parts import written
from conferral.records.allocation.models import ProposedAllocation
from conferral.records.allocation.queries import Choice, choices
from conferral.rules.book import rules_on
from conferral.rules.rule import Verdict, judge

NAMED = 4
COMPETENCE, AWAY, BEYOND = "allocation-without-competence", "allocation-while-away", "allocation-beyond-agreed"
# What each rule says of several moderators at once.
WORDS = {
    "allocation-with-interest": "declared an interest",
    "allocation-at-own-centre": "with a role at the centre",
    "allocation-of-touched-work": "touched the work",
    COMPETENCE: "not entered for the scheme",
    "allocation-without-contract": "without a contract today",
    AWAY: "away for too long",
    BEYOND: "with as many batches as are agreed",
    "full": "full once older work is accepted",
}


def unplaced_row(one: ProposedAllocation, day: date) -> dict[str, Any]:
    """One batch with counts by rule, the people who come close, and what the desk can do."""
    judged = [
        (choice, judge(choice.facts, rules_on("allocation"))) for choice in choices(one.centre_id, one.scheme_id, day)
    ]
    return {
        "one": one,
        "days": (day - one.waiting_since).days,
        "why": [f"{count} {WORDS.get(rule, rule)}" for rule, count in one.excluded.items()],
        "near": [
            f"{choice.name}: {verdict.refused[0].text}"
            for choice, verdict in judged
            if verdict.refused and COMPETENCE not in _rules(verdict)
        ][:NAMED],
        "can": _remedies(one, judged),
    }


def _rules(verdict: Verdict) -> list[str]:
    return [reason.rule for reason in verdict.refused]


def _remedies(one: ProposedAllocation, judged: list[tuple[Choice, Verdict]]) -> list[dict[str, str]]:
    """What would place it, each by one step: of each kind of step, for whom it is smallest."""
    alone = [(choice, _rules(verdict)) for choice, verdict in judged if len(verdict.refused) <= 1]
    full = [choice for choice, rules in alone if rules in ([], [BEYOND])]
    away = sorted((choice for choice, rules in alone if rules == [AWAY]), key=lambda choice: choice.facts.away_until)
    other = Counter(rule for _, rules in alone for rule in rules)
    found = [
        {"text": f"Agree on more than {choice.facts.most_batches} batches with {choice.name}",
         "url": reverse("desk_moderator", args=[choice.moderator])}
        for choice in sorted(full, key=lambda choice: choice.facts.batches)[:2]
    ] + [
        {"text": f"wait for {choice.name}, who is away until {written(choice.facts.away_until)}",
         "url": reverse("desk_moderator", args=[choice.moderator])}
        for choice in away[:1]
    ]  # fmt: skip
    for choice, rules in alone:
        if rules == ["allocation-without-contract"]:
            url = reverse("desk_moderator", args=[choice.moderator])
            found.append({"text": f"enter a contract of {choice.name}", "url": url})
            break
    if other[COMPETENCE]:
        text = f"enter {one.scheme_id} for another moderator, {other[COMPETENCE]} could take it then"
        found.append({"text": text, "url": reverse("desk_moderators")})
    if found:
        found[0]["text"] = found[0]["text"][0].upper() + found[0]["text"][1:]
    return found or [{"text": "Add a moderator", "url": reverse("desk_add_staff")}]
