"""Withdrawals of qualifications as cited TOML: which schemes, announced when, and what centres are told.

`read_withdrawal` never raises and `withdrawal_faults` says everything that is wrong; a withdrawal with a
refused fault is not loaded, nor is any other of the same folder. The last dates of a scheme are not said
here: they stand in its pack.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from conferral.rules.packs.reading import citation, cited_day, cited_value, house_reading, sources_of
from conferral.rules.packs.shape import LEVELS, ROUTES, Cited, Fault, Source
from conferral.rules.packs.table import Table

# What may be said of a withdrawal, and which parts each needs.
POINTS: dict[str, tuple[str, ...]] = {
    "reason": ("text",),
    "sector": ("text",),
    "decision": ("text",),
    "register": ("address",),
    "nations": ("text",),
    "handbook": ("text", "address"),
    "training": ("address",),
    "information": ("address",),
    "shared_units": ("address",),
    "transfer_advice": ("text", "phone", "email"),
    "approval": ("address",),
    "framework": ("text",),
    "sector_body": ("text",),
    "admin_help": ("text", "email"),
    "admin_guide": ("text", "address"),
    "same_assessor": ("text",),
    "help": ("text", "phone", "email"),
    "account_managers": ("text", "address"),
    "other_providers": ("text", "address"),
}
_FORMS = {
    "address": (r"https?://[^\s/]+/\S*", "an address that begins with http:// or https://"),
    "phone": (r"\+?[\d ]{9,16}", "a telephone number in digits"),
    "email": (r"[^\s@]+@[^\s@]+\.[^\s@]+", "an e-mail address"),
}
ID = r"[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True)
class Point:
    """One thing that centres are told, with where it is said. What is not given is ""."""

    text: str
    address: str
    phone: str
    email: str
    clause: str
    reading: str = ""
    decided_by: str = ""


@dataclass(frozen=True)
class Family:
    """Qualifications recommended instead: their levels, and how their work is looked at where that is known."""

    text: str
    levels: tuple[int, ...]
    route: str
    shares_units: bool
    clause: str
    reading: str = ""
    decided_by: str = ""


@dataclass(frozen=True)
class Dates:
    """The last days of a scheme, as its pack gives them."""

    last_registration: date | None
    final_certification: date | None


@dataclass(frozen=True)
class Withdrawal:
    """One withdrawal of one or more schemes. `faults` are what kept it from being read."""

    name: str
    id: str = ""
    title: Cited[str] = Cited("", "")
    schemes: tuple[str, ...] = ()
    announced: Cited[date] = Cited(date.min, "")
    points: Mapping[str, Point] = field(default_factory=dict)
    alternatives: tuple[Family, ...] = ()
    sources: tuple[Source, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_withdrawal(text: str, name: str) -> Withdrawal:
    """Read one withdrawal. `name` is the file's name, used to say where a fault stands. Never raises."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "Mend the line: texts stand in quotes, dates are 2013-12-31 without quotes."
        return Withdrawal(name, faults=(Fault(name, f"The file is not TOML: {error}.", remedy),))
    faults: list[Fault] = []
    table = Table(values, name, faults)
    sources = table.table("sources", sources_of) or ()
    read = table.required_table("withdrawal", partial(_withdrawal, name, sources), otherwise=Withdrawal(name))
    table.refuse_unknown_keys()
    return Withdrawal(name, faults=tuple(faults)) if faults else read


def withdrawal_faults(withdrawals: Sequence[Withdrawal], schemes: Mapping[str, Dates]) -> tuple[Fault, ...]:
    """Everything wrong in the withdrawals, seen together and against the schemes of the catalogue."""
    unread = tuple(fault for one in withdrawals for fault in one.faults)
    return unread or (*_told_twice(withdrawals), *(fault for one in withdrawals for fault in _faults(one, schemes)))


def _withdrawal(name: str, sources: tuple[Source, ...], table: Table) -> Withdrawal:
    return Withdrawal(
        name,
        id=_id(table),
        title=table.required_table("title", partial(cited_value, Table.text), otherwise=Cited("", "")),
        schemes=_schemes(table),
        announced=table.required_table("announced", cited_day, otherwise=Cited(date.min, "")),
        points=table.table("points", _points) or {},
        alternatives=table.rows("alternatives", _family, named_by=("text",)),
        sources=sources,
    )


