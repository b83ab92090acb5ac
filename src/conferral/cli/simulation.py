"""A simulated season on the command line."""

import time
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from conferral.batch.simulation import Surprise, simulate
from conferral.records.centres.models import Centre
from conferral.records.simulated import invariants

OWN_DATABASE = "conferral_simulation"


def forget_last() -> None:
    """Drop the database that `conferral simulate` made for itself the last time; no other is touched."""
    default = settings.DATABASES["default"]
    if default["NAME"] != OWN_DATABASE:
        return
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    address = {name: default[key] for key, name in keys.items() if default[key]}
    connection.close()
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS conferral_simulation WITH (FORCE)")


def simulation(claims: int, seed: int, *, yes: bool) -> dict[str, Any] | str:
    """What the season came to, with every invariant; a sentence when the database is not to be used."""
    centres = Centre.objects.count()
    if centres and not yes:
        return (
            f"The database holds {centres} {'centre' if centres == 1 else 'centres'}: a season would add made-up "
            "candidates and certificates. Give --yes if that is meant, or leave DATABASE_URL unset."
        )
    began = time.perf_counter()
    try:
        season = simulate(claims, seed, address=settings.PUBLIC_ADDRESS)
    except Surprise as surprise:
        return f"The season stopped where an action refused what it should allow. {surprise}"
    asked = invariants()
    return {
        "claims": claims, "seed": seed, "seconds": round(time.perf_counter() - began, 1), "digest": season.digest,
        "happened": dict(sorted(season.happened.items())),
        "invariants": [one._asdict() for one in asked],
        "broken": sum(one.broken or 0 for one in asked),
    }  # fmt: skip


def in_words(found: dict[str, Any]) -> str:
    """The same as two tables for a person at a terminal."""
    lines = [
        f"{found['claims']} candidates, seed {found['seed']}, {found['seconds']} s",
        f"digest {found['digest']}",
        "",
    ]
    lines += [f"{times:>8}  {name}" for name, times in found["happened"].items()]
    lines += ["", f"{'':5}{'asked of':>9}{'broken':>8}  "]
    for one in found["invariants"]:
        rows = "–" if one["rows"] is None else one["rows"]
        broken = "–" if one["broken"] is None else one["broken"]
        lines.append(f"{one['id']:5}{rows:>9}{broken:>8}  {one['words']}")
    return "\n".join(lines)
