"""Documents for people to keep: the questions and answers of a withdrawal or a scheme as a tagged, archivable PDF."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from conferral.actions.answers import Document
from conferral.actions.papers import paper
from conferral.rules.faq.known import written

_TEMPLATE = Path(__file__).with_name("faq.typ")


def faq_pdf(
    document: Document, *, organisation: str, address: str, sources: Mapping[str, str], cited: Sequence[str]
) -> bytes:
    """Questions and answers as PDF/A-2a and PDF/UA-1. The same words give the same bytes.

    `address` is where the page of the same document is; `sources` says each clause in words, `cited` names the
    documents that they speak of.
    """
    words = _words(document, organisation, address, sources) | {"cited": list(cited)}
    made = int(datetime.combine(document.on, time(), UTC).timestamp())
    return paper(_TEMPLATE, "faq", json.dumps(words, ensure_ascii=False), made)


def _words(document: Document, organisation: str, address: str, sources: Mapping[str, str]) -> dict[str, Any]:
    on = document.on
    return {
        "title": document.title,
        "organisation": organisation,
        "address": address,
        "on": written(on),
        "made_on": {"year": on.year, "month": on.month, "day": on.day},
        "schemes": [
            [scheme.code, scheme.title, _day(scheme.last_registration), _day(scheme.final_certification)]
            for scheme in document.schemes
        ],
        "dated": document.dated,
        "questions": [
            {
                "title": f"{section.question.number}. {section.question.title}",
                "answers": [{"heading": one.heading, "text": list(one.text)} for one in section.answers],
                "source": "; ".join(sources[clause] for clause in section.clauses),
                "readings": list(section.readings),
            }
            for section in document.sections
        ],
    }


def _day(day: Any) -> str:
    return written(day) if day else "not known"