def _id(table: Table) -> str:
    id = table.text("id")
    if id and not re.fullmatch(ID, id):
        table.fault("id", f"id is “{id}”.", "Write small letters and digits, joined by hyphens.")
    return id


def _schemes(table: Table) -> tuple[str, ...]:
    schemes = table.texts("schemes")
    if not schemes:
        table.fault("schemes", "No scheme is named.", "List the codes of the schemes that are withdrawn.")
    return schemes


def _points(table: Table) -> dict[str, Point]:
    read = {name: table.table(name, partial(_point, needs)) for name, needs in POINTS.items()}
    return {name: point for name, point in read.items() if point is not None}


def _point(needs: tuple[str, ...], table: Table) -> Point:
    parts = {key: table.optional_text(key) for key in ("text", *_FORMS)}
    for key in needs:
        if not parts[key].strip():
            table.fault(key, f"{key} is missing.", f"Add {key}: it is what centres are told here.")
    for key, (form, words) in _FORMS.items():
        if parts[key] and not re.fullmatch(form, parts[key]):
            table.fault(key, f"{key} is “{parts[key]}”.", f"Write {words}.")
    return Point(**parts, clause=citation(table), **house_reading(table))


def _family(table: Table) -> Family:
    return Family(
        text=table.text("text"),
        levels=_levels(table),
        route=table.choice("route", ROUTES) if "route" in table.values else table.optional_text("route"),
        shares_units=table.flag("shares_units", otherwise=False),
        clause=citation(table),
        **house_reading(table),
    )


def _levels(table: Table) -> tuple[int, ...]:
    levels = table.optional("levels", list) or []
    if any(type(level) is not int or level not in LEVELS for level in levels):
        table.fault("levels", f"levels is {levels}.", "Write levels from 1 to 8.")
        return ()
    return tuple(levels)


def _told_twice(withdrawals: Sequence[Withdrawal]) -> Iterator[Fault]:
    for id, count in Counter(one.id for one in withdrawals).items():
        if count > 1:
            yield Fault(f"withdrawal {id}", f"{id} is described {count} times.", "Keep one description.")
    named = Counter(code for one in withdrawals for code in one.schemes)
    for code in (code for code, count in named.items() if count > 1):
        files = ", ".join(one.name for one in withdrawals if code in one.schemes)
        yield Fault(f"{files}, schemes", f"Scheme {code} is withdrawn more than once.", "Name it once.")


def _faults(one: Withdrawal, schemes: Mapping[str, Dates]) -> Iterator[Fault]:
    yield from _unknown_sources(one)
    for code in one.schemes:
        place = f"{one.name}, withdrawal, schemes"
        dates = schemes.get(code)
        if dates is None:
            yield Fault(place, f"Scheme {code} is in no pack.", "Correct the code, or add the scheme to a pack.")
        elif dates.last_registration is None or dates.final_certification is None:
            yield Fault(
                place,
                f"Scheme {code} is withdrawn and its pack gives no last dates.",
                "Add last_registration and final_certification to the scheme.",
            )
        elif dates.last_registration < one.announced.value:
            yield Fault(
                f"{one.name}, withdrawal, announced",
                f"The announcement on {one.announced.value} is after the last registration of {code}, "
                f"{dates.last_registration}.",
                "Correct one of the two dates.",
            )


def _unknown_sources(one: Withdrawal) -> Iterator[Fault]:
    known = {source.id for source in one.sources}
    clauses = {"title": one.title.clause, "announced": one.announced.clause}
    clauses |= {f"points, {name}": point.clause for name, point in one.points.items()}
    clauses |= {f"alternatives {family.text}": family.clause for family in one.alternatives}
    for place, clause in clauses.items():
        source = clause.partition(" ")[0]
        if source not in known:
            yield Fault(
                f"{one.name}, withdrawal, {place}, clause",
                f"The clause cites “{source}”, which is not among the sources of this file.",
                f"Add {source} to [sources], or cite one of: {', '.join(sorted(known))}.",
            )
