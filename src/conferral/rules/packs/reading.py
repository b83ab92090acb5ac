"""TOML text into a pack. Whatever has the wrong shape becomes a fault with its place."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

from conferral.rules.identifiers import compact_urn, format_urn, scheme_code_fault
from conferral.rules.packs.shape import (
    EVIDENCE_KINDS,
    MEASURES,
    ROUTES,
    Alternative,
    Barred,
    Cited,
    Combination,
    Constraint,
    Criterion,
    Equivalent,
    EvidencePolicy,
    Fault,
    Group,
    Pack,
    Pathway,
    Scheme,
    Source,
    Unit,
)
from conferral.rules.packs.table import Table

T = TypeVar("T")


def read_pack(text: str, name: str) -> Pack:
    """Read one pack. `name` is the file's name, used to say where a fault stands.

    Never raises: a pack that cannot be read whole has faults and nothing else.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "Mend the line: texts stand in quotes, dates are 2013-12-31 without quotes."
        return Pack(name, faults=(Fault(name, f"The file is not TOML: {error}.", remedy),))
    faults: list[Fault] = []
    table = Table(values, name, faults)
    pack = Pack(
        name,
        sources=table.table("sources", sources_of) or (),
        units=table.rows("unit", _unit, named_by=("code", "urn")),
        schemes=table.rows("scheme", _scheme, named_by=("code",)),
    )
    table.refuse_unknown_keys()
    return Pack(name, faults=tuple(faults)) if faults else pack


def sources_of(table: Table) -> tuple[Source, ...]:
    read = [table.table(id, partial(_source, id)) for id in table.values]
    return tuple(source for source in read if source is not None)


def _source(id: str, table: Table) -> Source:
    dated = table.optional_text("date")
    if dated and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", dated):
        table.fault("date", f"date is “{dated}”.", 'Write "2012", "2012-09" or "2012-09-30".')
    return Source(
        id=id,
        title=table.text("title"),
        publisher=table.text("publisher"),
        date=dated,
        address=table.optional_text("address"),
    )


def _unit(table: Table) -> Unit:
    urn = format_urn(number) if (number := compact_urn(table.optional_text("urn"))) else ""
    demonstration = table.flag("demonstration", otherwise=False)
    return Unit(
        code=urn or table.text("code"),
        urn=urn,
        title=table.text("title"),
        level=table.level("level"),
        credit=table.amount("credit"),
        glh=table.amount("glh"),
        clause=citation(table, demonstration=demonstration),
        note=_note(table, demonstration=demonstration),
        **house_reading(table),
        demonstration=demonstration,
        criteria=table.rows("criteria", _criterion, named_by=("number",)),
    )


def _criterion(table: Table) -> Criterion:
    return Criterion(
        number=table.text("number"),
        outcome=table.required("outcome", int) or 0,
        text=table.text("text"),
        verb=table.text("verb"),
    )


def _scheme(table: Table) -> Scheme:
    return Scheme(
        code=_scheme_code(table),
        title=_cited(table, "title", Table.text, ""),
        level=_cited(table, "level", _level, 0),
        qan=table.table("qan", partial(cited_value, Table.text)),
        route=_cited(table, "route", partial(Table.choice, allowed=ROUTES), ""),
        last_registration=table.table("last_registration", cited_day),
        final_certification=table.table("final_certification", cited_day),
        evidence=table.required_rows("evidence", _evidence),
        alternatives=table.rows("alternatives", _alternative),
        combination=table.required_table("combination", _combination, otherwise=Combination((), (), "", False)),
        note=table.optional_text("note"),
    )


def _scheme_code(table: Table) -> str:
    code = table.text("code")
    if code and scheme_code_fault(code):
        table.fault("code", f"Scheme code “{code}” is not five digits.", "Write all five, zeros included.")
    return code


def _level(table: Table, key: str) -> int:
    table.required(key, int)
    return table.level(key) or 0


