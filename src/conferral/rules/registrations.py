"""Who may be registered: the dates of the scheme, the centre's approval and the candidate's details."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, before, differs, present, same


@rule(
    "scheme-unknown",
    subject="registration",
    about="scheme",
    clause="house",
    refuse="No scheme has the code {scheme}.",
    remedy="Look the code up under Qualifications and dates. It has five digits, and a leading zero counts.",
)
def scheme_unknown(registration: Any) -> Any:
    """A registration names a scheme of the catalogue."""
    return absent(registration.scheme_title)


@rule(
    "scheme-code-without-zero",
    subject="registration",
    about="scheme",
    outcome=WARNED,
    clause="house",
    needs=("scheme_title", "scheme_text"),
    refuse="A spreadsheet has dropped the leading zero of the scheme code: {scheme_text} was read as {scheme}.",
    remedy="Nothing is lost. Format the column as text, and the zero stays.",
)
def scheme_code_without_zero(registration: Any) -> Any:
    """A scheme code has five digits; where the file has four, the zero that a spreadsheet drops is put back.

    The code that was read must be in the catalogue.
    """
    return present(registration.scheme_title) & differs(registration.scheme_text, registration.scheme)


@rule(
    "registration-after-last-date",
    subject="registration",
    about="scheme",
    clause="cco-withdrawal-2013 q1 q9",
    needs=("last_registration",),
    refuse="{scheme} took its last registrations on {last_registration}.",
    remedy="Choose a scheme that is open: {alternatives}.",
    reading="Inclusive: question 1 names the date as the last one and prevails over 'before' in questions 8 and 9.",
    decided_by="house",
    rulebook=("R28", "R40"),
)
def registration_after_last_date(registration: Any) -> Any:
    """A candidate is registered no later than the scheme's last registration date.

    London calendar dates; the last date itself is in time. A scheme without a last date is open.
    Naming an unnamed place is registering.
    """
    return after(registration.registered_on, registration.last_registration)


@rule(
    "centre-not-approved",
    subject="registration",
    about="scheme",
    clause="cco-withdrawal-2013 q16",
    refuse="Your centre has no approval for {scheme} on {registered_on}.",
    remedy="Apply for approval for this scheme, or register for one that your centre is approved for.",
    rulebook=("R49",),
)
def centre_not_approved(registration: Any) -> Any:
    """A centre registers candidates only for the schemes it is approved for on that day.

    Approval is per scheme; both its first and its last day count. A code that no scheme has is refused as such.
    """
    return present(registration.scheme_title) & (
        absent(registration.approved_on)
        | before(registration.registered_on, registration.approved_on)
        | after(registration.registered_on, registration.approval_ended_on)
    )


@rule(
    "approval-idle",
    subject="registration",
    about="scheme",
    outcome=WARNED,
    clause="house",
    needs=("last_active_on",),
    refuse="Your centre has registered nobody for {scheme} since {last_active_on}.",
    remedy="The registration counts. Tell the desk that you offer the scheme again, so that a moderator is allocated.",
    reading="Another awarding organisation lets an approval lapse after two idle years. Here it is asked about, and "
    "the desk ends approvals. The number of years is a policy.",
    decided_by="house",
    rulebook=("R66",),
)
def approval_idle(registration: Any) -> Any:
    """An approval that nobody has been registered under for two years is asked about.

    Counted from the last registration for the scheme, or from approval where there was none.
    """
    return after(registration.registered_on, registration.active_until)


@rule(
    "last-name-missing",
    subject="registration",
    about="last_name",
    clause="house",
    refuse="A last name is missing.",
    remedy="Enter it. A candidate with one name goes in Last name; leave First names empty.",
    rulebook=("R65",),
)
def last_name_missing(registration: Any) -> Any:
    """Every candidate has a last name; a single name is a last name."""
    return absent(registration.last_name)


@rule(
    "one-name-only",
    subject="registration",
    about="first_names",
    outcome=WARNED,
    clause="house",
    refuse="No first name.",
    remedy="That is fine if the candidate has one name. It will be printed as “{last_name}”.",
)
def one_name_only(registration: Any) -> Any:
    """A candidate with one name is registered, after a second look."""
    return absent(registration.first_names) & present(registration.last_name)


@rule(
    "learner-number-shortened",
    subject="registration",
    about="uln",
    clause="house",
    needs=("uln_fault",),
    refuse="The spreadsheet has shortened the learner number; its last digits are lost.",
    remedy="Format the column as text and type all 10 digits.",
)
def learner_number_shortened(registration: Any) -> Any:
    """A learner number such as 7.53E+09 is never guessed at."""
    return same(registration.uln_fault, "shortened-by-excel")


@rule(
    "learner-number-not-ten-digits",
    subject="registration",
    about="uln",
    clause="ilr-uln",
    needs=("uln_fault",),
    refuse="A learner number has 10 digits and does not begin with 0.",
    remedy="Copy it from the candidate's learner record, or leave it empty when there is none yet.",
)
def learner_number_not_ten_digits(registration: Any) -> Any:
    """A learner number has ten digits, the first of them not 0. It may be absent."""
    return same(registration.uln_fault, "not-ten-digits") | same(registration.uln_fault, "leading-zero")


@rule(
    "learner-number-check-digit",
    subject="registration",
    about="uln",
    clause="ilr-uln",
    needs=("uln_fault",),
    refuse="The last digit of the learner number doesn't fit the other nine.",
    remedy="Check it against the learner record: two digits may be swapped.",
)
def learner_number_check_digit(registration: Any) -> Any:
    """The last digit of a learner number agrees with the other nine."""
    return same(registration.uln_fault, "check-digit") | same(registration.uln_fault, "never-issued")


@rule(
    "learner-number-temporary",
    subject="registration",
    about="uln",
    outcome=WARNED,
    clause="ilr-uln",
    needs=("uln_fault",),
    refuse="9999999999 stands for a learner number that is not yet known.",
    remedy="The candidate is registered without a number. Add the real one before the first claim.",
)
def learner_number_temporary(registration: Any) -> Any:
    """The temporary number 9999999999 identifies nobody and is kept as no number."""
    return same(registration.uln_fault, "temporary")


@rule(
    "learner-number-twice",
    subject="registration",
    about="uln",
    clause="house",
    needs=("uln_line",),
    refuse="Line {uln_line} of this file, {uln_line_name}, has the same learner number.",
    remedy="One of the two is wrong. Line {uln_line} will be registered; this one won't.",
)
def learner_number_twice(registration: Any) -> Any:
    """Two different people in one file do not share a learner number; the first of them keeps it."""
    return present(registration.uln_line)


@rule(
    "candidate-twice-in-file",
    subject="registration",
    about="last_name",
    clause="house",
    needs=("twin_line",),
    refuse="Line {twin_line} of this file registers the same candidate for {scheme}.",
    remedy="Take this line out. If they are two people, give each a learner number.",
)
def candidate_twice_in_file(registration: Any) -> Any:
    """One candidate stands once in a file for a scheme; the first line counts.

    The same learner number and names, or without a number the same names and date of birth.
    """
    return present(registration.twin_line)


@rule(
    "learner-known-by-another-name",
    subject="registration",
    about="last_name",
    outcome=WARNED,
    clause="house",
    needs=("known_as",),
    refuse="Your centre knows this learner number as {known_as}.",
    remedy="The name we hold is kept. Check that this is the same person, and change the name on the candidate’s page.",
)
def learner_known_by_another_name(registration: Any) -> Any:
    """A learner number already held under another name is looked at again, and never renamed by an upload."""
    return present(registration.known_as)


@rule(
    "date-of-birth-missing",
    subject="registration",
    about="born_on",
    clause="house",
    refuse="A date of birth is missing.",
    remedy="Enter it as day/month/year, for example 14/03/2000.",
)
def date_of_birth_missing(registration: Any) -> Any:
    """Every candidate has a date of birth."""
    return absent(registration.born_on) & absent(registration.born_on_text)


@rule(
    "date-of-birth-impossible",
    subject="registration",
    about="born_on",
    clause="house",
    refuse="There is no date {born_on_text}.",
    remedy="Take the date of birth from an identity document; write it as day/month/year.",
)
def date_of_birth_impossible(registration: Any) -> Any:
    """A date of birth is a day of the calendar, read as day/month/year."""
    return absent(registration.born_on) & present(registration.born_on_text)


@rule(
    "date-of-birth-in-future",
    subject="registration",
    about="born_on",
    clause="house",
    needs=("born_on",),
    refuse="A date of birth of {born_on} is after the day of registration.",
    remedy="Perhaps it is the date the candidate started. Enter the date of birth.",
)
def date_of_birth_in_future(registration: Any) -> Any:
    """Nobody is registered before being born."""
    return after(registration.born_on, registration.registered_on)


@rule(
    "start-date-impossible",
    subject="registration",
    about="starts_on",
    clause="house",
    refuse="There is no date {starts_on_text}.",
    remedy="Write the start date as day/month/year, or leave it empty.",
)
def start_date_impossible(registration: Any) -> Any:
    """A start date, where one is given, is a day of the calendar."""
    return absent(registration.starts_on) & present(registration.starts_on_text)


@rule(
    "candidate-already-registered",
    subject="registration",
    about="uln",
    clause="house",
    needs=("already_registered_on",),
    refuse="Already registered for {scheme} on {already_registered_on}.",
    remedy="Nothing to do: nobody is registered or charged twice.",
)
def candidate_already_registered(registration: Any) -> Any:
    """A candidate is registered once for a scheme; the same line again changes nothing."""
    return present(registration.already_registered_on)
