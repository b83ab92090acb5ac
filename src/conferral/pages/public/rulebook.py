"""The rule book: chapters, one page a rule, and the values that rules count with."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferral.pages.public.asking_forms import FORMS
from conferral.pages.public.clauses import cited
from conferral.pages.public.plain_refusals import PLAIN, PlainRefusal
from conferral.pages.public.worked_cases import worked
from conferral.pages.templatetags.parts import written
from conferral.records.catalogue.models import Qualification
from conferral.records.guidance.models import SectionLink
from conferral.records.guidance.queries import linked_sections
from conferral.rules.book import CHAPTERS, RULES, chapter_of
from conferral.rules.examples import Example, examples
from conferral.rules.policies import POLICIES
from conferral.rules.rule import BOOK, REFUSED, Rule, Verdict

CONCERNS = {
    "registration": "Centres, when they register candidates by form, by file or from the command line.",
    "centre_fee": "The desk and its clock, when annual fees fall due; centres see what is to come.",
    "name": "Exams officers and the desk, when they put a candidate’s name right.",
    "claim": "Centres, while a claim is being built and when it is submitted.",
    "allocation": "The awarding organisation's desk, whenever it gives a centre's work to a moderator.",
    "contract": "The desk, when it enters what is agreed with a moderator.",
    "proposal": "The desk, when it decides on a proposed allocation.",
    "absence": "Moderators and verifiers, when they say that they will be away.",
    "change": "Centres that ask for another moderator.",
    "answer": "The awarding organisation's desk, when it answers such a request.",
    "consignment": "Centres that send work, and the moderators who wait for it.",
    "file": "Centres, for each file that they upload.",
    "evidence": "Centres, when they add files to the work of a claim or take them away.",
    "upload": "Centres, when they say that all work of a claim is uploaded.",
    "note": "Centres and moderators, when they write on a file.",
    "signature": "Internal verifiers, when they sign the files behind a unit.",
    "hand": "Whoever scans the cover sheet of a parcel.",
    "withdrawal": "Centres whose work has not arrived. It is judged when the time allowed is over.",
    "match": "Moderators, when they log a parcel.",
    "submission": "Centres that submit a claim.",
    "checkpoint": "The desk, when it sets a day by which centres confirm who expects a result.",
    "expectation": "Centres that say who expects a result.",
    "again": "Centres that register a candidate for a unit again.",
    "contact": "Centres that name who hears about what.",
    "purpose": "Centres at which nobody would hear of something.",
    "take_back": "Centres that want to change a claim they have submitted.",
    "review": "Moderators and verifiers, when they decide on a claimed unit.",
    "report": "Moderators and verifiers, when they send the feedback report.",
    "required_action": "Moderators and verifiers, for each action that a feedback report asks of a centre.",
    "action_answer": "Centres that reply to an action, and whoever says whether the reply meets it.",
    "question": "Moderators and verifiers, when they ask a centre before they decide on a unit.",
    "question_answer": "Centres that answer such a question.",
    "sample": "Moderators and verifiers, when they draw which units of a claim they look at.",
    "sample_extension": "Moderators and verifiers, when they look at more than was drawn.",
    "by_sample": "Moderators and verifiers, when they confirm what is outside a sample.",
    "exercise": "The awarding organisation's desk, when it has several moderators mark the same work.",
    "exercise_mark": "Moderators and verifiers who mark in such an exercise.",
    "hold": "The desk, when it holds results.",
    "lifting": "The desk, when it lifts a hold.",
    "suspicion": "Centres, moderators and verifiers who report a suspicion of malpractice.",
    "closing": "The desk, when it answers such a report.",
    "asked_review": "Centres that ask for a review of moderation.",
    "asked_appeal": "Centres that appeal against the outcome of a review.",
    "reviewer": "The awarding organisation's desk, when it appoints who decides a review or an appeal.",
    "reviewed": "Whoever decides a review or an appeal, for each unit of each candidate.",
    "readiness": "Centres and their candidates, at any time: how far each registration is, and what stands in its way.",
    "transfer": "The awarding organisation's desk, when a unit is carried over from another organisation.",
    "award": "The awarding organisation's desk, when units are banked and certificates produced.",
    "visit": "Centres that are visited, before the day of a visit is agreed.",
    "direct_claim": "Centres that hold direct claims status (DCS, also called ACS).",
    "refund": "Centres that have paid for more places than they needed.",
    "subscription": "Anybody in a role, when they subscribe to e-alerts.",
    "post": "Anybody in a role, when they write in the community.",
    "topic": "Anybody in a role, when they begin a topic in the community.",
    "hiding": "The awarding organisation's desk, when it hides a post.",
    "draft": "The chief moderator, when a yearly report is drafted.",
    "publication": "The chief moderator, when a yearly report is published.",
    "version": "The awarding organisation's desk, when it publishes a version of a support document.",
}
COUNTED_WITH = {
    "sample-found-errors": ("agreement_expected",),
    "question-answered-late": ("working_days_to_answer_question",),
    "review-too-late": ("months_to_ask_for_review",),
    "appeal-too-late": ("days_to_appeal",),
    "name-change-without-proof": ("percent_of_letters_apart", "letters_of_a_telling_word"),
    "centre-fee-not-due": ("centre_fee_due_month", "centre_fee_due_day"),
    "centre-fee-without-entries": ("centre_fee_first_month_of_entries",),
    "centre-fee-in-first-year": ("centre_fee_months_spared",),
    "post-too-many": ("posts_in_ten_minutes",),
    "topic-too-many": ("topics_a_day",),
    "report-on-too-few-centres": ("fewest_centres_reported", "fewest_centres_told", "fewest_things_told"),
    "suspicion-not-at-once": ("working_days_to_report_suspicion",),
    "claim-near-final-certification": ("working_days_for_results_verified", "working_days_for_results_postal"),
    "work-sent-late": ("hours_to_send_work",),
    "work-still-in-time": ("working_days_until_withdrawal",),
    "work-without-claim": ("working_days_parcel_waits",),
    "readiness-after-safe-claim": ("working_days_for_results_verified", "working_days_for_results_postal"),
    "readiness-after-planned-completion": ("months_before_final_certification",),
    "readiness-time-too-short": ("hours_a_week",),
    "visit-beyond-free-allowance": ("free_visits_a_year", "first_month_of_visit_year"),
    "visit-to-few-candidates": ("candidates_for_free_visits",),
    "allocation-while-away": ("days_away_waited_for",),
    "absence-too-long": ("longest_absence_days",),
    "change-already-asked": ("working_days_to_answer_change_request",),
    "registration-fee-not-refundable": ("percent_of_registration_fee_kept",),
}
ANSWERS = {
    "refused": ("cannot", "Refused"),
    "warned": ("at-risk", "Allowed, with a warning"),
    "noted": ("can-finish", "Noted"),
    "passed": ("ready", "Allowed"),
    "not applicable": ("", "Does not apply"),
    "not in force": ("", "Not in force"),
}


def listing(request: HttpRequest) -> HttpResponse:
    """Every rule by chapter, under its obligation."""
    entries = [*RULES, *PLAIN.values()]
    titles = dict.fromkeys([title for title, _ in CHAPTERS] + [refusal.chapter for refusal in PLAIN.values()])
    page = {
        "title": "Rule book",
        "count": len(entries),
        "chapters": [
            {"title": title, "rules": [shown(one) for one in entries if chapter(one) == title]} for title in titles
        ],
    }
    return render(request, "rules/book.html", {"page": page})


def shown(entry: Rule | PlainRefusal) -> dict[str, str]:
    """An entry for a template, which would call a rule instead of reading it."""
    fields = ("id", "heading", "explanation", "reading", "decided_by", "refuse", "remedy", "journeys")
    return {field: getattr(entry, field, "") for field in fields} | {"heading": entry.heading.rstrip(".")}


def chapter(entry: Rule | PlainRefusal) -> str:
    return entry.chapter if isinstance(entry, PlainRefusal) else chapter_of(entry)


def rule(request: HttpRequest, id: str) -> HttpResponse:
    """The page of one rule. Raises Http404 when there is none."""
    known = BOOK.get(id) or PLAIN.get(id)
    if known is None:
        raise Http404(id)
    others = [shown(one) for one in (*RULES, *PLAIN.values()) if chapter(one) == chapter(known)]
    page = {"title": known.heading.rstrip("."), "rule": shown(known), "chapter": chapter(known), "others": others}
    if isinstance(known, PlainRefusal):
        return render(request, "rules/plain.html", {"page": page})
    page |= told(known) | dates(known) | asked(request, known)
    page["handbook"] = linked_sections(SectionLink.Kind.RULE, known.id)
    status = 422 if page.get("refused") else 200
    return render(request, "rules/rule.html", {"page": page}, status=status)


def told(known: Rule) -> dict[str, Any]:
    """What the page says of a rule whatever is asked."""
    return {
        "warns": known.outcome != REFUSED,
        "sentence": with_gaps(known.refuse),
        "remedy": with_gaps(known.remedy),
        "source": cited(known.clause)[0],
        "concerns": CONCERNS[known.subject],
        "in_force": in_force(known),
        "values": [in_words(name) for name in COUNTED_WITH.get(known.id, ())],
        "examples": [
            {"given": given_in_words(one), "answer": ANSWERS[one.outcome], "text": one.text} for one in examples(known)
        ],
    }


def given_in_words(example: Example) -> list[tuple[str, str]]:
    """The facts of an example, each with its name and its value as a page shows them."""
    return [(name.replace("_", " ").capitalize(), _value_in_words(value)) for name, value in example.given]


def _value_in_words(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%H:%M} on {written(value)}"
    return written(value) if isinstance(value, date) else str(value)


def with_gaps(words: str) -> str:
    """A sentence of a rule before its facts are written in: "[scheme] took its last registrations on ..."."""
    return re.sub(r"\{(\w+)\}", lambda found: f"[{found[1].replace('_', ' ')}]", words)


def in_force(known: Rule) -> str:
    since = f"from {written(known.since)}" if known.since else ""
    until = f"until {written(known.until)}" if known.until else ""
    return " ".join(filter(None, (since, until))).capitalize()


def dates(known: Rule) -> dict[str, Any]:
    """The dates of all schemes and three worked cases, for the rules that count in days."""
    if not {"last_registration", "final_certification"} & set(known.needs):
        return {"worked": answered_cases(known)}
    return {"dates": dates_by_scheme(), "worked": answered_cases(known)}


@dataclass(frozen=True)
class Dated:
    """Schemes that share their dates."""

    schemes: list[Qualification]
    last_registration: Any
    final_certification: Any


def dates_by_scheme(of: QuerySet[Qualification] | None = None) -> list[Dated]:
    """Schemes by their dates; of all schemes that have any unless some are given."""
    known = Qualification.objects.all() if of is None else of
    grouped: dict[tuple[Any, Any], list[Qualification]] = {}
    for scheme in known.exclude(last_registration=None, final_certification=None):
        grouped.setdefault((scheme.last_registration, scheme.final_certification), []).append(scheme)
    return [Dated(schemes, *days) for days, schemes in grouped.items()]


def answered_cases(known: Rule) -> dict[str, Any] | None:
    found = worked(known.id)
    if found is None:
        return None
    cases = [{"on": case.on, "answer": ANSWERS[answer_of(case.verdict)]} for case in found.cases]
    return {"scheme": found.scheme, "asked": found.asked, "cases": cases}


def answer_of(verdict: Verdict) -> str:
    return "refused" if verdict.refused else "warned" if verdict.warned else "passed"


def asked(request: HttpRequest, known: Rule) -> dict[str, Any]:
    """The Ask form and, when something was asked, the answer."""
    if known.id not in FORMS:
        return {}
    form = FORMS[known.id](request.GET if "scheme" in request.GET else None, initial=first_question(known.id))
    if not form.is_bound:
        return {"form": form}
    if not form.is_valid():
        return {"form": form, "refused": True}
    verdict = form.answer()
    state, word = ANSWERS[answer_of(verdict)]
    return {
        "form": form,
        "answer": {"state": state, "word": word, "tone": answer_of(verdict), "reasons": said(verdict)},
    }


def said(verdict: Verdict) -> list[dict[str, Any]]:
    """The reasons of an answer, with a link where the remedy is a page of ours."""
    return [asdict(reason) | {"remedy_url": remedy_url(reason.rule)} for reason in verdict.reasons]


def remedy_url(rule: str) -> str:
    return reverse("qualifications") if rule in ("scheme-unknown", "registration-after-last-date") else ""


def first_question(id: str) -> dict[str, Any]:
    """What stands in the Ask form at first: the boundary of the worked case."""
    found = worked(id)
    if found is None:
        return {}
    scheme, boundary = found.scheme, f"{found.cases[1].on:%d/%m/%Y}"
    last = f"{scheme.last_registration:%d/%m/%Y}" if scheme.last_registration else ""
    final = f"{scheme.final_certification:%d/%m/%Y}" if scheme.final_certification else ""
    if found.asked == "Registered on":
        return {"scheme": scheme.code, "registered": boundary, "on": final}
    return {"scheme": scheme.code, "registered": last, "on": boundary}


def policy_values(request: HttpRequest) -> HttpResponse:
    """The hours, days and months that rules count with."""
    page = {"title": "Values the rules count with", "values": [in_words(name) for name in POLICIES]}
    return render(request, "rules/policy.html", {"page": page})


def in_words(name: str) -> dict[str, Any]:
    value = POLICIES[name]
    return {
        "name": name.replace("_", " ").capitalize(),
        "value": value,
        "cited": cited(value.clause)[0],
        "rules": [id for id, names in COUNTED_WITH.items() if name in names],
    }
