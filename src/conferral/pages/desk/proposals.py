"""Proposals for every batch that waits: what can't be placed and why, what is proposed, and the load if accepted."""

from contextlib import suppress
from datetime import date, datetime
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from conferral.actions.allocations import (
    WEIGHTS,
    accept_proposal,
    choose_moderator,
    lock_proposal,
    propose_allocations,
    unlock_proposal,
    weights_of_policy,
)
from conferral.pages.desk.choosing import Choosing, who_may_take
from conferral.pages.desk.next import desk_chrome
from conferral.pages.desk.unplaced import unplaced_row
from conferral.records.allocation.models import AllocationRun, ProposedAllocation
from conferral.records.allocation.queries import acceptable, choices, latest_run, load_with
from conferral.records.centres.queries import unplaced
from conferral.rules.days import london_day
from conferral.rules.rule import Verdict

PAGE, SHOWN_UNPLACED, SHOWN_LOAD = 50, 10, 8
# More than this is left to a worker: a page shouldn't take longer than a few seconds.
AT_ONCE_BATCHES, AT_ONCE_ACCEPTED = 2000, 100
VERBS = {"accept": accept_proposal, "lock": lock_proposal, "unlock": unlock_proposal}
DONE = {"accept": "Accepted", "lock": "Locked", "unlock": "Unlocked"}
PROPOSING, ACCEPTING = "conferral.propose_allocations", "conferral.accept_proposals"


def listing(request: HttpRequest) -> HttpResponse:
    """The proposals of the latest run. `?after=` pages on, `?unplaced=` among what can't be placed."""
    return _page(request)


def _page(request: HttpRequest, refused: list[dict[str, Any]] | None = None) -> HttpResponse:
    run, day = latest_run(), london_day(request.at)
    desk_chrome(request)
    page: dict[str, Any] = {
        "title": "Proposed allocations",
        "run": run,
        "may_allocate": request.acting.may("allocate"),
        "jobs": set(ProcrastinateJob.objects.filter(
            task_name__in=(PROPOSING, ACCEPTING), status__in=("todo", "doing")).values_list("task_name", flat=True)),
        "seen_at": request.at.isoformat(),
        "refused": refused,
        "crumbs": [{"label": "Allocation", "url": reverse("desk_allocation")}, {"label": "Proposed allocations"}],
    }  # fmt: skip
    page["proposing"], page["accepting"] = PROPOSING in page["jobs"], ACCEPTING in page["jobs"]
    if run:
        page |= _of_run(request, run, day)
    return render(request, "desk/proposals.html", {"page": page}, status=422 if refused else 200)


def _of_run(request: HttpRequest, run: AllocationRun, day: date) -> dict[str, Any]:
    counts = run.proposals.aggregate(
        proposed=Count("pk", filter=Q(state__in=("proposed", "locked"))),
        locked=Count("pk", filter=Q(state="locked")),
        accepted=Count("pk", filter=Q(state="accepted")),
        unplaced=Count("pk", filter=Q(state="unplaced")),
        known=Count("pk", filter=Q(state__in=("proposed", "locked"), why__startswith="Knows")),
    )
    rows, next_rows = _keyset(acceptable(run.pk), request.GET.get("after", ""), PAGE)
    left_out = run.proposals.filter(state="unplaced").order_by("waiting_since", "id")
    cant, next_cant = _keyset(left_out, request.GET.get("unplaced", ""), SHOWN_UNPLACED)
    load = load_with(run.pk, day)
    counts["early"] = max(0, unplaced(day)[: AT_ONCE_BATCHES + 1].count() - counts["proposed"] - counts["unplaced"])
    return {
        **counts,
        "batches": counts["proposed"] + counts["unplaced"],
        "rows": [{"one": one, "days": (day - one.waiting_since).days} for one in rows],
        "next_url": _address(request, "after", next_rows),
        "first_url": reverse("desk_proposals") if request.GET.get("after") else "",
        "cant": [unplaced_row(one, day) for one in cant],
        "cant_next_url": _address(request, "unplaced", next_cant),
        "others": _others(request, run),
        "load": load[:SHOWN_LOAD],
        "moderators": len(load),
        "weights": [(words, run.weights.get(name)) for name, words in WEIGHT_WORDS.items()],
    }


