"""What a centre and its moderator are told of a claim and its work, in the transaction of what happened."""

from datetime import datetime

from conferral.actions.letters import write_to_centre, write_to_person
from conferral.records.claims.models import Claim, Consignment
from conferral.rules.days import LONDON, last_day
from conferral.rules.permissions import Acting
from conferral.rules.references import format_reference


def tell_of_submission(claim: Claim, work: Consignment | None, *, at: datetime, by: Acting) -> None:
    """The centre hears by when the work goes and until when it is waited for; the moderator, what will come."""
    if work is None:
        sending = "The work is seen at your centre. Keep it ready, with the records of assessment and verification."
        coming = "The work is seen at the centre."
    else:
        sending = (
            f"Send the work by {_moment(claim.send_by)}, as consignment {format_reference(work.reference)}. If it has "
            f"not been logged by the end of {_last_day(claim)}, the claim is withdrawn; you may then claim again "
            "with the same choices."
        )
        coming = (
            f"The work comes as consignment {format_reference(work.reference)}; it is due by {_moment(claim.send_by)}."
        )
    _centre(claim, f"Claim {claim.pk} is in", f"Claim {claim.pk} in {claim.scheme} was submitted. {sending}", at, by)
    if claim.moderator_id:
        told = f"Centre {claim.centre_id} {claim.centre.name} submitted claim {claim.pk} in {claim.scheme}. {coming}"
        write_to_person(
            claim.moderator_id, subject=f"Claim {claim.pk} from centre {claim.centre_id}", text=told,
            about=("claim", str(claim.pk)), at=at, by=by,
        )  # fmt: skip


def tell_of_reminder(claim: Claim, *, at: datetime, by: Acting) -> None:
    """The 24 hours are over and the work has not been recorded as sent."""
    _centre(
        claim, f"Reminder: send the work for claim {claim.pk}",
        f"The work for claim {claim.pk} was due by {_moment(claim.send_by)} and is not recorded as sent. Nothing is "
        "lost yet, but results move later day for day. Send it now and record it; if it is on its way, record that. "
        f"Not logged by the end of {_last_day(claim)}, the claim is withdrawn.",
        at, by,
    )  # fmt: skip


def tell_of_receipt(claim: Claim, *, at: datetime, by: Acting) -> None:
    """The work has arrived and stands with its claim."""
    _centre(
        claim, f"The work for claim {claim.pk} has arrived",
        f"It was logged at {_moment(at)} and is with the moderator. Nothing for you to do until the report comes.",
        at, by,
    )  # fmt: skip


def tell_of_upload(claim: Claim, files: int, *, at: datetime, by: Acting) -> None:
    """All work is uploaded: the centre hears that it arrived, the moderator that it can be seen."""
    tell_of_receipt(claim, at=at, by=by)
    if claim.moderator_id:
        write_to_person(
            claim.moderator_id, subject=f"The work of claim {claim.pk} is uploaded",
            text=f"Centre {claim.centre_id} {claim.centre.name} has uploaded the work of claim {claim.pk} in "
            f"{claim.scheme}: {files} {'file' if files == 1 else 'files'}. See them beside the criteria in the review.",
            about=("claim", str(claim.pk)), at=at, by=by,
        )  # fmt: skip


def tell_of_withdrawal(claim: Claim, *, for_want_of_work: bool, at: datetime, by: Acting) -> None:
    """The claim has ended without an outcome, and how it is made again."""
    why = "No work had arrived in the time allowed." if for_want_of_work else "The moderator withdrew it."
    _centre(
        claim, f"Claim {claim.pk} is withdrawn",
        f"{why} No outcome is recorded for units that had none yet. Open the claim and claim again: the choices are "
        "kept. Send the work within 24 hours of submitting.",
        at, by,
    )  # fmt: skip


def tell_of_return(claim: Claim, parcel: Consignment, *, at: datetime, by: Acting) -> None:
    """The moderator hears that a parcel on its way is to go back unopened."""
    if claim.moderator_id and claim.moderator_id != by.person:
        name = format_reference(parcel.reference)
        write_to_person(
            claim.moderator_id, subject=f"Send parcel {name} back",
            text=f"Claim {claim.pk} of centre {claim.centre_id} no longer waits for work. Send parcel {name} back "
            "unopened, now or when it arrives, and scan its cover sheet.",
            about=("claim", str(claim.pk)), at=at, by=by,
        )  # fmt: skip


def tell_of_outcome(claim: Claim, *, at: datetime, by: Acting) -> None:
    """Every unit is decided and the report can be read."""
    _centre(
        claim, f"The report on claim {claim.pk} is sent",
        f"Every unit of claim {claim.pk} in {claim.scheme} is decided. The report, with the outcome of each unit, "
        "stands under Results.",
        at, by, purpose="results",
    )  # fmt: skip


def _centre(claim: Claim, subject: str, text: str, at: datetime, by: Acting, purpose: str = "moderation") -> None:
    write_to_centre(
        claim.centre_id, purpose, scheme=claim.scheme_id, subject=subject, text=text, about=("claim", str(claim.pk)),
        at=at, by=by,
    )  # fmt: skip


def _last_day(claim: Claim) -> str:
    return _day(last_day(claim.withdraw_after)) if claim.withdraw_after else "no set day"


def _day(day: object) -> str:
    return f"{day:%A} {day:%-d} {day:%B %Y}"


def _moment(when: datetime | None) -> str:
    local = when.astimezone(LONDON) if when else None
    return f"{local:%H:%M} on {_day(local)}" if local else "no set time"
