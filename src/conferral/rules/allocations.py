"""Who may be given a centre's work, when a moderator is away, and when a centre may ask for another one."""

from typing import Any

from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, before, holds, lacks, present


@rule(
    "allocation-with-interest",
    subject="allocation",
    about="moderator",
    clause="house",
    refuse="This moderator has declared an interest in the centre.",
    remedy="Choose somebody else for this centre.",
    rulebook=("R73",),
)
def allocation_with_interest(allocation: Any) -> Any:
    """Nobody is given the work of a centre in which they have declared an interest."""
    return holds(allocation.interest)


@rule(
    "allocation-at-own-centre",
    subject="allocation",
    about="moderator",
    clause="house",
    refuse="This moderator also has a role at the centre.",
    remedy="Choose somebody else: nobody looks at the work of a centre they belong to.",
    rulebook=("R73",),
)
def allocation_at_own_centre(allocation: Any) -> Any:
    """Nobody is given the work of a centre at which they have a role."""
    return holds(allocation.at_centre)


@rule(
    "allocation-of-touched-work",
    subject="allocation",
    about="moderator",
    clause="house",
    refuse="This moderator assessed or internally verified work in an open claim of this centre.",
    remedy="Choose somebody else: nobody looks at work they have touched.",
    rulebook=("R73",),
)
def allocation_of_touched_work(allocation: Any) -> Any:
    """Nobody is given work that they assessed or internally verified."""
    return holds(allocation.touched)


@rule(
    "allocation-without-competence",
    subject="allocation",
    about="moderator",
    clause="house",
    refuse="This moderator is not entered for {scheme}.",
    remedy="Choose somebody who is, or enter the scheme on the moderator's page first.",
    reading="A moderator of whom no scheme has been entered yet is not refused, so that records from before stay "
    "usable. Whoever decides a review or an appeal is judged by the same rule; an officer of the desk who hears an "
    "appeal, and of whom no scheme is entered, hears it by office: an appeal looks at how the review was done.",
    decided_by="house",
    rulebook=("R53", "R73"),
)
def allocation_without_competence(allocation: Any) -> Any:
    """Work in a scheme goes to somebody who is entered as competent in it, for a review or an appeal as well.

    Silent while no scheme at all has been entered of the person.
    """
    return lacks(allocation.competent)


@rule(
    "allocation-without-contract",
    subject="allocation",
    about="moderator",
    clause="house",
    refuse="This moderator has no contract on {allocated_on}.",
    remedy="Choose somebody else, or enter the contract on the moderator's page first.",
    reading="A moderator of whom no contract has been entered yet is not refused, so that records from before stay "
    "usable.",
    decided_by="house",
)
def allocation_without_contract(allocation: Any) -> Any:
    """Work is given to somebody whose contract covers the day.

    Silent while no contract at all has been entered of the moderator.
    """
    return lacks(allocation.under_contract)


@rule(
    "allocation-while-away",
    subject="allocation",
    about="moderator",
    clause="moderation-2012 p5a",
    needs=("away_until",),
    refuse="This moderator is away until {away_until}, {days_away} days from then on; work waits for {most_days_away}.",
    remedy="Choose somebody else, or wait until they are back.",
    reading="The report asks that a moderator's absence is told in good time and gives no number of days. "
    "Ten days are taken as what a centre's work may wait.",
    decided_by="house",
)
def allocation_while_away(allocation: Any) -> Any:
    """Nobody is given work while they are away for longer than the work may wait."""
    return after(allocation.days_away, allocation.most_days_away)


@rule(
    "allocation-beyond-agreed",
    subject="allocation",
    about="moderator",
    clause="house",
    needs=("most_batches",),
    refuse="With this the moderator would hold {batches} batches; {most_batches} are agreed.",
    remedy="Choose somebody else, or agree on more batches in the moderator's contract.",
    reading="A batch is the work of one centre in one scheme. What is agreed is how many are held at once, whether or "
    "not a claim is open.",
    decided_by="house",
)
def allocation_beyond_agreed(allocation: Any) -> Any:
    """Nobody is given more batches than their contract says they hold at once."""
    return after(allocation.batches, allocation.most_batches)


