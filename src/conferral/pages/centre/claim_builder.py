"""Choosing what a draft claims: all candidates of one unit, or all units of one candidate."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from conferral.actions.claims import (
    ABOUT_SCHEME,
    Named,
    judge_claim,
    judge_if_claimed,
    offers,
    write_units,
)
from conferral.pages.addresses import whole_number
from conferral.pages.centre.next import centre_chrome
from conferral.pages.public.clauses import cited
from conferral.pages.templatetags.parts import time_of_day
from conferral.records.calendar import results_by, send_by
from conferral.records.candidates.models import Registration
from conferral.records.catalogue.models import EvidencePolicy, SchemeUnit
from conferral.records.catalogue.queries import evidence_needed, notices_on
from conferral.records.claims.models import Claim, ClaimedUnit
from conferral.records.claims.queries import (
    Pair,
    chosen_units,
    neighbours_of,
    people_of_centre,
    registered_at_most,
    registered_for,
    units_of_scheme,
)
from conferral.rules.days import london_day
from conferral.rules.facts import ClaimFacts
from conferral.rules.rule import Verdict

PAGE = 50
MOST_TABS = 6
MOST_COUNTED = 500
LINKED = 10
Judged = dict[Pair, tuple[ClaimFacts, Verdict]]
KINDS = EvidencePolicy.Kind
EVIDENCE = {
    KINDS.CANDIDATE_WORK: "Candidate’s own work",
    KINDS.UNIT_PROOF: "Proof of units achieved",
    KINDS.AUTOMATIC: "Nothing is sent",
}
FIELD_ABOUT = {"assessor": "assessor", "internal_verifier": "verifier", "evidence_kind": "evidence"}


@dataclass(frozen=True)
class Choices:
    """What the selects of a draft offer, and what they begin with for a unit not yet chosen."""

    assessors: list[tuple[int, str]]
    verifiers: list[tuple[int, str]]
    kinds: list[tuple[str, str]]
    first: Named


@dataclass
class Row:
    """One tick box with its selects: a unit for a candidate."""

    key: str
    pair: Pair
    name: str
    detail: str
    url: str = ""
    ticked: bool = False
    barred: bool = False
    named: Named = Named(None, None, None)
    other_assessor: str = ""
    other_verifier: str = ""
    reasons: list[dict[str, str]] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
def by_unit(request: HttpRequest, number: int, unit: str) -> HttpResponse:
    """The candidates registered for the scheme, newest first, for one of its units."""
    claim = _claim(number)
    if claim.state != "draft":
        return redirect("centre_claim", number)
    units = units_of_scheme(claim.scheme_id)
    current = next((row for row in units if row.unit_id == unit), None)
    if current is None:
        raise Http404(unit)
    before = whole_number(request.GET.get("before"))
    chosen = request.GET.get("show") == "draft"
    found = registered_for(claim, before, PAGE, chosen=chosen)
    kept = "show=draft&" if chosen else ""
    rows = [
        Row(
            str(one.pk),
            Pair(one.pk, unit),
            one.candidate.name,
            one.candidate.uln or one.candidate.centre_reference,
            reverse("centre_claim_candidate", args=[number, one.pk]),
        )
        for one in found[:PAGE]
    ]
    board = Board(request, claim, rows)
    if request.method == "POST":
        return board.save()
    older = f"?{kept}before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    page = board.page() | {
        "title": "Claim by unit: choose candidates",
        "unit": current.unit,
        "tabs": tabs(claim, units, unit, board.chosen_in(), _registered(claim)),
        "all_units": grouped(claim, units) if len(units) > MOST_TABS else [],
        "groups": [{"title": "", "rows": board.rows}] if rows else [],
        "caption": f"Candidates for {unit}",
        "what": "Candidate",
        "other_way": {"url": rows[0].url, "text": "Claim by candidate instead"} if rows else None,
        "older_url": older,
        "newer_url": f"?{kept}" if before else "",
        "filters": [
            {"label": "All registered", "url": request.path, "current": not chosen},
            {"label": "In this draft", "url": "?show=draft", "current": chosen},
        ],
        "empty": "Nobody is in this draft yet." if chosen else "Nobody is registered for this scheme yet.",
    }
    centre_chrome(request)
    return render(request, "centre/claim_builder.html", {"page": page})


@require_http_methods(["GET", "POST"])
def by_candidate(request: HttpRequest, number: int, registration: int) -> HttpResponse:
    """The units of the scheme, by group, for one candidate."""
    claim = _claim(number)
    if claim.state != "draft":
        return redirect("centre_claim", number)
    own = Registration.objects.filter(centre=claim.centre_id, scheme=claim.scheme_id)
    one = get_object_or_404(own.select_related("candidate"), pk=registration)
    units = units_of_scheme(claim.scheme_id)
    rows = [Row(row.unit_id, Pair(one.pk, row.unit_id), row.unit_id, row.unit.title) for row in units]
    board = Board(request, claim, rows)
    if request.method == "POST":
        return board.save()
    newer, older = neighbours_of(one)
    by_key = {row.key: row for row in board.rows}
    page = board.page() | {
        "title": f"Claim by candidate: {one.candidate.name}",
        "groups": [
            {"title": group["title"], "rows": [by_key[unit.code] for unit in group["units"]]}
            for group in grouped(claim, units)
        ],
        "caption": f"Units for {one.candidate.name}",
        "what": "Unit",
        "other_way": {"url": _first(claim, units), "text": "Claim by unit instead"},
        "newer_url": newer and reverse("centre_claim_candidate", args=[number, newer]),
        "older_url": older and reverse("centre_claim_candidate", args=[number, older]),
        "newer_text": "Previous candidate",
        "older_text": "Next candidate",
    }
    centre_chrome(request)
    return render(request, "centre/claim_builder.html", {"page": page})


def notices(claim: Claim, request: HttpRequest) -> list[dict[str, Any]]:
    """What is told of the claim's scheme today, each with what it rests on."""
    found = notices_on(claim.scheme_id, london_day(request.at))
    clauses = cited(*(one.clause for one in found)) if found else []
    return [{"notice": one, "cited": clause} for one, clause in zip(found, clauses, strict=True)]


