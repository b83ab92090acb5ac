"""All files of a candidate in one PDF: a cover of ours, then the pages, joined by the process that looks into files."""

import json
import os
import tempfile
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock

import typst

from conferral.actions.looking import joined
from conferral.records.claims.models import Claim
from conferral.records.evidence.bundle import Bundle, bundle_of
from conferral.records.evidence.store import Store

_TEMPLATE = Path(__file__).with_name("bundle.typ")
_one_at_a_time = Lock()


def make_bundle(claim: int, registration: int, *, store: Store, organisation: str) -> bool:
    """Join the files and put the document where pages look for it; False when there is nothing, or it can't be done.

    Safe to repeat: what is there already is left alone.
    """
    found = Claim.objects.select_related("scheme", "centre").get(pk=claim)
    bundle = bundle_of(found, registration)
    if bundle is None:
        return False
    kept = store.bundle(bundle.key)
    if kept.exists():
        return True
    with tempfile.TemporaryDirectory() as folder:
        cover = Path(folder) / "cover.pdf"
        cover.write_bytes(cover_pdf(bundle, organisation))
        whole = joined([cover, *(store.path(item.sha256) for item in bundle.files)])
    if whole is None:
        return False
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
        file.write(whole)
    os.replace(file.name, kept)
    return True


def cover_pdf(bundle: Bundle, organisation: str) -> bytes:
    """The list of files with their hashes. The same words give the same bytes."""
    words = json.dumps(bundle.words | {"organisation": organisation})
    made = int(datetime.combine(bundle.made_on, time(), UTC).timestamp())
    with _one_at_a_time:  # a compiler serves one thread at a time
        return bytes(_compiler().compile(sys_inputs={"bundle": words}, format="pdf", timestamp=made))


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent))
