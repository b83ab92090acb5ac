"""Clauses in words: which document, and which place in it."""

import re

DOCUMENTS = {
    "moderation-2012": "moderators’ report 2012",
    "cco-withdrawal-2013": "withdrawal questions 2013",
    "ilr-uln": "learner number rules of the ILR",
    "service-standards-2012": "service standards 2012",
    "fees-2017-18": "fees list 2017/18",
    "amendments": "amendments and withdrawals",
    "house": "decided by this organisation",
}
_KINDS = {"q": "question", "p": "paragraph"}


def clause_in_words(clause: str) -> str:
    """ "moderators’ report 2012, paragraph 4" for "moderation-2012 p4"; an unknown document keeps its id."""
    document, *_ = clause.split(" ")
    place = place_in_words(clause)
    return ", ".join(part for part in (DOCUMENTS.get(document, document), place) if part)


def place_in_words(clause: str) -> str:
    """ "questions 2 and 8" for "cco-withdrawal-2013 q2 q8"; a place that has a name keeps it."""
    places = clause.split(" ")[1:]
    if len(places) == 1 and re.fullmatch(r"[\d.]+", places[0]):
        return f"section {places[0]}"
    numbered = [found for place in places if (found := re.fullmatch(r"([qp])(\d+[a-z]?)", place))]
    if not numbered or len(numbered) < len(places):
        return " ".join(places)
    kind = _KINDS[numbered[0][1]]
    *first, last = (found[2] for found in numbered)
    return f"{kind}s {', '.join(first)} and {last}" if first else f"{kind} {last}"
