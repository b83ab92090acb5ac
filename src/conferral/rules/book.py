"""The rule book: every rule, in the order of its chapters."""

from conferral.rules import (
    agreement,
    allocations,
    appeals,
    centre_fees,
    certificates,
    checkpoints,
    claims,
    consignments,
    evidence,
    feedback,
    fees,
    guidance,
    holds,
    letters,
    moderators,
    names,
    questions,
    readiness,
    registrations,
    reviews,
    sampling,
    transfers,
    uploads,
    visits,
)
from conferral.rules.rule import BOOK, Rule

CHAPTERS = (
    ("Registrations", registrations),
    ("Names", names),
    ("Claims", claims),
    ("Allocation and absence", allocations),
    ("Moderators and proposals", moderators),
    ("Work and parcels", consignments),
    ("Files of evidence", evidence),
    ("Uploads", uploads),
    ("Decisions and reports", reviews),
    ("Questions to centres", questions),
    ("Samples", sampling),
    ("Standardisation", agreement),
    ("Feedback and what it asks for", feedback),
    ("Reviews and appeals", appeals),
    ("Readiness", readiness),
    ("Units carried over", transfers),
    ("Awards and certificates", certificates),
    ("Suspicions and holds", holds),
    ("Visits and direct claims", visits),
    ("Fees", fees),
    ("The annual fee", centre_fees),
    ("Guidance", guidance),
    ("Letters", letters),
    ("Checkpoints", checkpoints),
)

RULES: tuple[Rule, ...] = tuple(
    rule for _, module in CHAPTERS for rule in BOOK.values() if rule.decide.__module__ == module.__name__
)


# A rule that judges a second kind of facts is said where the first one is.
ALSO = {
    allocations.allocation_without_competence: ("reviewer",),
    holds.certificate_held: ("name",),
    holds.hold_at_own_centre: ("lifting",),
    names.first_names_no_font_shows: ("name",),
    names.last_name_no_font_shows: ("name",),
}


def rules_on(subject: str) -> tuple[Rule, ...]:
    """The rules that judge one kind of facts, in book order. Raises KeyError when there are none."""
    found = tuple(rule for rule in RULES if rule.subject == subject or subject in ALSO.get(rule, ()))
    if not found:
        raise KeyError(subject)
    return found


def chapter_of(rule: Rule) -> str:
    """The title of the chapter in which a rule stands."""
    return next(title for title, module in CHAPTERS if rule.decide.__module__ == module.__name__)
