"""A claim under review: its sample, what the centre says of each unit, and the decision on it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from conferral.actions.questions import ask_centre
from conferral.actions.reviews import confirm_units, decide_unit, open_visit, open_work
from conferral.pages.depth import answer_read
from conferral.pages.matrix import rows, shown_matrix
from conferral.pages.moderator.files import files_beside
from conferral.pages.moderator.next import moderator_chrome
from conferral.pages.questions import question_rows
from conferral.pages.samples import agreement_rows
from conferral.pages.sendings import chain, sent_words
from conferral.pages.templatetags.parts import counted, moment, uln, weekday, written
from conferral.pages.timeline import MANY, lines, timeline
from conferral.records.claims.marks import Matrix, matrix
from conferral.records.claims.models import Claim, ClaimedUnit, Consignment, SignInNote
from conferral.records.evidence.models import EvidenceItem
from conferral.records.moderation.models import UnitDecision
from conferral.records.moderation.queries import (
    claimed_units,
    earlier_decisions,
    report_by,
    under_review,
    with_progress,
)
from conferral.records.questions.models import Question
from conferral.records.questions.queries import questions_of
from conferral.records.samples.models import Sample, SampledUnit
from conferral.records.samples.queries import agreements, sampled_in
from conferral.rules.feedback import question_of, sentence_of
from conferral.rules.references import format_reference
from conferral.rules.rule import Verdict

PORTFOLIO = '<a href="{}" rel="noopener noreferrer nofollow">Open it</a>'
OUTCOME_STATE = {"confirmed": "ready", "amended": "can-finish", "not_awarded": "cannot", "withdrawn": "at-risk"}
ASK = "ask"
READ_ONLY = {
    "submitted": "Nothing can be decided yet: the work is on its way.",
    "withdrawn": "This claim was withdrawn. The centre may claim again; then it comes back to you under a new number.",
    "with_awarding_organisation": "The report is sent. The claim is with the awarding organisation; only a review of "
    "results changes a decision now.",
    "processed": "The claim is processed. Only a review of results changes a decision now.",
}


class DecisionForm(forms.Form):
    """The decision on one unit of one candidate, or a question to the centre before it."""

    outcome = forms.ChoiceField(
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose a decision", "invalid_choice": "Choose one of the decisions in the list"},
    )
    reason_code = forms.ChoiceField(
        label="Reason, unless you confirm",
        choices=[("", "No reason needed"), *UnitDecision.Code.choices],
        required=False,
        error_messages={"invalid_choice": "Choose one of the reasons in the list"},
    )
    feedback = forms.CharField(
        label="For the feedback report, or your question",
        help_text="The centre reads your words: a question at once, the rest with the report. Left empty, the draft "
        "for the reason is used.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
        error_messages={"max_length": "Keep it to 4,000 characters"},
    )

    def __init__(self, *args: Any, unit: ClaimedUnit, asked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        choices = list(UnitDecision.Outcome.choices)
        # Whoever waits for an answer decides without it, or withdraws the question.
        if not asked:
            choices.insert(2, (ASK, "Ask the centre, then decide"))
        self.fields["outcome"].choices = choices
        self.fields["outcome"].label = f"Your decision on {unit.unit_id} for this candidate"

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("feedback"):
            said["feedback"] = drafted(said.get("outcome"), said.get("reason_code"), self.unit.unit_id)
        return said


def drafted(outcome: str | None, code: str | None, unit: str) -> str:
    """What a reason drafts for a unit: a question where the centre is asked, else a sentence of the report."""
    return question_of(code, unit) if outcome == ASK else sentence_of(code, unit)


def claim(request: HttpRequest, number: int) -> HttpResponse:
    """A claim at its first undecided unit; before and after the review, what it is and where it stands."""
    found = claim_seen(number)
    if found.state != "with_moderator":
        return _at_rest(request, found)
    units = list(claimed_units(number))
    questions, inside = standing(number), sampled_in(number)
    waiting = [unit for unit in units if unit.state == "claimed"]
    # What waits for its centre comes last.
    waiting.sort(key=lambda unit: (is_open(questions.get(unit.pk)), unit.pk not in inside))
    first = next(iter(waiting), units[0])
    return _review(request, found, units, first, _form(first, questions), questions=questions)


def standing(claim: int) -> dict[int, Question]:
    """The newest question about each claimed unit of a claim. One query."""
    return {one.claimed_unit_id: one for one in questions_of(claim)}


def is_open(question: Question | None) -> bool:
    """Whether the centre is being asked."""
    return question is not None and question.state == "open"


def _form(unit: ClaimedUnit, questions: Mapping[int, Question], *args: Any, **kwargs: Any) -> DecisionForm:
    return DecisionForm(*args, unit=unit, asked=is_open(questions.get(unit.pk)), **kwargs)


def unit(request: HttpRequest, number: int, claimed_unit: int) -> HttpResponse:
    """One unit of one candidate: see what is claimed, and decide."""
    found = claim_seen(number)
    units = list(claimed_units(number))
    chosen = next((one for one in units if one.pk == claimed_unit), None) or get_object_or_404(ClaimedUnit, pk=None)
    questions = standing(number)
    if request.method != "POST" or "advise" in request.POST:
        return _review(request, found, units, chosen, _form(chosen, questions), questions=questions)
    if "draft" in request.POST:
        code = request.POST.get("reason_code")
        words = drafted(request.POST.get("outcome"), code, chosen.unit_id) + _missing(found, chosen, code)
        said = request.POST.dict() | {"feedback": words}
        return _review(request, found, units, chosen, _form(chosen, questions, initial=said), questions=questions)
    form = _form(chosen, questions, request.POST)
    if not form.is_valid():
        return _review(request, found, units, chosen, form, questions=questions, refused=True)
    verdict = _decide(request, chosen, form.cleaned_data, asked=is_open(questions.get(chosen.pk)))
    if verdict.refused:
        return _review(request, found, units, chosen, form, questions=questions, verdict=verdict, refused=True)
    return redirect(_after(found, units, chosen, sampled_in(found.pk), questions))


def _decide(request: HttpRequest, chosen: ClaimedUnit, said: dict[str, Any], *, asked: bool) -> Verdict:
    """Decide, or ask the centre first; and say what the next page does not show."""
    reason, words = said["reason_code"], said["feedback"]
    if said["outcome"] == ASK:
        verdict, question = ask_centre(chosen.pk, reason_code=reason, text=words, at=request.at, by=request.acting)
        if question:
            who = f"{chosen.registration.candidate.name}, {chosen.unit_id}"
            messages.success(request, f"{who}: the centre is asked. It answers by {weekday(question.due_on)}.")
        return verdict
    verdict = decide_unit(
        chosen.pk, said["outcome"], reason_code=reason, feedback=words, at=request.at, by=request.acting
    )
    if verdict.allowed and asked:
        messages.success(request, f"{chosen.unit_id} is decided. The question about it is closed: the centre is told.")
    return verdict


def _missing(found: Claim, chosen: ClaimedUnit, code: str | None) -> str:
    """The criteria without a mark, for the feedback on incomplete work."""
    marked = _of_unit(found, chosen)
    gaps = marked.columns[0].gaps(marked.criteria) if code == "INCOMPLETE" and marked.columns else []
    return f" Missing: {', '.join(one.number for one in gaps)}." if gaps else ""


def _of_unit(found: Claim, chosen: ClaimedUnit) -> Matrix:
    """The criteria of one claimed unit. Work that is proof of a unit has none to show."""
    return matrix(found.pk, chosen.unit_id, only=chosen.pk)


def matrix_page(request: HttpRequest, number: int) -> HttpResponse:
    """Criteria by candidates for each unit of a claim, with gaps, to read and to begin a decision from."""
    found = claim_seen(number)
    moderator_chrome(request, on=number)
    page = {
        "title": f"Matrix of claim {number}",
        "claim": found,
        "matrix": shown_matrix(request, found, reverse("moderator_matrix", args=[number])),
        "crumbs": claim_crumbs(found, "Matrix"),
    }
    return render(request, "moderator/matrix.html", {"page": page})


def _after(
    found: Claim, units: list[ClaimedUnit], decided: ClaimedUnit, inside: Mapping[int, SampledUnit],
    questions: Mapping[int, Question],
) -> str:  # fmt: skip
    """The next undecided unit after this one, round to the beginning, of the sample if any; then sample or report.

    What waits for its centre is passed over; where nothing else is left, the claim shows it.
    """
    place = units.index(decided)
    undecided = [one for one in units[place + 1 :] + units[:place] if one.state == "claimed"]
    left = [one for one in undecided if not is_open(questions.get(one.pk))]
    if undecided and not left:
        return reverse("moderator_claim", args=[found.pk])
    if left and inside and not any(one.pk in inside for one in left):
        return reverse("moderator_sample", args=[found.pk])
    left = [one for one in left if one.pk in inside] or left
    if not left:
        return reverse("moderator_report", args=[found.pk])
    return reverse("moderator_unit", args=[found.pk, left[0].pk])


@require_POST
def open_the_visit(request: HttpRequest, number: int) -> HttpResponse:
    """Begin to verify a claim whose work is seen at the centre."""
    found = get_object_or_404(Claim.objects.filter(scheme__route__in=("verified", "visiting")), pk=number)
    verdict = open_visit(found.pk, at=request.at, by=request.acting)
    if verdict.refused:
        return _at_rest(request, claim_seen(number), verdict=verdict)
    return redirect("moderator_claim", number=number)


def confirm_remaining(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm every undecided unit that does not wait for the centre, after a preview that names them."""
    found, questions = claim_seen(number), standing(number)
    undecided = [one for one in claimed_units(number) if one.state == "claimed"]
    left = [one for one in undecided if not is_open(questions.get(one.pk))]
    verdict = None
    if request.method == "POST":
        seen = {int(one) for one in request.POST.getlist("unit") if one.isdecimal()}
        chosen = [one.pk for one in left if one.pk in seen]
        verdict = confirm_units(chosen, at=request.at, by=request.acting)
        if verdict.allowed and chosen:
            messages.success(request, f"{counted(len(chosen), 'unit')} confirmed.")
            return redirect("moderator_report" if len(chosen) == len(undecided) else "moderator_claim", number=number)
    moderator_chrome(request, on=number)
    page = {
        "title": f"Confirm {counted(len(left), 'unit')} of claim {number}",
        "claim": found,
        "units": left,
        "waiting": len(undecided) - len(left),
        "people": len({one.registration_id for one in left}),
        "verdict": verdict,
        "refused": request.method == "POST",
        "crumbs": claim_crumbs(found, "Confirm all remaining"),
    }
    return render(request, "moderator/confirm.html", {"page": page}, status=422 if page["refused"] else 200)


