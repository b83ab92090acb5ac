"""Candidates' names: what is put right freely, what needs proof, and what a printed certificate binds."""

import unicodedata
from typing import Any

from conferral.rules.policies import policy
from conferral.rules.rule import rule
from conferral.rules.terms import absent, after, holds, lacks, present

# What a person may have seen as proof of a name. The document itself is not kept.
PROOFS = {
    "passport": "Passport",
    "birth": "Birth certificate",
    "marriage": "Marriage or civil partnership certificate",
    "deed": "Deed poll or statutory declaration",
    "official": "Another official document with the new name",
}


def whole_name_changed(before: str, after: str) -> bool:
    """Whether no word of a name is left, not even in another spelling. The order of words, accents and capitals are
    nothing; a word shorter than the policy's counts only where there is no longer one.
    """
    old, new = _words(before), _words(after)
    pairs = [(one, other) for one in _telling(old) for other in new]
    pairs += [(one, other) for one in old for other in _telling(new)]
    return not any(_alike(one, other) for one, other in pairs)


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter if letter.isalpha() else " " for letter in plain if not unicodedata.combining(letter)).split()


def _telling(words: list[str]) -> list[str]:
    least = policy("letters_of_a_telling_word")
    return [word for word in words if len(word) >= least] or words


def _alike(one: str, other: str) -> bool:
    most = max(len(one), len(other)) * policy("percent_of_letters_apart") // 100
    return _apart(one, other) <= most


def _apart(one: str, other: str) -> int:
    """How many letters are put in, left out or exchanged between two words."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        corner, row[0] = row[0], place
        for column, opposite in enumerate(other, 1):
            corner, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, corner + (letter != opposite)),
            )
    return row[-1]


@rule(
    "name-unchanged",
    subject="name",
    clause="house",
    refuse="The name is written so already.",
    remedy="Change what is wrong in it, or leave it as it is.",
)
def name_unchanged(name: Any) -> Any:
    """A correction of a name changes something in it."""
    return lacks(name.changed)


@rule(
    "name-without-last-name",
    subject="name",
    about="last_name",
    clause="house",
    refuse="The last name is missing.",
    remedy="A candidate with one name has it as the last name.",
)
def name_without_last_name(name: Any) -> Any:
    """A candidate keeps a last name, or one name written as the last name."""
    return absent(name.last_name)


@rule(
    "name-change-without-proof",
    subject="name",
    about="proof",
    clause="amendments",
    refuse="Nothing is left of the name as registered, and no proof of the new one is given.",
    remedy="Say which document was seen, by whom and when. Registering somebody else is a registration of its own.",
    reading="The whole name changes when no word of the name as registered, or as last proven, is left in it. A new "
    "last name beside the same first name is a correction. Several corrections are measured from where they began.",
    decided_by="house",
    rulebook=("R69",),
)
def name_change_without_proof(name: Any) -> Any:
    """A change of the whole name needs proof; a correction of it needs none and costs nothing."""
    return holds(name.whole) & (absent(name.proof) | absent(name.seen_by) | absent(name.seen_on))


@rule(
    "name-proof-from-the-future",
    subject="name",
    about="seen_on",
    clause="house",
    needs=("seen_on",),
    refuse="{seen_on} is yet to come, so nobody has seen the proof then.",
    remedy="Enter the day on which the document was seen.",
)
def name_proof_from_the_future(name: Any) -> Any:
    """The proof of a name was seen before the name is changed."""
    return after(name.seen_on, name.asked_on)


@rule(
    "name-on-printed-certificate",
    subject="name",
    clause="amendments",
    needs=("printed_on",),
    refuse="A certificate with the present name was printed on {printed_on}.",
    remedy="Send the original back to the desk with the right name: it is revoked, and reissued with that name.",
    rulebook=("R69",),
)
def name_on_printed_certificate(name: Any) -> Any:
    """Once a certificate is printed, a name is changed only with a reissue.

    `printed_on` is of a certificate that is valid and has not come back; absence means that there is none.
    """
    return present(name.printed_on)


@rule(
    "name-reissue-after-final-certification",
    subject="name",
    clause="cco-withdrawal-2013 q2",
    needs=("closed_on",),
    refuse="The last certificates of {scheme} were produced on {closed_on}, so none can be reissued.",
    remedy="Keep the original valid and the name as it is. Say in a letter what the right name is.",
    reading="A reissue produces a certificate, so the last day for certificates binds it too, that day included.",
    decided_by="house",
    rulebook=("R30", "R69"),
)
def name_reissue_after_final_certification(name: Any) -> Any:
    """No certificate is reissued after the final certification date of its scheme.

    `closed_on` is known only where a certificate would be reissued.
    """
    return after(name.asked_on, name.closed_on)


@rule(
    "first-names-no-font-shows",
    subject="registration",
    about="first_names",
    clause="house",
    needs=("first_names_unshown",),
    refuse="No font of the certificates shows {first_names_unshown} of the first names.",
    remedy="Write it in Latin letters, with any accents, as it is to stand on the certificate; a passport has it so.",
    reading="Certificates are set in one font, which shows names in Latin, Greek, Cyrillic and Hebrew letters with any "
    "accents. Nobody’s name is printed with a gap, so none is registered, or put right, that would be.",
    decided_by="house",
)
def first_names_no_font_shows(name: Any) -> Any:
    """First names are of letters that a certificate shows; the first one that it doesn’t is named with its place."""
    return present(name.first_names_unshown)


@rule(
    "last-name-no-font-shows",
    subject="registration",
    about="last_name",
    clause="house",
    needs=("last_name_unshown",),
    refuse="No font of the certificates shows {last_name_unshown} of the last name.",
    remedy="Write it in Latin letters, with any accents, as it is to stand on the certificate; a passport has it so.",
    reading="Certificates are set in one font, which shows names in Latin, Greek, Cyrillic and Hebrew letters with any "
    "accents. Nobody’s name is printed with a gap, so none is registered, or put right, that would be.",
    decided_by="house",
)
def last_name_no_font_shows(name: Any) -> Any:
    """A last name is of letters that a certificate shows; the first one that it doesn’t is named with its place."""
    return present(name.last_name_unshown)