class Board:
    """The rows of one page of a draft: what they say, what the rules say of them, and what was posted."""

    def __init__(self, request: HttpRequest, claim: Claim, rows: list[Row]) -> None:
        self.request, self.claim, self.rows = request, claim, rows
        self.choices = choices(claim, request)
        self.judged = judge_claim(claim, at=request.at)
        self._fill()

    def _fill(self) -> None:
        registrations = {row.pair.registration for row in self.rows}
        units = {row.pair.unit for row in self.rows}
        chosen = chosen_units(self.claim, registrations, units)
        others = judge_if_claimed(self.claim, registrations, units, at=self.request.at)
        for row in self.rows:
            if row.pair in chosen:
                _as_chosen(row, chosen[row.pair], self.choices)
                row.reasons = reasons_of(row, self.judged.get(row.pair))
            else:
                row.named = self.choices.first
                row.reasons = reasons_of(row, others.get(row.pair))
                row.barred = row.pair in others and others[row.pair][1].refused != ()

    def chosen_in(self) -> Counter[str]:
        """How many candidates the draft holds for each unit."""
        return Counter(pair.unit for pair in self.judged)

    def page(self) -> dict[str, Any]:
        """What both builder pages show."""
        return {
            "claim": self.claim,
            "crumbs": [
                {"label": "Claims", "url": reverse("centre_claims")},
                {"label": f"Draft {self.claim.number}"},
            ],
            "choices": self.choices,
            "ticked": sum(row.ticked for row in self.rows),
            "summary": summary(self.claim, self.judged, self.request),
            "left_out": left_out(self.claim, self.judged, {row.key for row in self.rows}),
            "notices": notices(self.claim, self.request),
            "against": against_scheme(self.claim, self.request),
            "check_url": reverse("centre_claim_check", args=[self.claim.number]),
        }

    def save(self) -> HttpResponse:
        """Write what the page says, then go where the person wanted."""
        post = self.request.POST
        ticked = set(post.getlist("tick"))
        if "tick_all" in post:
            ticked = {row.key for row in self.rows if not row.barred}
        chosen = {row.pair: self._posted(row) for row in self.rows if row.key in ticked}
        out = [row.pair for row in self.rows if row.ticked and row.key not in ticked]
        verdict = write_units(self.claim.pk, chosen, out, at=self.request.at, by=self.request.acting)
        if verdict.refused:
            messages.warning(self.request, verdict.refused[0].text)
            return redirect("centre_claim", self.claim.number)
        messages.success(self.request, f"Draft saved at {time_of_day(self.request.at)}.")
        return redirect(self._next(post.get("go", "")))

    def _posted(self, row: Row) -> Named:
        post = self.request.POST
        everybody = "set" in post
        said = [
            (everybody and post.get(f"all_{name}")) or post.get(f"{name}-{row.key}", "")
            for name in ("assessor", "verifier", "evidence")
        ]
        assessors = {str(person): person for person, _ in self.choices.assessors}
        verifiers = {str(person): person for person, _ in self.choices.verifiers}
        assessors[str(row.named.assessor)] = row.named.assessor
        verifiers[str(row.named.internal_verifier)] = row.named.internal_verifier
        kinds = {kind: kind for kind in KINDS.values}
        return Named(assessors.get(said[0]), verifiers.get(said[1]), kinds.get(said[2]))

    def _next(self, go: str) -> str:
        """Another page of the draft, when the person left by a link; otherwise this page again."""
        draft = reverse("centre_claim", args=[self.claim.number])
        safe = url_has_allowed_host_and_scheme(go, None) and go.startswith(draft)
        return go if safe else self.request.get_full_path()