def claim_seen(number: int) -> Claim:
    """A claim that is with this moderator. One that was given to somebody else meanwhile is not found."""
    seen = Claim.objects.select_related("scheme", "centre", "moderator").exclude(state="draft").filter(pk=number)
    found = seen.first()
    if found is None:
        raise Http404(
            f"Claim {number} isn’t with you. It may have been given to another moderator; nothing was decided just now."
        )
    return found


def claim_crumbs(found: Claim, here: str) -> list[dict[str, str]]:
    """The way to a page about a claim: the queue, the claim, and the page itself."""
    return [
        {"label": "Waiting for me", "url": reverse("moderator_waiting")},
        {"label": f"Claim {found.pk}", "url": reverse("moderator_claim", args=[found.pk])},
        {"label": here},
    ]


def _at_rest(request: HttpRequest, found: Claim, *, verdict: Verdict | None = None) -> HttpResponse:
    """A claim that is not under review: what it is, its decisions so far, and who can do what."""
    moderator_chrome(request, on=found.pk)
    units = list(claimed_units(found.pk))
    visit = found.state == "submitted" and found.scheme.by_visit
    page = {
        "title": f"Claim {found.pk}, centre {found.centre_id}",
        "claim": found,
        "lead": _lead(found, units),
        "sentence": "The work is seen at the centre. Open the visit when you begin to verify." if visit
        else READ_ONLY[found.state],
        "visit": visit and request.acting.may("decide_units"),
        "units": units,
        "has_report": hasattr(found, "report"),
        "entries": lines(timeline(("claim", found.pk), without=MANY), request.at),
        **_work(found),
        "may_log": request.acting.may("log_parcels"),
        "verdict": verdict,
        "refused": verdict is not None,
        "crumbs": [*claim_crumbs(found, "")[:1], {"label": f"Claim {found.pk}"}],
    }  # fmt: skip
    return render(request, "moderator/claim.html", {"page": page}, status=422 if verdict else 200)


