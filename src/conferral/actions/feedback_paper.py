"""The feedback report on a claim on paper: a tagged, archivable PDF of what was sent, whatever came of it later."""

import json
from collections import Counter
from pathlib import Path

from conferral.actions.papers import paper
from conferral.records.moderation.models import OUTCOME_WORDS, FeedbackReport
from conferral.records.moderation.queries import claimed_units
from conferral.rules.days import london_day
from conferral.rules.faq.known import written

_TEMPLATE = Path(__file__).with_name("feedback.typ")


def feedback_pdf(report: FeedbackReport, *, organisation: str, address: str) -> bytes:
    """A report as PDF/A-2a and PDF/UA-1, with each unit's outcome as it was first decided.

    The same report gives the same bytes.
    """
    on = london_day(report.sent_at)
    decided = [unit for unit in claimed_units(report.claim_id) if hasattr(unit, "decision")]
    counts = Counter(unit.decision.outcome for unit in decided)
    words = {
        "title": f"Feedback report on claim {report.claim_id}",
        "organisation": organisation,
        "address": address,
        "on": written(on),
        "made_on": {"year": on.year, "month": on.month, "day": on.day},
        "centre": f"Centre {report.centre_id}, {report.centre.name}",
        "scheme": str(report.claim.scheme),
        "signature": report.sent_by.name,
        "brief": [[words, str(counts[outcome])] for outcome, words in OUTCOME_WORDS.items() if counts[outcome]],
        "sections": [
            {"heading": heading, "lines": [line for line in text.splitlines() if line.strip()]}
            for heading, text in (
                ("What went well", report.went_well),
                ("What to improve", report.to_improve),
                ("What to do", report.actions),
            )
            if text.strip()
        ],
        "apart": [
            [
                unit.registration.candidate.name,
                unit.unit_id,
                OUTCOME_WORDS[unit.decision.outcome],
                unit.decision.get_reason_code_display() if unit.decision.reason_code else "",
            ]
            for unit in decided
            if unit.decision.outcome != "confirmed"
        ],
        "actions": [[one.text, written(one.due_on)] for one in report.required.order_by("due_on", "id")],
    }
    return paper(_TEMPLATE, "report", json.dumps(words, ensure_ascii=False), int(report.sent_at.timestamp()))
