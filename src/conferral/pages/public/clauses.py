"""Clauses in words: which document, which place in it, or that this organisation decided."""

from dataclasses import dataclass

from conferral.records.catalogue.models import Source
from conferral.rules.clauses import place_in_words

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
    "fees-2017-18": Source(
        id="fees-2017-18",
        title="Vocational qualifications: fees list 2017/18",
        publisher="OCR",
        issued="2017",
        address="https://pdf4pro.com/view/vocational-qualifications-fees-list-2017-18-45c5fe.html",
    ),
    "amendments": Source(
        id="amendments",
        title="Entries and registrations: amendments and withdrawals",
        publisher="OCR",
        issued="not dated",
        address="https://ocr.org.uk/administration/cambridge-technicals/entries-and-registrations/"
        "amendments-and-withdrawals/index.aspx",
    ),
}


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