@rule(
    "absence-ends-before-it-begins",
    subject="absence",
    about="until_on",
    clause="house",
    needs=("from_on", "until_on"),
    refuse="The absence ends on {until_on}, before it begins on {from_on}.",
    remedy="Enter the last day away. For one day, both days are the same.",
)
def absence_ends_before_it_begins(absence: Any) -> Any:
    """An absence ends on the day it begins, or later."""
    return before(absence.until_on, absence.from_on)


@rule(
    "absence-already-over",
    subject="absence",
    about="until_on",
    clause="house",
    needs=("until_on",),
    refuse="{until_on} is over.",
    remedy="Enter an absence that lasts until today or later: nothing can be moved in the past.",
)
def absence_already_over(absence: Any) -> Any:
    """An absence is entered while it lasts, or before."""
    return before(absence.until_on, absence.today)


@rule(
    "absence-too-long",
    subject="absence",
    about="until_on",
    clause="house",
    needs=("days", "most_days"),
    refuse="{days} days are more than the {most_days} that one absence lasts.",
    remedy="Check the year. For a longer break the desk ends the contract.",
    reading="No document gives a limit. A year is taken, so that a mistyped year is noticed.",
    decided_by="house",
)
def absence_too_long(absence: Any) -> Any:
    """One absence lasts no longer than a year."""
    return after(absence.days, absence.most_days)


@rule(
    "absence-entered-twice",
    subject="absence",
    about="from_on",
    clause="house",
    needs=("known_from", "known_until"),
    refuse="These days overlap with the absence from {known_from} to {known_until}.",
    remedy="Take that one back first, or enter the days that are new.",
)
def absence_entered_twice(absence: Any) -> Any:
    """A day away is entered once."""
    return present(absence.known_from)


@rule(
    "change-without-allocation",
    subject="change",
    clause="moderation-2012 p5a",
    refuse="Nobody is allocated to {scheme} at your centre, so there is nobody to change.",
    remedy="Ask the desk to allocate somebody.",
)
def change_without_allocation(change: Any) -> Any:
    """Another moderator is asked for where one is allocated."""
    return absent(change.moderator)


@rule(
    "change-while-moderator-there",
    subject="change",
    clause="moderation-2012 p5a",
    needs=("moderator",),
    refuse="The moderator for {scheme} has entered no absence, now or ahead.",
    remedy="Write to the desk if you have another reason to ask.",
    reading="A centre asks when its candidates cannot wait for a moderator who is away; other reasons go to the desk.",
    decided_by="house",
)
def change_while_moderator_there(change: Any) -> Any:
    """Another moderator is asked for when the allocated one is away, or will be."""
    return absent(change.away_until)


@rule(
    "change-without-reason",
    subject="change",
    about="reason",
    clause="moderation-2012 p5a",
    refuse="The request doesn't say why the candidates can't wait.",
    remedy="Say in a sentence what would be missed, and by when.",
)
def change_without_reason(change: Any) -> Any:
    """A request for another moderator says why the candidates can't wait."""
    return absent(change.reason)


@rule(
    "change-already-asked",
    subject="change",
    clause="house",
    needs=("asked_on",),
    refuse="Your centre asked for another moderator for {scheme} on {asked_on}; the desk answers by {answer_by}.",
    remedy="Wait for the answer, or take the request back.",
)
def change_already_asked(change: Any) -> Any:
    """One request for a centre and a scheme is open at a time."""
    return present(change.asked_on)


@rule(
    "change-declined-without-reason",
    subject="answer",
    about="answer",
    clause="house",
    refuse="The answer doesn't say why no other moderator is given.",
    remedy="Say why, and what the centre can do instead.",
)
def change_declined_without_reason(answer: Any) -> Any:
    """A request is declined with a reason."""
    return absent(answer.answer)