def _keyset(found: Any, after: str, size: int) -> tuple[list[ProposedAllocation], str]:
    """One page in the order of waiting, and where the next begins; a place that can't be read begins anew."""
    since, _, number = after.partition("_")
    try:
        day, pk = date.fromisoformat(since), int(number)
        found = found.filter(Q(waiting_since__gt=day) | Q(waiting_since=day, pk__gt=min(pk, 2**62)))
    except ValueError:
        pass
    rows = list(found.select_related("centre", "scheme", "moderator__person", "changed_by")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return rows[:size], f"{last.waiting_since.isoformat()}_{last.pk}" if last else ""


def _address(request: HttpRequest, name: str, value: str) -> str:
    kept = {key: request.GET[key] for key in ("after", "unplaced") if key in request.GET and key != name}
    return f"?{urlencode(kept | {name: value})}" if value else ""


def _others(request: HttpRequest, run: AllocationRun) -> ProposedAllocation | None:
    """The latest change of these proposals by somebody else, within a quarter of an hour."""
    changed = run.proposals.exclude(changed_by=request.acting.person).filter(changed_at__isnull=False)
    found = changed.select_related("changed_by").order_by("-changed_at").first()
    return found if found and (request.at - found.changed_at).total_seconds() < 15 * 60 else None


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Propose for every batch that waits: at once, or by a worker where there are many."""
    run = latest_run()
    return _propose(request, {**weights_of_policy(), **(run.weights if run else {})})


def _propose(request: HttpRequest, weights: dict[str, int]) -> HttpResponse:
    if unplaced(london_day(request.at))[: AT_ONCE_BATCHES + 1].count() > AT_ONCE_BATCHES:
        _defer(PROPOSING, person=request.acting.somebody, weights=weights)
        messages.success(request, "The proposals are being worked out. This page shows them when they are there.")
        return _see_other()
    try:
        made = propose_allocations(weights, timer=perf_counter, at=request.at, by=request.acting)
    except RuntimeError as missing:
        messages.error(request, str(missing))
        return _see_other()
    left = made.proposals.filter(state="unplaced").count()
    messages.success(request, f"Proposed for {made.batches} batches: {made.batches - left} placed, {left} not.")
    return _see_other()


def _defer(task: str, **arguments: Any) -> None:
    """Leave it to a worker; where one waits already, that one will do."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(name=task, queueing_lock=task.partition(".")[2], lock="allocations").defer(**arguments)


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Accept, lock or unlock what is chosen, or accept everything; what is refused is shown with its reason."""
    verb, seen_at = request.POST.get("verb", ""), _moment(request)
    run = get_object_or_404(AllocationRun, pk=_number(request.POST.get("run", "")))
    everything = verb == "accept_all"
    if everything:
        chosen = list(acceptable(run.pk).values_list("pk", flat=True)[: AT_ONCE_ACCEPTED + 1])
        verb = "accept"
        if len(chosen) > AT_ONCE_ACCEPTED:
            _defer(ACCEPTING, person=request.acting.somebody, run=run.pk, seen_at=seen_at.isoformat())
            messages.success(request, "They are being accepted; the page may be closed.")
            return _see_other()
    else:
        numbers = [_number(number) for number in request.POST.getlist("proposal")[: 2 * PAGE]]
        chosen = list(run.proposals.filter(pk__in=numbers).order_by("waiting_since", "id").values_list("pk", flat=True))
    if verb not in VERBS or not chosen:
        messages.warning(request, "Tick what you mean first. Nothing is changed.")
        return _see_other()
    said = {pk: VERBS[verb](pk, seen_at=seen_at, at=request.at, by=request.acting) for pk in chosen}
    done = sum(verdict.allowed for verdict in said.values())
    if done:
        messages.success(request, f"{DONE[verb]}: {done}.")
    refused = {pk: verdict for pk, verdict in said.items() if verdict.refused}
    if not refused:
        return _see_other()
    named = run.proposals.select_related("centre").in_bulk(list(refused))
    return _page(request, [{"one": named[pk], "reasons": verdict.refused} for pk, verdict in refused.items()])


class ChooseForm(forms.Form):
    """Somebody else for one batch."""

    moderator = forms.TypedChoiceField(
        label="Propose", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Choose who is proposed", "invalid_choice": "Choose one of the list"},
    )  # fmt: skip
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choosing: Choosing, **options: Any) -> None:
        super().__init__(*args, **options)
        choosing.narrow(self.fields["moderator"])


def change(request: HttpRequest, id: int) -> HttpResponse:
    """One batch: whom the rules allow, with most room first; who is kept out by what. `?who=` finds a name."""
    found = get_object_or_404(
        ProposedAllocation.objects.select_related("centre", "scheme", "moderator__person", "changed_by"), pk=id
    )
    choosing = who_may_take(
        choices(found.centre_id, found.scheme_id, london_day(request.at)), request, first=found.moderator_id
    )
    sent = request.method == "POST"
    form = ChooseForm(
        request.POST if sent else None, choosing=choosing,
        initial={"moderator": found.moderator_id, "seen_at": request.at.isoformat()},
    )  # fmt: skip
    verdict = Verdict()
    if sent and form.is_valid():
        verdict = choose_moderator(
            found.pk, form.cleaned_data["moderator"], seen_at=_moment(request), at=request.at, by=request.acting
        )
        if verdict.allowed:
            messages.success(request, f"{found.scheme_id} at {found.centre_id} is proposed as you chose, and locked.")
            return _see_other()
    desk_chrome(request)
    page = {
        "title": f"Propose {found.scheme_id} at {found.centre_id} to somebody else",
        "one": found,
        "form": form,
        "open": found.state in ("proposed", "locked", "unplaced"),
        "choosing": choosing,
        "verdict": verdict,
        "may_allocate": request.acting.may("allocate"),
        "refused": sent,
        "crumbs": [
            {"label": "Allocation", "url": reverse("desk_allocation")},
            {"label": "Proposed allocations", "url": reverse("desk_proposals")},
            {"label": f"{found.scheme_id} at {found.centre_id}"},
        ],
    }  # fmt: skip
    return render(request, "desk/proposal.html", {"page": page}, status=422 if sent else 200)


WEIGHT_WORDS = {
    "continuity": "Continuity: points for a moderator whom the centre doesn’t know",
    "even_load": "Even load: points for the last agreed batch",
    "travel": "Travel: points for each region to a centre that is visited",
    "post": "Post: points for each region where work is posted",
    "turnaround": "Turnaround: points for each day away soon",
}


class WeightsForm(forms.Form):
    """What counts how much, in points."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in WEIGHTS:
            self.fields[name] = forms.IntegerField(
                label=WEIGHT_WORDS[name], min_value=0, max_value=1000,
                widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), "Enter a whole number from 0 to 1,000"),
            )  # fmt: skip


