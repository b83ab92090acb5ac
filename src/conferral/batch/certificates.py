"""A certificate as a document: a tagged, archivable PDF that says what was stored and where to check it."""

import json
from datetime import UTC, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

from conferral.records.awards.models import Certificate
from conferral.records.awards.public import awarded_elsewhere
from conferral.rules.references import format_reference

TEMPLATE = Path(__file__).with_name("certificate.typ")
STANDARDS = ["a-2a", "ua-1"]
_one_at_a_time = Lock()


def certificate_pdf(certificate: Certificate, *, address: str) -> bytes:
    """The certificate as PDF/A-2a and PDF/UA-1. The same words give the same bytes.

    `address` is where the public checks certificates, without a slash at its end. Raises RuntimeError
    when no font has a letter of the holder's name: nobody's name is printed with a gap.
    """
    made = certificate.issued_on or certificate.awarded_on
    return _compiled(
        _words(certificate, address),
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(datetime.combine(made, time(), UTC).timestamp()),
    )


def certificate_picture(certificate: Certificate, *, address: str, dots_per_inch: int = 144) -> bytes:
    """The first page of the certificate as a PNG."""
    pages = _compiled(_words(certificate, address), format="png", ppi=dots_per_inch)
    return pages[0] if isinstance(pages, list) else pages


def check_address(number: str, address: str) -> str:
    """Where anybody sees that a certificate is genuine."""
    return f"{address}/check/{number}/"


def _compiled(words: dict[str, Any], **how: Any) -> Any:
    with _one_at_a_time:  # a compiler serves one thread at a time
        return _compiler().compile(sys_inputs={"certificate": json.dumps(words)}, **how)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent))


def _words(certificate: Certificate, address: str) -> dict[str, Any]:
    """Everything that is printed, as text."""
    made = certificate.issued_on or certificate.awarded_on
    number = format_reference(certificate.number)
    where = check_address(certificate.number, address)
    return {
        "document_title": f"Certificate {number}: {certificate.title}",
        "made_on": {"year": made.year, "month": made.month, "day": made.day},
        "organisation": certificate.organisation,
        "holder": " ".join(certificate.holder.split()),
        "title": certificate.title,
        "level": str(certificate.level),
        "awarded_on": f"{certificate.awarded_on.day} {certificate.awarded_on:%B %Y}",
        "number": number,
        "units": [_unit(unit) for unit in certificate.units],
        "address": where,
        "code": _code(where),
        "code_in_words": f"Square code that leads to {where}",
    }


def _unit(unit: dict[str, Any]) -> dict[str, str]:
    """A unit whose level or credit is not known says nothing of it."""
    said = {name: "" if unit.get(name) is None else str(unit[name]) for name in ("code", "title", "level", "credit")}
    return said | {"elsewhere": awarded_elsewhere(unit)}


def _code(where: str) -> str:
    drawn = BytesIO()
    segno.make(where, error="m", micro=False, boost_error=False, mask=2).save(
        drawn, kind="svg", border=4, scale=4, dark="#16211f", light="#ffffff"
    )
    return drawn.getvalue().decode()
