"""Certificates a second: the tagged, archivable PDF with its square code, as the job makes it."""

import time
from collections.abc import Iterator
from datetime import date

from bench.figures import Figure, rate
from conferral.batch.certificates import certificate_pdf
from conferral.records.awards.models import Certificate

WARM_UP = 3
HOLDERS = ("Þórdís Guðmundsdóttir-Llewelyn", "Tom Li", "Grzegorz Brzęczyszczykiewicz", "Siân Pritchard-Okonkwo")


def measure(certificates: int) -> Iterator[Figure]:
    """In one process."""
    seconds = print_many(certificates)
    yield Figure(
        "Certificates printed", f"{certificates} PDF/A-2a and PDF/UA-1 with code, 3 units, 1 process",
        rate(certificates, seconds, "certificates"),
    )  # fmt: skip


def print_many(certificates: int) -> float:
    """Seconds for so many different certificates."""
    for number in range(WARM_UP):
        certificate_pdf(certificate(number), address="https://awards.example")
    began = time.perf_counter()
    for number in range(WARM_UP, WARM_UP + certificates):
        certificate_pdf(certificate(number), address="https://awards.example")
    return time.perf_counter() - began


def certificate(number: int) -> Certificate:
    """A certificate that is stored nowhere."""
    day = date(2026, 11, 23)
    return Certificate(
        number=f"{number:016X}", holder=HOLDERS[number % len(HOLDERS)], level=2, organisation="Cambrian Awards",
        title="Certificate in Principles of Customer Service", awarded_on=day, issued_on=day,
        units=[{"code": f"J/600/100{place}", "title": "Principles of customer service", "level": 2, "credit": 4}
               for place in range(3)],
    )  # fmt: skip
