"""Files that arrive in parts and go on where they stopped: the core and creation parts of the tus protocol, 1.0.0.

See https://tus.io/protocols/resumable-upload. A GET of the same address tells, as JSON, whether
a worker still looks into it, and then whether it is kept or refused.
"""

import base64
import binascii
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from conferral.actions.evidence import begin_file, receive_file
from conferral.pages.centre.claim_builder import whole_number
from conferral.pages.centre.files import claim_with_files
from conferral.pages.door import door
from conferral.records.evidence.models import StoredFile
from conferral.records.evidence.store import PART, TooLarge
from conferral.records.turns import take_turn

VERSION = {"Tus-Resumable": "1.0.0"}
PARTS = "application/offset+octet-stream"


@require_POST
def begin(request: HttpRequest, number: int) -> HttpResponse:
    """Announce a file: `Upload-Length`, and in `Upload-Metadata` filename, candidate, unit and fingerprint."""
    if wrong := _wrong_version(request):
        return wrong
    claim = claim_with_files(number)
    told, length = _metadata(request), whole_number(request.headers.get("Upload-Length"))
    verdict, file = begin_file(
        claim.pk, whole_number(told.get("candidate")) or 0, told.get("filename", ""), length or 0,
        unit=told.get("unit"), fingerprint=told.get("fingerprint", ""), token=request.fresh_bytes(16).hex(),
        door=door(), at=request.at, by=request.acting,
    )  # fmt: skip
    if file is None:
        return JsonResponse(verdict.as_json(), status=422, headers=VERSION)
    where = reverse("centre_arriving", args=[number, file.token])
    return HttpResponse(status=201, headers=VERSION | {"Location": where})


@require_http_methods(["GET", "HEAD", "PATCH"])
def arriving(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """HEAD: how much has come. PATCH: more of it, from where that ends. GET: what became of it."""
    file = get_object_or_404(StoredFile, token=token, claim=number)
    if request.method == "GET":
        return JsonResponse({"state": file.state, "name": file.name, "reasons": file.reasons}, headers=_state(file))
    if wrong := _wrong_version(request):
        return wrong
    if request.method == "HEAD":
        return HttpResponse(headers=_state(file))
    if request.headers.get("Content-Type") != PARTS:
        return HttpResponse(status=415, headers=VERSION)
    take_turn(f"file {token}")
    file.refresh_from_db()
    if whole_number(request.headers.get("Upload-Offset")) != _length(file) or file.state not in (
        "receiving",
        "received",
        "accepted",
    ):
        return HttpResponse(status=409, headers=_state(file))
    return _more(request, file)


def _more(request: HttpRequest, file: StoredFile) -> HttpResponse:
    at_door = door()
    if file.state == "receiving":
        try:
            at_door.store.append(file.token, _parts(request), most=file.size)
        except TooLarge:
            return HttpResponse(status=413, headers=_state(file))
        if _length(file) == file.size:
            file = receive_file(file.token, at=request.at, by=request.acting)
    return HttpResponse(status=204, headers=_state(file))


def _parts(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes. Where the connection breaks it ends: what came before is kept."""
    try:
        while part := request.read(PART):
            yield part
    except UnreadablePostError:
        return


def _length(file: StoredFile) -> int:
    """How much of a file has come: all of it once it is no longer arriving."""
    return door().store.length(file.token) if file.state == "receiving" else file.size


def _state(file: StoredFile) -> dict[str, str]:
    return VERSION | {
        "Upload-Offset": str(_length(file)), "Upload-Length": str(file.size), "Cache-Control": "no-store",
    }  # fmt: skip


def _wrong_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION["Tus-Resumable"]:
        return None
    return HttpResponse(status=412, headers={"Tus-Version": VERSION["Tus-Resumable"]})


def _metadata(request: HttpRequest) -> dict[str, str]:
    """Pairs of a key and a value in base 64. What can't be read is left out."""
    told = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return told