def weights(request: HttpRequest) -> HttpResponse:
    """The weights of the next run; on POST, propose under them."""
    run = latest_run()
    sent = request.method == "POST"
    form = WeightsForm(request.POST if sent else None, initial={**weights_of_policy(), **(run.weights if run else {})})
    if sent and form.is_valid():
        return _propose(request, form.cleaned_data)
    desk_chrome(request)
    page = {
        "title": "What a proposal weighs",
        "lead": "Fewer points are better. Interests, absences, schemes and contracts are no weights: no proposal "
        "breaks them. As much as can be is placed first, and what has waited longest before the rest.",
        "verb": "Propose under these weights",
        "form": form,
        "refused": sent,
        "crumbs": [
            {"label": "Allocation", "url": reverse("desk_allocation")},
            {"label": "Proposed allocations", "url": reverse("desk_proposals")},
            {"label": "What a proposal weighs"},
        ],
    }
    return render(request, "desk/form.html", {"page": page}, status=422 if sent else 200)


def _moment(request: HttpRequest) -> datetime:
    """When the page was made on which the person decided; now, where that can't be read."""
    try:
        said = datetime.fromisoformat(request.POST.get("seen_at", ""))
    except ValueError:
        return request.at
    return said if said.tzinfo and said <= request.at else request.at


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _see_other() -> HttpResponse:
    response = redirect("desk_proposals")
    response.status_code = 303
    return response
