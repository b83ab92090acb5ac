"""The page that says which rules, answers, pages and tests carry each numbered rule."""

from collections.abc import Iterator

from conferral.rules.coverage import OWN, Covered, coverage, not_covered


def coverage_page() -> str:
    """docs/rules/coverage.md."""
    found = coverage()
    own, adopted = found[:OWN], [one for one in found[OWN:] if one.covered]
    missing = ", ".join(not_covered())
    return "\n\n".join(
        (
            "# What carries each numbered rule",
            f"R1 to R{OWN} come from the moderators’ report of 2012 and the withdrawal notice of 2013 "
            "([sources](../domain/sources.md)). Each is carried by rules of the [rule book](README.md), by answers to "
            "the 21 questions (`conferral faq`), or by pages.",
            f"Not carried yet: {missing}." if missing else "All are carried.",
            _table(own),
            "## Adopted from elsewhere",
            f"R{OWN + 1} to R{len(found)} come from other documents and are adopted as far as they concern what there "
            "is. These are carried; what is left of one is said below.",
            _table(adopted),
            "## What waits",
            "Not carried, or not whole, and what each waits for.",
            _waits(found),
        )
    )


def _table(rows: tuple[Covered, ...] | list[Covered]) -> str:
    heads = ["| Number | In a few words | Rules | Questions | Pages | Tests |", "|---|---|---|---|---|---|"]
    return "\n".join([*heads, *(f"| {' | '.join(_cells(one))} |" for one in rows)])


def _waits(rows: tuple[Covered, ...]) -> str:
    heads = ["| Number | In a few words | Carried | Waits for |", "|---|---|---|---|"]
    lines = (
        f"| {one.number} | {one.words} | {'in part' if one.covered else 'no'} | {one.waits} |"
        for one in rows
        if one.waits
    )
    return "\n".join([*heads, *lines])


def _cells(one: Covered) -> Iterator[str]:
    yield one.number
    yield one.words if one.covered else f"{one.words} (not yet: {one.not_yet})"
    yield ", ".join(f"[{id}]({id}.md)" for id in one.rules)
    yield ", ".join(map(str, one.questions))
    yield ", ".join(f"`{name}`" for name in one.pages)
    yield ", ".join(f"`{name}`" for name in one.tests)