def _cited(table: Table, key: str, read: Callable[[Table, str], T], otherwise: T) -> Cited[T]:
    return table.required_table(key, partial(cited_value, read), otherwise=Cited(otherwise, ""))


def cited_value(read: Callable[[Table, str], T], table: Table) -> Cited[T]:
    return Cited(read(table, "value"), citation(table), **house_reading(table))


def cited_day(table: Table) -> Cited[date]:
    return Cited(table.required("on", date) or date.min, citation(table), **house_reading(table))


def _evidence(table: Table) -> EvidencePolicy:
    return EvidencePolicy(
        kind=table.choice("kind", EVIDENCE_KINDS),
        from_on=table.optional("from", date),
        clause=citation(table),
        **house_reading(table),
    )


def _alternative(table: Table) -> Alternative:
    return Alternative(
        scheme=table.optional_text("scheme"),
        text=table.text("text"),
        clause=citation(table),
        **house_reading(table),
    )


def _combination(table: Table) -> Combination:
    demonstration = table.flag("demonstration", otherwise=False)

    def rows(key: str, read: Callable[..., T], *named_by: str) -> tuple[T, ...]:
        return table.rows(key, partial(read, demonstration=demonstration), named_by=named_by)

    return Combination(
        groups=table.required_rows("groups", partial(_group, demonstration=demonstration), named_by=("name",)),
        constraints=table.required_rows("constraints", partial(_constraint, demonstration=demonstration)),
        note=_note(table, demonstration=demonstration),
        demonstration=demonstration,
        pathways=rows("pathways", _pathway, "name"),
        barred=rows("barred", _barred),
        equivalents=rows("equivalents", _equivalent, "unit"),
        counts_once=table.texts("counts_once"),
    )


def _group(table: Table, *, demonstration: bool) -> Group:
    return Group(
        name=table.text("name"),
        title=table.text("title"),
        units=table.texts("units"),
        unconfirmed=table.texts("unconfirmed"),
        complete=table.flag("complete", otherwise=True),
        clause=citation(table, demonstration=demonstration),
        **house_reading(table),
        within=table.optional_text("within"),
    )


def _constraint(table: Table, *, demonstration: bool) -> Constraint:
    return Constraint(
        group=table.text("group"),
        measure=table.choice("measure", MEASURES),
        level_at_least=table.level("level_at_least"),
        minimum=table.amount("minimum"),
        maximum=table.amount("maximum"),
        clause=citation(table, demonstration=demonstration),
        pathway=table.optional_text("pathway"),
        elsewhere=table.flag("elsewhere", otherwise=False),
    )


def _pathway(table: Table, *, demonstration: bool) -> Pathway:
    return Pathway(table.text("name"), table.text("title"), citation(table, demonstration=demonstration))


def _barred(table: Table, *, demonstration: bool) -> Barred:
    return Barred(table.texts("units"), citation(table, demonstration=demonstration))


def _equivalent(table: Table, *, demonstration: bool) -> Equivalent:
    return Equivalent(table.text("unit"), table.text("counts_as"), citation(table, demonstration=demonstration))


def _note(table: Table, *, demonstration: bool) -> str:
    """What is marked as demonstration says what it stands in for."""
    return table.text("note") if demonstration else table.optional_text("note")


def citation(table: Table, *, demonstration: bool = False) -> str:
    """The clause, which only what is marked as demonstration may lack."""
    clause = table.optional_text("clause")
    if not clause.strip() and not demonstration:
        table.fault("clause", "There is no citation.", 'Add a clause such as "cco-withdrawal-2013 q2".')
    return clause


def house_reading(table: Table) -> dict[str, str]:
    """How this organisation read the clause; a decision of the house has a reading."""
    reading, decided_by = table.optional_text("reading"), table.optional_text("decided_by")
    if decided_by not in ("", "house"):
        table.fault("decided_by", f"decided_by is “{decided_by}”.", 'Write "house" or leave it out.')
    if decided_by and not reading:
        table.fault("reading", "A house decision has no reading.", "Say what was decided and why.")
    return {"reading": reading, "decided_by": decided_by}
