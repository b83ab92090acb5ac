"""Answers to the 21 questions at a terminal."""

from collections.abc import Iterable

from conferral.actions.answers import Answer
from conferral.actions.worked_answers import Case


def in_words(answer: Answer) -> str:
    """One answer for a person at a terminal, with what it rests on."""
    lines = [f"{answer.question.number}. {answer.question.title}", "", *answer.text]
    if answer.cases:
        lines += ["", "Worked out just now:", *(f"  {_case(case)}" for case in answer.cases)]
    lines += _listed("Clause", answer.clauses) + _listed("Read here as", answer.readings)
    lines += _listed("Rule", answer.rules) + _listed("See", [link.address for link in answer.links])
    return "\n".join(lines)


def all_in_words(answers: Iterable[Answer]) -> str:
    """The short answer to every question."""
    return "\n".join(f"{one.question.number:2}. {one.question.short}: {one.short}" for one in answers)


def _case(case: Case) -> str:
    verdict = "refused" if case.verdict.refused else "allowed, with a warning" if case.verdict.warned else "allowed"
    day = f" on {case.on.day} {case.on:%B %Y}" if case.on else ""
    return f"{case.given}{day}: {verdict}"


def _listed(name: str, values: Iterable[str]) -> list[str]:
    return [f"{name}: {value}" for value in dict.fromkeys(values)]
