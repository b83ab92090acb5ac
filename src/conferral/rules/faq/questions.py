"""The 21 questions that centres ask when a qualification comes to an end."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question: as it is asked, in three or four words for a list, and the numbers of the rules it is about."""

    number: int
    title: str
    short: str
    rulebook: tuple[str, ...]


QUESTIONS = (
    Question(1, "Until which day can candidates be registered?", "Last day to register", ("R28",)),
    Question(2, "Until which day are certificates produced?", "Last day to certificate", ("R29", "R30")),
    Question(
        3,
        "We hold direct claims status (DCS or ACS). What does that change about the last dates?",
        "Direct claims and the last dates",
        ("R31", "R32", "R33", "R34"),
    ),
    Question(4, "Is it any different in Wales or Northern Ireland?", "Wales and Northern Ireland", ("R35",)),
    Question(5, "Why is it withdrawn?", "Why withdrawn", ("R36",)),
    Question(6, "Does everything in this sector come to an end?", "The whole sector?", ("R37",)),
    Question(7, "Do other awarding organisations withdraw it too?", "Other organisations", ("R38",)),
    Question(8, "Can a candidate who didn’t pass try again?", "Failing and resitting", ("R39",)),
    Question(
        9,
        "The work is finished, and nobody registered the candidate. What now?",
        "Finished but never entered",
        ("R40",),
    ),
    Question(10, "Is there money back for places that stay empty?", "Credit for unused places", ("R41",)),
    Question(11, "What can we offer instead?", "What to offer instead", ("R42",)),
    Question(12, "How is the alternative assessed, and what changes?", "What changes in assessment", ("R43", "R44")),
    Question(13, "Where is training for the alternative?", "Training", ("R45",)),
    Question(14, "Where can we read about the alternative?", "Information", ("R46",)),
    Question(15, "Half the units are achieved. Do they carry over?", "Half a qualification: transfer", ("R47", "R48")),
    Question(16, "Do we need approval for the alternative?", "Approval for the alternative", ("R49",)),
    Question(17, "Does the sector recognise the alternative?", "Sector body support", ("R50",)),
    Question(18, "What is different in administration, and who explains it?", "Order of events", ("R51", "R52")),
    Question(19, "Will we keep our assessor?", "Will we keep our assessor?", ("R53",)),
    Question(20, "Whom can we ask?", "Who can help", ("R54",)),
    Question(21, "What do other awarding organisations offer?", "Other providers", ("R55",)),
)


def question(number: int) -> Question:
    """The question of a number from 1 to 21. Raises KeyError for another number."""
    try:
        return {one.number: one for one in QUESTIONS}[number]
    except KeyError:
        raise KeyError(number) from None