def _work(found: Claim) -> dict[str, Any]:
    """The work of a claim, where it stands in an e-portfolio, and how to sign in there. Two queries at most."""
    work = Consignment.objects.filter(claim=found).exclude(state="cancelled").last()
    portfolio = work is not None and work.kind == Consignment.Kind.EPORTFOLIO
    return {
        "parcel": work,
        "chain": chain(work),
        "electronic": work is not None and work.state == "despatched" and work.kind != Consignment.Kind.POST,
        "sent": sent_words(work) if work and work.despatched_on else "",
        "sign_in": SignInNote.objects.filter(consignment=work).first() if portfolio else None,
    }


def _lead(found: Claim, units: list[ClaimedUnit]) -> str:
    people = len({one.registration_id for one in units})
    decided = sum(one.state != "claimed" for one in units)
    return (
        f"{found.scheme.code} {found.scheme.title}, level {found.scheme.level} · {counted(people, 'candidate')} · "
        f"{decided} of {counted(len(units), 'unit')} decided"
    )


def _review(
    request: HttpRequest, found: Claim, units: list[ClaimedUnit], chosen: ClaimedUnit, form: DecisionForm, *,
    questions: Mapping[int, Question], verdict: Verdict | None = None, refused: bool = False, file: int | None = None,
) -> HttpResponse:  # fmt: skip
    if found.opened_at is None and request.acting.may("decide_units"):
        open_work(found.pk, at=request.at, by=request.acting)
    moderator_chrome(request, on=found.pk)
    left = sum(one.state == "claimed" for one in units)
    drawn = Sample.objects.filter(claim=found).first()
    inside = sampled_in(found.pk) if drawn else {}
    read = answer_read(request, chosen.unit)
    refused = refused or bool(read and read["refused"])
    mine = under_review(request.acting.person)
    page = _of_chosen(request, found, chosen, questions) | {
        "title": f"Claim {found.pk}, centre {found.centre_id}",
        "claim": found,
        "lead": _lead(found, units),
        "centre": found.centre.name,
        "report_by": report_by(with_progress(mine.filter(pk=found.pk)).first() or _undated(found)),
        "sample": sample(found, units, chosen, inside, questions),
        "drawn": drawn,
        "inside": len(inside),
        "agreement": agreement_rows(agreements({one.assessor_id for one in units})),
        "in_sample": inside.get(chosen.pk),
        "tabs": unit_tabs(found, units, chosen, questions),
        "parcel": parcel_facts(found),
        "read_only": READ_ONLY.get(found.state),
        "form": form,
        "read": read,
        "files": files_beside(request, found, chosen, file),
        "left": left,
        "free": sum(one.state == "claimed" and not is_open(questions.get(one.pk)) for one in units),
        "verdict": verdict,
        "refused": refused,
        "skip": _after(found, units, chosen, inside, questions),
        "entries": lines(timeline(("claim", found.pk), without=MANY), request.at),
        "crumbs": claim_crumbs(found, "Review"),
    }
    return render(request, "moderator/review.html", {"page": page}, status=422 if refused else 200)


