"""Clauses in words: which document, which place in it, or that this organisation decided."""

import re
from dataclasses import dataclass

from conferral.records.catalogue.models import Source

HOUSE = "house"
# Documents that rules rest on and that no pack cites.
OTHER_SOURCES = {
    "ilr-uln": Source(
        id="ilr-uln",
        title="Individualised Learner Record: rules on the learner number, with their tests",
        publisher="Skills Funding Agency",
        issued="2018",
        address="https://github.com/SkillsFundingAgency/DC-ILR-1819-ValidationService",
    ),
    "service-standards-2012": Source(
        id="service-standards-2012",
        title="Vocational qualifications: results",
        publisher="OCR",
        issued="2012-02",
        address="http://www.ocr.org.uk/administration/results/vocational.aspx",
    ),
}
_KINDS = {"q": "question", "p": "paragraph"}


@dataclass(frozen=True)
class Cited:
    """One clause: the document it names, if it is known, the place in words, its number in a list of documents."""

    clause: str
    source: Source | None
    place: str
    number: int = 0

    @property
    def by_house(self) -> bool:
        return self.clause == HOUSE


def cited(*clauses: str) -> list[Cited]:
    """Each clause with its document, in one query."""
    sources = OTHER_SOURCES | Source.objects.in_bulk({clause.split(" ")[0] for clause in clauses})
    return [Cited(clause, sources.get(clause.split(" ")[0]), place_in_words(clause)) for clause in clauses]


def place_in_words(clause: str) -> str:
    """ "questions 2 and 8" for "cco-withdrawal-2013 q2 q8"; a place that has a name keeps it."""
    places = clause.split(" ")[1:]
    if len(places) == 1 and re.fullmatch(r"[\d.]+", places[0]):
        return f"section {places[0]}"
    numbered = [re.fullmatch(r"([qp])(\d+[a-z]?)", place) for place in places]
    if not places or not all(numbered):
        return " ".join(places)
    kind = _KINDS[numbered[0][1]]
    *first, last = (found[2] for found in numbered)
    return f"{kind}s {', '.join(first)} and {last}" if first else f"{kind} {last}"
