"""When files are added to the work of a claim, written on and signed, and when an upload is complete."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, before, differs, lacks, same


@rule(
    "evidence-after-delivery",
    subject="evidence",
    clause="house",
    refuse="Nothing can be added or taken away now: the claim is {claim_state}.",
    remedy="Take the claim back, if the moderator has not opened it. Then it is a draft again.",
)
def evidence_after_delivery(evidence: Any) -> Any:
    """Files are added to a draft, and to a submitted claim until its work is sent."""
    gone = differs(evidence.claim_state, "draft") & differs(evidence.claim_state, "submitted")
    sent = same(evidence.claim_state, "submitted") & differs(evidence.work_state, "awaited")
    return gone | sent


@rule(
    "evidence-for-nobody",
    subject="evidence",
    about="candidate",
    clause="house",
    refuse="This candidate isn’t in the claim.",
    remedy="Choose a candidate of this claim, or add the candidate to the draft first.",
)
def evidence_for_nobody(evidence: Any) -> Any:
    """A file is the work of a candidate for whom something is claimed."""
    return lacks(evidence.candidate_claimed)


@rule(
    "upload-without-files",
    subject="upload",
    clause="moderation-2012 p4",
    refuse="No file has been uploaded yet.",
    remedy="Upload the work, or record how it goes to the moderator otherwise.",
    rulebook=("R10",),
)
def upload_without_files(evidence: Any) -> Any:
    """An upload is complete once there is something in it."""
    return absent(evidence.files) | before(evidence.files, 1)


@rule(
    "upload-still-arriving",
    subject="upload",
    clause="house",
    needs=("arriving",),
    refuse="A file has not arrived whole.",
    remedy="Choose it again: the upload goes on where it stopped. Or take it off the list.",
)
def upload_still_arriving(evidence: Any) -> Any:
    """An upload is complete once each file begun has arrived, or was given up."""
    return after(evidence.arriving, 0)


@rule(
    "upload-still-looked-into",
    subject="upload",
    clause="house",
    needs=("looked_into",),
    refuse="Files are still being looked into: {looked_into} to go.",
    remedy="Wait until each is kept or refused: seconds, or a minute for a large one.",
)
def upload_still_looked_into(evidence: Any) -> Any:
    """An upload is complete once it is known of each file whether it is kept."""
    return after(evidence.looked_into, 0)


@rule(
    "upload-without-signatures",
    subject="upload",
    outcome=WARNED,
    clause="moderation-2012 p3",
    needs=("unsigned", "units"),
    refuse="{unsigned} of {units} units show no internal verification.",
    remedy="Let the internal verifier sign the files, or see that their signature stands in the work.",
    rulebook=("R7", "R8"),
)
def upload_without_signatures(evidence: Any) -> Any:
    """Internal verification is shown with the work: recorded here, or signed in the work itself."""
    return after(evidence.unsigned, 0)


@rule(
    "upload-without-some-candidates",
    subject="upload",
    outcome=WARNED,
    clause="moderation-2012 p7",
    needs=("without_files", "candidates"),
    refuse="{without_files} of {candidates} candidates have no file.",
    remedy="Upload their work first. Incomplete work is not awarded; afterwards nothing can be added.",
    rulebook=("R19",),
)
def upload_without_some_candidates(evidence: Any) -> Any:
    """Every candidate of a claim has work in it. The centre is told before the upload is complete."""
    return after(evidence.without_files, 0)


@rule(
    "note-without-words",
    subject="note",
    about="words",
    clause="house",
    refuse="There is nothing in the note.",
    remedy="Write what you saw, or leave the note out.",
)
def note_without_words(note: Any) -> Any:
    """A note on a file says something."""
    return absent(note.words)


@rule(
    "note-on-page-not-there",
    subject="note",
    about="page",
    clause="house",
    needs=("page", "pages"),
    refuse="There is no page {page}: the file has {pages}.",
    remedy="Write the number of a page of this file, or leave it empty for the whole file.",
)
def note_on_page_not_there(note: Any) -> Any:
    """A note stands on a page that the file has."""
    return before(note.page, 1) | after(note.page, note.pages)


@rule(
    "note-out-of-turn",
    subject="note",
    clause="house",
    refuse="Nothing can be written on this file now: the claim is {claim_state}.",
    remedy="The centre writes on its files until the work is sent; the moderator, while the claim is under review.",
)
def note_out_of_turn(note: Any) -> Any:
    """A centre marks its files before they are sent, and the moderator while they are looked at."""
    sent = differs(note.claim_state, "draft") & differs(note.claim_state, "submitted")
    late = same(note.writer, "moderator") & differs(note.claim_state, "with moderator")
    return (same(note.writer, "centre") & sent) | late


@rule(
    "signature-by-another",
    subject="signature",
    clause="moderation-2012 p3",
    refuse="The claim doesn’t name you as internal verifier of {unit} for this candidate.",
    remedy="Only the internal verifier whom the claim names signs the files.",
    rulebook=("R7",),
)
def signature_by_another(signature: Any) -> Any:
    """Files are signed by the internal verifier whom the claim names for the unit."""
    return lacks(signature.named)


@rule(
    "signature-on-nothing",
    subject="signature",
    clause="house",
    refuse="No file stands behind {unit} for this candidate.",
    remedy="Sign once the work has been uploaded.",
)
def signature_on_nothing(signature: Any) -> Any:
    """A signature is on files that are there."""
    return absent(signature.files) | before(signature.files, 1)