def _of_chosen(
    request: HttpRequest, found: Claim, chosen: ClaimedUnit, questions: Mapping[int, Question]
) -> dict[str, Any]:
    """What is declared, marked, asked and decided of the unit in view."""
    marked = _of_unit(found, chosen)
    return {
        "chosen": chosen,
        "candidate": chosen.registration.candidate,
        "questions": question_rows(
            questions_of(found.pk).filter(claimed_unit=chosen) if chosen.pk in questions else (), request.at
        ),
        "asked": is_open(questions.get(chosen.pk)),
        "facts": unit_facts(chosen),
        "earlier": earlier_decisions(chosen),
        "decision": decision_of(chosen, request),
        "may_decide": found.state == "with_moderator" and chosen.state == "claimed",
        "marked": rows(marked),
        "gaps": len(marked.columns[0].gaps(marked.criteria)),
        "check": marked.columns[0].check,
    }


def review_of(request: HttpRequest, number: int, item: EvidenceItem, verdict: Verdict) -> HttpResponse:
    """The review at the candidate of a file, with why something about the file was refused."""
    found, units = claim_seen(number), list(claimed_units(number))
    chosen = next(unit for unit in units if unit.registration_id == item.registration_id)
    questions = standing(number)
    return _review(
        request, found, units, chosen, _form(chosen, questions), questions=questions, verdict=verdict, refused=True,
        file=item.pk,
    )  # fmt: skip


def review_at(request: HttpRequest, number: int, claimed_unit: int, verdict: Verdict) -> HttpResponse:
    """The review at a unit, with why something about it was refused."""
    found, units, questions = claim_seen(number), list(claimed_units(number)), standing(number)
    chosen = next(unit for unit in units if unit.pk == claimed_unit)
    return _review(
        request, found, units, chosen, _form(chosen, questions), questions=questions, verdict=verdict, refused=True
    )


def _undated(found: Claim) -> Claim:
    """A claim that is no longer under review, with what `report_by` counts from."""
    found.sent_on, found.arrived_at = None, None
    return found


