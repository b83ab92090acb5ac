"""Suspicions of malpractice, told at once, and holds: while one is open nothing is awarded or certificated."""

from typing import Any

from conferral.rules.rule import WARNED, rule
from conferral.rules.terms import absent, after, holds, present, same

# Who is asked about a hold. Candidates and centres are told this, and nothing of why.
ASKED = "the awarding organisation’s quality office"


@rule(
    "certificate-held",
    subject="award",
    clause="house",
    needs=("held_on",),
    refuse="This candidate’s results are held since {held_on}.",
    remedy=f"Ask {ASKED}. Claims and moderation go on meanwhile.",
    reading="Neither of our two documents speaks of holds. While malpractice is suspected or evidence is in doubt no "
    "award is made and no certificate is issued or reissued. One that was issued before stays genuine until it is "
    "revoked.",
    decided_by="house",
    rulebook=("R78",),
)
def certificate_held(award: Any) -> Any:
    """While a hold is open, no award is made and no certificate issued or reissued for whom it covers.

    A hold covers one registration, everybody in a claim, a centre's scheme or a whole centre. `held_on` is the
    London day of the oldest hold that is open; None means that there is none.
    """
    return present(award.held_on)


@rule(
    "hold-without-words",
    subject="hold",
    about="text",
    clause="house",
    refuse="It doesn’t say what the hold rests on.",
    remedy="Say what is known, and by whom. Only the desk reads it.",
    rulebook=("R78",),
)
def hold_without_words(hold: Any) -> Any:
    """Whoever places a hold says what it rests on."""
    return absent(hold.text)


@rule(
    "hold-already-open",
    subject="hold",
    clause="house",
    needs=("open_since",),
    refuse="A hold on just this is open since {open_since}.",
    remedy="Follow that one. Lift it when what it waits for is settled.",
    rulebook=("R78",),
)
def hold_already_open(hold: Any) -> Any:
    """On one thing one hold is open at a time."""
    return present(hold.open_since)


@rule(
    "hold-at-own-centre",
    subject="hold",
    clause="house",
    refuse="You have a role at this centre.",
    remedy="Ask a colleague who has none.",
    reading="Nobody authorises what binds their own centre, or frees it.",
    decided_by="house",
    rulebook=("R78",),
)
def hold_at_own_centre(hold: Any) -> Any:
    """Nobody places or lifts a hold at a centre where they have a role."""
    return holds(hold.at_centre)


@rule(
    "hold-lifted-without-reason",
    subject="lifting",
    about="because",
    clause="house",
    refuse="It doesn’t say why the hold ends.",
    remedy="Say what was found, and what follows from it. Only the desk reads it.",
    rulebook=("R78",),
)
def hold_lifted_without_reason(lifting: Any) -> Any:
    """Whoever lifts a hold says why."""
    return absent(lifting.because)


@rule(
    "suspicion-without-words",
    subject="suspicion",
    about="text",
    clause="house",
    refuse="It doesn’t say what was seen.",
    remedy="Say what you saw, where, and who else knows of it.",
    rulebook=("R78",),
)
def suspicion_without_words(suspicion: Any) -> Any:
    """Whoever reports a suspicion says what was seen."""
    return absent(suspicion.text)


@rule(
    "suspicion-noticed-later",
    subject="suspicion",
    about="noticed_on",
    clause="house",
    needs=("noticed_on",),
    refuse="{noticed_on} is still to come.",
    remedy="Enter the day on which it was first noticed.",
    rulebook=("R78",),
)
def suspicion_noticed_later(suspicion: Any) -> Any:
    """What is reported has been noticed. Today counts."""
    return after(suspicion.noticed_on, suspicion.reported_on)


@rule(
    "suspicion-not-at-once",
    subject="suspicion",
    about="noticed_on",
    outcome=WARNED,
    clause="house",
    needs=("noticed_on", "report_by"),
    refuse="Noticed on {noticed_on}, this was to be reported by {report_by}.",
    remedy="It is taken all the same. Say in your words why it comes later.",
    reading="Malpractice is reported at once. No document gives that in days: the same or the next working day of the "
    "centre’s nation is taken.",
    decided_by="house",
    rulebook=("R78",),
)
def suspicion_not_at_once(suspicion: Any) -> Any:
    """A suspicion of malpractice is reported at once: by the working day after it was noticed, that day included."""
    return after(suspicion.reported_on, suspicion.report_by)


@rule(
    "suspicion-closed-without-reason",
    subject="closing",
    about="because",
    clause="house",
    refuse="It doesn’t say why nothing follows.",
    remedy="Say what was looked at and what was found. Only the desk reads it.",
    rulebook=("R78",),
)
def suspicion_closed_without_reason(closing: Any) -> Any:
    """A report of a suspicion is closed with a reason."""
    return absent(closing.because)


@rule(
    "suspicion-settled-by-reporter",
    subject="closing",
    clause="house",
    refuse="You reported this yourself.",
    remedy="Ask a colleague to settle it.",
    rulebook=("R78",),
)
def suspicion_settled_by_reporter(closing: Any) -> Any:
    """Nobody settles what they reported themselves."""
    return same(closing.settled_by, closing.reported_by)
