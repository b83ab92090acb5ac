"""The store of evidence on the command line: what no row names, and whether what is kept is as it came."""

from typing import Any

from django.conf import settings

from conferral.actions.evidence import Door
from conferral.batch.evidence_store import sweep, unnamed, verify


def swept(*, dry_run: bool) -> dict[str, Any]:
    """The bytes that no row names: removed, or only told of."""
    store = Door.of(settings).store
    found = list((unnamed if dry_run else sweep)(store, at=settings.CLOCK()))
    return {
        "removed": not dry_run,
        "bytes": sum(one.size for one in found),
        "files": [
            {"path": str(one.path.relative_to(store.folder)), "size": one.size,
             "written_at": one.written_at.isoformat(timespec="seconds")}
            for one in found
        ],
    }  # fmt: skip


def swept_in_words(found: dict[str, Any]) -> str:
    """The same for a person at a terminal."""
    lines = [f"{one['path']}  {one['size']:,} bytes  {one['written_at']}" for one in found["files"]]
    verb = "removed" if found["removed"] else "would be removed"
    return "\n".join([*lines, f"{len(lines):,} files that no row names, {found['bytes']:,} bytes, {verb}."])


def verified() -> dict[str, Any]:
    """How many kept files were read, and each that is missing or changed."""
    said = list(verify(Door.of(settings).store))
    faults = [
        {"what": one.what, "sha256": one.sha256, "file": one.file, "claim": one.claim}
        for one in said
        if one is not None
    ]
    return {"read": len(said), "faults": faults}


def verified_in_words(found: dict[str, Any]) -> str:
    """The same for a person at a terminal, a line each."""
    lines = [f"{one['sha256']}  {one['what']}: file {one['file']} of claim {one['claim']}" for one in found["faults"]]
    well = f"All {found['read']:,} are as they came."
    return "\n".join([*lines, f"{len(lines):,} of {found['read']:,} are not as they came." if lines else well])