def sample(
    found: Claim, units: list[ClaimedUnit], chosen: ClaimedUnit, inside: Mapping[int, SampledUnit],
    questions: Mapping[int, Question],
) -> list[dict[str, Any]]:  # fmt: skip
    """Every candidate with how many units are decided, linked to the first that is not; those in the sample first."""
    by_person: dict[int, list[ClaimedUnit]] = {}
    for one in units:
        by_person.setdefault(one.registration_id, []).append(one)
    rows = []
    for registration, theirs in by_person.items():
        decided = [one for one in theirs if one.state != "claimed"]
        waiting = [one for one in theirs if one.state == "claimed"]
        first = next((one for one in waiting if one.pk in inside), next(iter(waiting), theirs[0]))
        rows.append(
            {
                "name": theirs[0].registration.candidate.name,
                "url": reverse("moderator_unit", args=[found.pk, first.pk]),
                "count": f"{len(decided)} of {len(theirs)}",
                "current": registration == chosen.registration_id,
                "sign": _sign(theirs, decided, [questions[one.pk] for one in waiting if one.pk in questions]),
                "inside": sum(one.pk in inside for one in theirs),
            }
        )
    return sorted(rows, key=lambda row: not row["inside"])


def _sign(theirs: list[ClaimedUnit], decided: list[ClaimedUnit], questions: list[Question]) -> dict[str, str]:
    if any(one.state == "answered" for one in questions):
        return {"sign": "!", "words": "The centre has answered", "kind": "asked"}
    if any(one.state == "open" for one in questions):
        return {"sign": "?", "words": "Waits for the centre", "kind": "asked"}
    if any(one.state in ("not_awarded", "withdrawn") for one in decided):
        return {"sign": "✕", "words": "Not all confirmed"}
    if len(decided) == len(theirs):
        return {"sign": "✓", "words": "All confirmed"}
    return {"sign": "◐", "words": "Begun"} if decided else {"sign": "○", "words": "Not begun"}


STANDS = {"open": "? Asked", "answered": "! Answered"}


def unit_tabs(
    found: Claim, units: list[ClaimedUnit], chosen: ClaimedUnit, questions: Mapping[int, Question]
) -> list[dict[str, Any]]:
    """The units of the candidate in view, each with its decision, or with what the centre is asked."""
    theirs = [one for one in units if one.registration_id == chosen.registration_id]
    return [
        {
            "label": one.unit_id,
            "url": reverse("moderator_unit", args=[found.pk, one.pk]),
            "current": one.pk == chosen.pk,
            "detail": STANDS.get(questions[one.pk].state if one.pk in questions else "", "To decide")
            if one.state == "claimed"
            else one.state.replace("_", " ").capitalize(),
        }
        for one in theirs
    ]


def unit_facts(chosen: ClaimedUnit) -> list[dict[str, Any]]:
    """What the claim says of a unit for a candidate. What is not known is left out."""
    candidate, unit = chosen.registration.candidate, chosen.unit
    rows = [
        ("Unit", f"{unit.code} {unit.title}"),
        ("Level", unit.level),
        ("Credit", unit.credit),
        ("About this unit", "Stands in for a unit whose number is not known" if unit.demonstration else None),
        ("Learner number", uln(candidate.uln)),
        ("Registered on", written(chosen.registration.registered_on)),
        ("Assessor", chosen.assessor),
        ("Internal verifier", chosen.internal_verifier),
        ("Evidence", chosen.get_evidence_kind_display()),
    ]
    return [{"key": key, "value": value} for key, value in rows if value not in (None, "")]


def parcel_facts(found: Claim) -> list[dict[str, Any]]:
    """How the work came."""
    known = _work(found)
    work = known["parcel"]
    if work is None:
        return []
    rows = [
        ("Reference", format_reference(work.reference)),
        ("Sent", f"{weekday(work.despatched_on)} {known['sent']}" if work.despatched_on else ""),
        ("E-portfolio", format_html(PORTFOLIO, work.link) if work.link else ""),
        ("How to sign in", known["sign_in"] and known["sign_in"].text),
        ("Received", weekday(work.received_at)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def decision_of(chosen: ClaimedUnit, request: HttpRequest) -> dict[str, Any] | None:
    """The decision made on a unit, in words; None while there is none."""
    decision = getattr(chosen, "decision", None)
    if decision is None:
        return None
    return {
        "outcome": decision.in_words,
        "state": OUTCOME_STATE[decision.outcome],
        "reason": decision.get_reason_code_display() if decision.reason_code else "",
        "feedback": decision.feedback,
        "who": decision.decided_by,
        "when": moment(decision.decided_at, request.at),
    }
