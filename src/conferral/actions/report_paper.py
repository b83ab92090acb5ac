"""The yearly report to centres on paper: a tagged, archivable PDF with the same words and figures as the page."""

import json
from datetime import UTC, datetime, time
from pathlib import Path

from conferral.actions.annual_reports import title_of
from conferral.actions.markdown import blocks_of
from conferral.actions.papers import paper
from conferral.records.reports.models import AnnualReport
from conferral.rules.faq.known import written

_TEMPLATE = Path(__file__).with_name("report.typ")


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
    return paper(
        _TEMPLATE, "report", json.dumps(words, ensure_ascii=False), int(datetime.combine(on, time(), UTC).timestamp())
    )