def choices(claim: Claim, request: HttpRequest) -> Choices:
    """Who assesses and verifies at the centre, and the kinds of evidence; first of all what is most likely meant."""
    people = people_of_centre(claim.centre_id, "assessor", "internal_verifier")
    assessors, verifiers = people["assessor"], people["internal_verifier"]
    me = request.acting.person
    needed = evidence_needed(claim.scheme_id, london_day(request.at))
    kinds = [(kind.value, words) for kind, words in EVIDENCE.items() if kind != KINDS.AUTOMATIC or kind == needed]
    assessor = me if me in dict(assessors) else _only(assessors)
    verifier = _only([one for one in verifiers if one[0] != assessor])
    return Choices(assessors, verifiers, kinds, Named(assessor, verifier, needed))


def _only(people: list[tuple[int, str]]) -> int | None:
    return people[0][0] if len(people) == 1 else None


def _as_chosen(row: Row, unit: ClaimedUnit, offered: Choices) -> None:
    row.ticked = True
    row.named = Named(unit.assessor_id, unit.internal_verifier_id, unit.evidence_kind)
    if unit.assessor and unit.assessor_id not in dict(offered.assessors):
        row.other_assessor = unit.assessor.name
    if unit.internal_verifier and unit.internal_verifier_id not in dict(offered.verifiers):
        row.other_verifier = unit.internal_verifier.name


def reasons_of(row: Row, judged: tuple[ClaimFacts, Verdict] | None) -> list[dict[str, str]]:
    """The reasons beside a row, each with the way to its remedy; what concerns the whole scheme stands elsewhere."""
    if judged is None:
        return []
    facts, verdict = judged
    beside = [reason for reason in verdict.reasons if reason.about not in ABOUT_SCHEME]
    return [vars(reason) | {"remedy_url": _remedy(row, facts, reason.about, reason.rule)} for reason in beside]


