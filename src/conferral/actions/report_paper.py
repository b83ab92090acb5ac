"""The yearly report to centres on paper: a tagged, archivable PDF with the same words and figures as the page."""

import json
from datetime import UTC, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from conferral.actions.annual_reports import title_of
from conferral.actions.documents import STANDARDS
from conferral.actions.markdown import blocks_of
from conferral.records.reports.models import AnnualReport
from conferral.rules.faq.known import written

_TEMPLATE = Path(__file__).with_name("report.typ")
_one_at_a_time = Lock()


def report_pdf(report: AnnualReport, *, organisation: str, address: str) -> bytes:
    """A published report as PDF/A-2a and PDF/UA-1. The same report gives the same bytes.

    Raises ValueError for a draft.
    """
    on = report.published_on
    if on is None:
        raise ValueError("A draft is not put on paper.")
    words = {
        "title": title_of(report),
        "organisation": organisation,
        "address": address,
        "on": written(on),
        "signature": f"{report.signature}, chief moderator",
        "made_on": {"year": on.year, "month": on.month, "day": on.day},
        "schemes": [f"{scheme.code} {scheme.title}" for scheme in report.schemes.all()],
        "brief": [[name, "not told" if value is None else f"{value:,}"] for name, value in report.brief],
        "sections": [{"heading": one.heading, "blocks": blocks_of(one.text)} for one in report.sections.all()],
        "charts": [
            {
                "title": chart["title"],
                "counted": chart["counted"],
                "rows": [[row[0], "not told" if row[1] is None else f"{row[1]:,}", row[2]] for row in chart["rows"]],
            }
            for chart in report.charts
        ],
    }
    return _compiled(json.dumps(words), int(datetime.combine(on, time(), UTC).timestamp()))


@lru_cache(maxsize=16)
def _compiled(words: str, made: int) -> bytes:
    how: Any = {"format": "pdf", "pdf_standards": STANDARDS, "timestamp": made}
    with _one_at_a_time:  # a compiler serves one thread at a time
        paper: Any = _compiler().compile(sys_inputs={"report": words}, **how)
    return bytes(paper)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent))
