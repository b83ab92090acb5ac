"""Refusals that are not judged from facts but follow from what was asked: each has a page all the same."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlainRefusal:
    """A refusal with an id and a page, without facts, dates or clause."""

    id: str
    chapter: str
    heading: str
    explanation: str
    refuse: str
    remedy: str
    journeys: bool = False


PLAIN = {
    refusal.id: refusal
    for refusal in (
        PlainRefusal(
            "file-not-readable",
            "Registrations",
            "A file of registrations can be read, line by line.",
            "Files are taken as CSV or XLSX, with one heading row and one candidate on a line. A file that is none "
            "of these registers nobody.",
            "The file, or one of its lines, can't be read.",
            "Save it again from the spreadsheet as CSV (UTF-8) or XLSX, with the headings in the first row.",
        ),
        PlainRefusal(
            "claim-is-empty",
            "Claims",
            "A claim names at least one unit of one candidate.",
            "A draft may be empty; what is submitted may not.",
            "Nothing is claimed yet.",
            "Tick at least one unit for one candidate.",
        ),
        PlainRefusal(
            "no-such-move",
            "Journeys",
            "A thing moves only as its journey allows.",
            "Claims, consignments, registrations and certificates each have a table of moves. The database refuses "
            "any other, even to somebody with direct access to it.",
            "This claim (or parcel, or certificate) is in a state from which that can't be done.",
            "Open it again to see what can be done now: somebody may have been quicker.",
            journeys=True,
        ),
    )
}
