"""All files of a candidate in a claim as one document: what stands on its cover, and under which name it lies."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from conferral.records.claims.models import Claim
from conferral.records.evidence.models import EvidenceItem
from conferral.records.evidence.queries import items_of, signature_on
from conferral.rules.days import london_day
from conferral.rules.evidence import KINDS

JOINED = ("pdf", "jpeg", "png", "webp")


@dataclass(frozen=True)
class Bundle:
    """What a cover says, in text, and the files behind it in their order. `made_on` is the newest file's London day."""

    words: dict[str, Any]
    files: tuple[EvidenceItem, ...]
    made_on: date

    @property
    def key(self) -> str:
        """Changes with every word of the cover, and so with every file: the name under which the document lies."""
        return hashlib.sha256(json.dumps(self.words, sort_keys=True).encode()).hexdigest()


def bundle_of(claim: Claim, registration: int) -> Bundle | None:
    """The bundle of a candidate's files in a claim; None while there is none."""
    items = list(items_of(claim.pk, registration).select_related("file", "registration__candidate"))
    if not items:
        return None
    files = tuple(item for item in items if item.file.kind in JOINED)
    words = {
        "claim": claim.pk,
        "centre": f"{claim.centre_id} {claim.centre.name}",
        "scheme": str(claim.scheme),
        "candidate": items[0].registration.candidate.name,
        "files": _lines(items),
        "signatures": _signatures(claim, registration),
    }
    return Bundle(words, files, london_day(max(item.added_at for item in items)))


def _lines(items: list[EvidenceItem]) -> list[dict[str, str]]:
    lines, first = [], 1
    for item in items:
        joined = item.file.kind in JOINED
        lines.append(
            {
                "label": item.label,
                "name": item.name,
                "kind": KINDS.get(item.file.kind, "").split(maxsplit=1)[-1],
                "unit": item.unit_id or "",
                "answers": ", ".join(sorted(one.criterion.number for one in item.answers.all())),
                "sha256": item.sha256,
                "page": str(first) if joined else "",
            }
        )
        first += (item.file.pages or 1) if joined else 0
    return lines


def _signatures(claim: Claim, registration: int) -> list[str]:
    units = claim.units.filter(registration=registration).order_by("unit_id").values_list("unit_id", flat=True)
    found = [signature_on(claim.pk, registration, unit) for unit in units]
    return [
        f"{one.unit_id}: {one.signed_by}, {london_day(one.signed_at):%d %B %Y}, on {len(one.hashes)} files"
        for one in found
        if one is not None
    ]
