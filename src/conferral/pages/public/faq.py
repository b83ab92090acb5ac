"""Questions and answers about a qualification that comes to an end, for any scheme and any day."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferral.actions.answers import Answer, Document, Unanswerable, answer, document, first_scheme, short_answers
from conferral.actions.documents import faq_pdf
from conferral.pages.public.asking_forms import SchemeList, WrittenDate
from conferral.pages.public.clauses import Cited, cited
from conferral.pages.public.qualifications import numbered
from conferral.pages.public.rulebook import Dated, dates_by_scheme
from conferral.pages.schemes import answered
from conferral.records.catalogue.models import Qualification, Source, Withdrawal
from conferral.records.guidance.models import SectionLink
from conferral.records.guidance.queries import linked_sections
from conferral.rules.days import london_day
from conferral.rules.faq import QUESTIONS, question
from conferral.rules.rule import BOOK
from conferral.rules.written_dates import read_date

ABOUT_DATES = (1, 2, 8, 9)


class Ask(forms.Form):
    """For which scheme, and as of which day?"""

    scheme = SchemeList()
    on = WrittenDate(label="On (empty: today)", missing="", required=False)


def listing(request: HttpRequest) -> HttpResponse:
    """The 21 questions with their short answers for one scheme and day."""
    form, scheme, on = asked(request)
    page = {
        "title": "When a qualification comes to an end",
        "form": form,
        "refused": bool(form.errors),
        "scheme": scheme,
        "on": on,
        "query": query(scheme, on),
        "answers": short_answers(scheme, on) if not form.errors else [],
        "withdrawals": Withdrawal.objects.all(),
    }
    return render(request, "faq/index.html", {"page": page}, status=422 if form.errors else 200)


def one(request: HttpRequest, number: int) -> HttpResponse:
    """One question: its answer, what it rests on and worked cases. Raises Http404 beyond the last question."""
    if not 1 <= number <= len(QUESTIONS):
        raise Http404(number)
    form, scheme, on = asked(request)
    page: dict[str, Any] = {
        "title": question(number).title,
        "number": number,
        "questions": QUESTIONS,
        "form": form,
        "refused": bool(form.errors),
        "scheme": scheme,
        "on": on,
        "query": query(scheme, on),
    }
    if not form.errors:
        page |= told(answer(number, scheme, on), scheme)
        page["handbook"] = linked_sections(SectionLink.Kind.QUESTION, str(number))
    return render(request, "faq/question.html", {"page": page}, status=422 if form.errors else 200)


def whole(request: HttpRequest, id: str) -> HttpResponse:
    """Every question and answer of a withdrawal, or of a scheme, on one page."""
    found = found_document(id, day_of(request))
    known = sources(found)
    page = {
        "title": found.title,
        "document": found,
        "sections": [{"section": one, "cited": [known[clause] for clause in one.clauses]} for one in found.sections],
        "sources": listed(known),
        "pdf": f"{reverse('faq_pdf', args=[found.id])}?{urlencode({'on': found.on.isoformat()})}",
    }
    return render(request, "faq/document.html", {"page": page})


def pdf(request: HttpRequest, id: str) -> HttpResponse:
    """The same as a PDF."""
    found = found_document(id, day_of(request))
    address = f"{settings.PUBLIC_ADDRESS}{reverse('faq_document', args=[found.id])}"
    known = sources(found)
    paper = faq_pdf(
        found,
        organisation=settings.ORGANISATION,
        address=address,
        sources={clause: in_words(one) for clause, one in known.items()},
        cited=[
            f"{number}. {source.title}. {source.publisher}{source.issued and ', '}{source.issued}"
            for number, source in listed(known)
        ],
    )
    name = f"questions-{found.id}-{found.on.isoformat()}.pdf"
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def asked(request: HttpRequest) -> tuple[Ask, str, date]:
    """The form, the scheme and the day; without a question, the first withdrawn scheme today."""
    today = london_day(request.at)
    if not {"scheme", "on"} & set(request.GET):
        scheme = first_scheme()
        return Ask(initial={"scheme": scheme}), scheme, today
    form = Ask({"scheme": first_scheme()} | request.GET.dict())
    if not form.is_valid():
        return form, first_scheme(), today
    return form, form.cleaned_data["scheme"], form.cleaned_data["on"] or today


def day_of(request: HttpRequest) -> date:
    """The day a document is asked for; what is no day is read as today."""
    return read_date(request.GET.get("on", "")) or london_day(request.at)


def found_document(id: str, on: date) -> Document:
    try:
        return document(id, on)
    except Unanswerable as problem:
        raise Http404(str(problem)) from None


def query(scheme: str, on: date) -> str:
    return urlencode({"scheme": scheme, "on": f"{on:%d/%m/%Y}"})


def told(given: Answer, scheme: str) -> dict[str, Any]:
    """What the page of a question shows of its answer."""
    return {
        "answer": given,
        "cited": cited(*given.clauses),
        "rules": [{"id": id, "heading": BOOK[id].heading} for id in given.rules],
        "cases": [{"given": case.given, "on": case.on, "answer": answered(case.verdict)} for case in given.cases],
        "dates": dates_beside(scheme, given.on) if given.question.number in ABOUT_DATES else [],
    }


def dates_beside(scheme: str, on: date) -> list[Dated]:
    """The dates beside an answer: those of the schemes of the same withdrawal, once it was announced."""
    return dates_by_scheme(Qualification.objects.filter(withdrawal__schemes=scheme, withdrawal__announced_on__lte=on))


def sources(found: Document) -> dict[str, Cited]:
    return numbered(cited(*found.clauses))


def listed(known: dict[str, Cited]) -> list[tuple[int, Source]]:
    """The documents with their numbers."""
    return sorted({one.number: one.source for one in known.values() if one.source}.items())


def named(source: Source) -> str:
    return ", ".join(filter(None, (source.title, source.publisher, source.issued)))


def in_words(known: Cited) -> str:
    if known.by_house:
        return "decided by this organisation"
    return ", ".join(filter(None, (f"document {known.number}" if known.source else known.clause, known.place)))
