"""The rule book on the command line."""

from typing import Any

from conferral.rules.book import RULES, chapter_of
from conferral.rules.rule import Rule, Verdict


def listing() -> list[dict[str, Any]]:
    """Every rule as JSON, in book order."""
    return [_as_json(rule) for rule in RULES]


def listing_in_words() -> str:
    """Every rule with its obligation, by chapter."""
    lines, chapter = [], ""
    for rule in RULES:
        if chapter_of(rule) != chapter:
            chapter = chapter_of(rule)
            lines += ["", chapter]
        lines.append(f"  {rule.id:38} {rule.heading}")
    return "\n".join(lines).strip()


def rule_as_json(id: str) -> dict[str, Any] | None:
    """One rule as JSON; None when there is none."""
    return next((_as_json(rule) for rule in RULES if rule.id == id), None)


def rule_in_words(shown: dict[str, Any]) -> str:
    """One rule for a person at a terminal; what it does not have is left out."""
    return "\n".join(f"{name.replace('_', ' '):12} {value}" for name, value in shown.items() if value)


def verdict_in_words(verdict: Verdict) -> str:
    """A verdict for a person at a terminal."""
    answer = "Refused." if verdict.refused else "Allowed, with a warning." if verdict.warned else "Allowed."
    reasons = [f"  {reason.text} {reason.remedy} ({reason.rule}, {reason.clause})" for reason in verdict.reasons]
    return "\n".join([answer, *reasons])


def _as_json(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "chapter": chapter_of(rule),
        "subject": rule.subject,
        "outcome": rule.outcome,
        "obligation": rule.heading,
        "explanation": rule.explanation,
        "text": rule.refuse,
        "remedy": rule.remedy,
        "clause": rule.clause,
        "in_force_from": rule.since.isoformat() if rule.since else None,
        "in_force_until": rule.until.isoformat() if rule.until else None,
        "reading": rule.reading,
        "decided_by": rule.decided_by,
        "carries": list(rule.rulebook),
    }
