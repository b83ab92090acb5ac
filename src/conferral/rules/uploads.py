"""When files are added to the work of a claim, and when an upload is complete."""

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
