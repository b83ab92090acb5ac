"""Where the work is: sent within 24 hours of its claim, logged, matched, or returned."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, before, differs, lacks, present, same


@rule(
    "work-sent-late",
    subject="consignment",
    outcome=WARNED,
    clause="moderation-2012 p4",
    needs=("send_by",),
    refuse="The work was to be sent within 24 hours of claim {claim}.",
    remedy="Nothing is lost yet, but results move later day for day. Send it at once.",
    reading="Elapsed hours from submission.",
    decided_by="house",
    rulebook=("R10", "R11"),
)
def work_sent_late(consignment: Any) -> Any:
    """Work is sent to the moderator within 24 hours of submitting its claim."""
    return after(consignment.now, consignment.send_by)


@rule(
    "despatch-before-claim",
    subject="consignment",
    about="despatched_on",
    clause="moderation-2012 p4",
    needs=("despatched_on", "submitted_on"),
    refuse="Work follows its claim: this claim was submitted on {submitted_on}.",
    remedy="Enter the day on which the work was sent.",
    rulebook=("R10",),
)
def despatch_before_claim(consignment: Any) -> Any:
    """The claim comes first, the work follows."""
    return before(consignment.despatched_on, consignment.submitted_on)


@rule(
    "despatch-in-future",
    subject="consignment",
    about="despatched_on",
    clause="house",
    needs=("despatched_on",),
    refuse="{despatched_on} has not come yet.",
    remedy="Record the despatch when the work has gone.",
)
def despatch_in_future(consignment: Any) -> Any:
    """A despatch is recorded once it has happened."""
    return after(consignment.despatched_on, consignment.today)


@rule(
    "parcel-without-carrier",
    subject="consignment",
    about="carrier",
    clause="house",
    needs=("kind",),
    refuse="Enter who carries the work.",
    remedy="Write the post or courier's name, for example Royal Mail Tracked 24.",
    rulebook=("R10",),
)
def parcel_without_carrier(consignment: Any) -> Any:
    """Work sent by post says who carries it."""
    return same(consignment.kind, "post") & absent(consignment.carrier)


@rule(
    "mail-without-reference",
    subject="consignment",
    about="mail_reference",
    clause="house",
    needs=("kind",),
    refuse="Enter the reference by which the moderator finds the mail.",
    remedy="Use its subject line, or a number that you wrote in it.",
    rulebook=("R10",),
)
def mail_without_reference(consignment: Any) -> Any:
    """Work sent by e-mail says by which reference it is found."""
    return same(consignment.kind, "email") & absent(consignment.mail_reference)


@rule(
    "mail-without-parts",
    subject="consignment",
    about="parts",
    clause="house",
    needs=("kind",),
    refuse="Enter in how many mails the work was sent.",
    remedy="Count every mail, so that the moderator knows when all have come.",
    rulebook=("R10",),
)
def mail_without_parts(consignment: Any) -> Any:
    """Work sent by e-mail says in how many mails, one at least."""
    return same(consignment.kind, "email") & (absent(consignment.parts) | before(consignment.parts, 1))


@rule(
    "portfolio-without-link",
    subject="consignment",
    about="link",
    clause="house",
    needs=("kind",),
    refuse="Enter the address of the e-portfolio.",
    remedy="Copy it from the browser while the portfolio is open. It begins with https.",
    rulebook=("R10",),
)
def portfolio_without_link(consignment: Any) -> Any:
    """Work in an e-portfolio says where that is."""
    return same(consignment.kind, "eportfolio") & absent(consignment.link)


@rule(
    "portfolio-link-not-secure",
    subject="consignment",
    about="link",
    clause="house",
    needs=("kind", "link_secure"),
    refuse="The address of the e-portfolio doesn't begin with https and name a site.",
    remedy="Copy the whole address from the browser. Candidates' work is never opened over an open line.",
    rulebook=("R10",),
)
def portfolio_link_not_secure(consignment: Any) -> Any:
    """An e-portfolio is opened over a secure line only."""
    return same(consignment.kind, "eportfolio") & lacks(consignment.link_secure)


@rule(
    "work-still-in-time",
    subject="withdrawal",
    clause="moderation-2012 p4",
    needs=("withdraw_after",),
    refuse="The work for claim {claim} may still arrive until the end of {last_day}.",
    remedy="Wait until that day is over.",
    reading="'In sufficient time' is read as the end of the fifth working day after submission.",
    decided_by="house",
    rulebook=("R12",),
)
def work_still_in_time(consignment: Any) -> Any:
    """A claim is withdrawn for missing work only when the time allowed is over.

    Working days of the centre's nation; the last of them counts until midnight in London.
    """
    return before(consignment.now, consignment.withdraw_after)


@rule(
    "work-already-received",
    subject="withdrawal",
    clause="moderation-2012 p4",
    needs=("received_at",),
    refuse="The work for claim {claim} has been received.",
    remedy="Nothing to do: the claim stays.",
    rulebook=("R12",),
)
def work_already_received(consignment: Any) -> Any:
    """A claim whose work has been logged is not withdrawn for missing work."""
    return present(consignment.received_at)


@rule(
    "work-without-claim",
    subject="match",
    about="reference",
    clause="moderation-2012 p4",
    refuse="This work belongs to no claim that has been submitted.",
    remedy="Log it as work without a claim. It goes back to the centre until the claim is made.",
    rulebook=("R14", "R15"),
)
def work_without_claim(consignment: Any) -> Any:
    """Work is matched to a submitted claim; until there is one it goes back to the centre."""
    return absent(consignment.claim)


@rule(
    "claim-not-waiting-for-work",
    subject="match",
    about="reference",
    clause="moderation-2012 p4",
    needs=("claim_state",),
    refuse="Claim {claim} is not waiting for work: it is {claim_state}.",
    remedy="Log the parcel as work without a claim, so that the centre is told and the work goes back.",
    rulebook=("R13", "R15"),
)
def claim_not_waiting_for_work(consignment: Any) -> Any:
    """Work is matched only to a claim that waits for it: a withdrawn claim must be made again."""
    return differs(consignment.claim_state, "submitted") & absent(consignment.received_at)


@rule(
    "parcel-already-logged",
    subject="match",
    about="reference",
    clause="house",
    needs=("received_at",),
    refuse="The work for claim {claim} has already been logged.",
    remedy="Nothing to do. A second parcel of the same claim is put with the first.",
)
def parcel_already_logged(consignment: Any) -> Any:
    """A consignment is received once."""
    return present(consignment.received_at)


@rule(
    "claim-not-open-to-centre",
    subject="take_back",
    clause="house",
    needs=("claim_state",),
    refuse="Claim {claim} can't be taken back: it is {claim_state} and has been opened, or decided.",
    remedy="A claim can be taken back until the moderator opens it. After that only the moderator changes it.",
)
def claim_not_open_to_centre(consignment: Any) -> Any:
    """A centre may take a submitted claim back until the moderator first looks at the work."""
    moved_on = differs(consignment.claim_state, "submitted") & differs(consignment.claim_state, "with moderator")
    return moved_on | present(consignment.opened_at)


@rule(
    "hand-already-scanned",
    subject="hand",
    clause="house",
    needs=("hand", "scanned_at"),
    refuse="This parcel was scanned before on {scanned_at}: {hand}.",
    remedy="Nothing to do. Its way so far stands below.",
)
def hand_already_scanned(consignment: Any) -> Any:
    """Each hand that a parcel passes through scans it once."""
    return present(consignment.scanned_at)


@rule(
    "parcel-not-on-its-way",
    subject="hand",
    clause="house",
    needs=("work_state",),
    refuse="This parcel is not on its way: it is {work_state}.",
    remedy="Look at its way below. A parcel with another sheet has another reference.",
)
def parcel_not_on_its_way(consignment: Any) -> Any:
    """Only a parcel that is still to arrive, or to go back, passes through hands."""
    moving = differs(consignment.work_state, "awaited") & differs(consignment.work_state, "despatched")
    return moving & differs(consignment.work_state, "unmatched") & differs(consignment.work_state, "to return")


@rule(
    "work-has-no-parcel",
    subject="hand",
    clause="house",
    needs=("kind",),
    refuse="This work comes without a parcel: nothing passes through hands.",
    remedy="See its claim for how it was sent.",
)
def work_has_no_parcel(consignment: Any) -> Any:
    """Only work that comes by post is scanned at each hand."""
    return differs(consignment.kind, "post")