def _remedy(row: Row, facts: ClaimFacts, about: str, rule: str) -> str:
    if about in FIELD_ABOUT:
        return f"#{FIELD_ABOUT[about]}-{row.key}"
    if rule == "unit-in-open-claim" and facts.open_claim:
        return reverse("centre_claim", args=[facts.open_claim])
    return ""


def summary(claim: Claim, judged: Judged, request: HttpRequest) -> dict[str, Any]:
    """What would go if the draft were submitted now, and by when the rest would happen."""
    good = [pair for pair, (_, verdict) in judged.items() if verdict.allowed]
    counts = Counter(pair.unit for pair in good)
    today = london_day(request.at)
    return {
        "units": sorted(counts.items()),
        "candidates": len({pair.registration for pair in good}),
        "claimed": len(good),
        "by_visit": claim.scheme.by_visit,
        "send_by": None if claim.scheme.by_visit else send_by(request.at),
        "results_by": results_by(today, claim.scheme.route, claim.centre.nation),
        "since": request.at,
    }


def left_out(claim: Claim, judged: Judged, shown: Iterable[str]) -> dict[str, Any] | None:
    """Which candidates the rules keep back, with a link to the row of each of the first few."""
    refused = {pair.registration: pair for pair, (_, verdict) in judged.items() if verdict.refused}
    named = Registration.objects.filter(pk__in=list(refused)[:LINKED]).select_related("candidate")
    links = [
        {
            "name": one.candidate.name,
            "url": f"#row-{one.pk}"
            if str(one.pk) in shown
            else reverse("centre_claim_candidate", args=[claim.number, one.pk]),
        }
        for one in named
    ]
    return {"count": len(refused), "links": links, "more": len(refused) - len(links)} if refused else None


def against_scheme(claim: Claim, request: HttpRequest) -> list[Any]:
    """What the rules say of every claim in the scheme today."""
    found = (offer for offer in offers(claim.centre_id, at=request.at) if offer.scheme.pk == claim.scheme_id)
    offer = next(found, None)
    return list(offer.verdict.reasons) if offer else []


def tabs(
    claim: Claim, units: list[SchemeUnit], current: str, chosen: Counter[str], registered: str
) -> list[dict[str, Any]]:
    """A tab for each unit; in a scheme of many, for the one shown and those most claimed."""
    often = {unit for unit, _ in chosen.most_common(MOST_TABS - 1)} | {current}
    return [
        {
            "label": row.unit_id,
            "badge": f"{chosen[row.unit_id]} of {registered}",
            "detail": row.unit.title,
            "url": unit_url(claim, row.unit_id),
            "current": row.unit_id == current,
        }
        for row in units
        if len(units) <= MOST_TABS or row.unit_id in often
    ]


def grouped(claim: Claim, units: list[SchemeUnit]) -> list[dict[str, Any]]:
    """The units of a scheme under the titles of its groups."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in units:
        groups.setdefault(row.group, []).append(row)
    return [
        {
            "title": claim.scheme.groups.get(group, group),
            "units": [row.unit for row in rows],
            "links": [{"label": str(row.unit), "url": unit_url(claim, row.unit_id)} for row in rows],
        }
        for group, rows in groups.items()
    ]


def unit_url(claim: Claim, unit: str) -> str:
    return reverse("centre_claim_units", args=[claim.number, unit])


def first_url(claim: Claim) -> str:
    """Where building a draft begins: the first unit of its scheme."""
    return _first(claim, units_of_scheme(claim.scheme_id))


def _first(claim: Claim, units: list[SchemeUnit]) -> str:
    return unit_url(claim, units[0].unit_id) if units else reverse("centre_claims")


def _claim(number: int) -> Claim:
    return get_object_or_404(Claim.objects.select_related("scheme", "centre"), pk=number)


def _registered(claim: Claim) -> str:
    count = registered_at_most(claim, MOST_COUNTED + 1)
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
