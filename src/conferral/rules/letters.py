"""To whom a centre's letters go, and what is said where nobody would hear."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, holds, present

MODERATION, FEES, WITHDRAWALS, RESULTS = PURPOSES = ("moderation", "fees", "withdrawals", "results")
# Who is written to while a centre has named nobody for a purpose: the first role that somebody with an address holds.
INSTEAD = ("exams_officer", "head_of_centre")


@rule(
    "contact-already-named",
    subject="contact",
    about="email",
    clause="house",
    refuse="{email} hears about {purpose} already.",
    remedy="Choose another address, or leave it as it is.",
    rulebook=("R16",),
)
def contact_already_named(contact: Any) -> Any:
    """An address is named once for a purpose and a scheme."""
    return holds(contact.named)


@rule(
    "contact-for-scheme-not-offered",
    subject="contact",
    about="scheme",
    clause="house",
    refuse="The centre is not approved for {scheme}.",
    remedy="Choose a scheme that the centre offers, or all schemes.",
)
def contact_for_scheme_not_offered(contact: Any) -> Any:
    """A centre names contacts for the schemes that it is approved for."""
    return present(contact.scheme) & absent(contact.approved_on)


@rule(
    "purpose-without-contact",
    subject="purpose",
    about="purpose",
    outcome=WARNED,
    clause="moderation-2012 p5a",
    refuse="Nobody is named to hear about {purpose}, or the mail of those who are comes back.",
    remedy="Name somebody, or put the address right. Until then letters go to {instead}.",
    reading="The report asks that the correct personnel be notified. Until a centre says who they are, its exams "
    "officer is written to, else its head.",
    decided_by="house",
    rulebook=("R16",),
)
def purpose_without_contact(purpose: Any) -> Any:
    """Each centre names somebody who hears about moderation, fees, withdrawals and results."""
    return absent(purpose.living)


@rule(
    "contact-mail-came-back",
    subject="purpose",
    about="email",
    outcome=WARNED,
    clause="moderation-2012 p5a",
    needs=("bounced_on",),
    refuse="A letter to {email} came back on {bounced_on}: {because}.",
    remedy="Confirm that the address is right, or name another one. Nothing is sent to it until then.",
    reading="A letter that nobody reads reaches nobody: the report asks for the right people to be told.",
    decided_by="house",
    rulebook=("R16",),
)
def contact_mail_came_back(purpose: Any) -> Any:
    """Letters go only to addresses from which mail does not come back."""
    return present(purpose.bounced_on)
