"""The catalogue as sets need it: its tables, the structure of each scheme and the days that bind it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow
from django.db.models import Model

from conferral.records.awards.completion import can_finish
from conferral.records.calendar import safe_claim
from conferral.records.catalogue.combinations import structures
from conferral.records.catalogue.models import (
    Barred,
    Constraint,
    GroupUnit,
    Pathway,
    Qualification,
    SchemeUnit,
    Unit,
)
from conferral.records.readiness import alternatives, plan_by
from conferral.rules.combinations import Structure

TEXT, NUMBER, DAY, YES = pyarrow.string(), pyarrow.int64(), pyarrow.date32(), pyarrow.bool_()
# The columns that facts are computed from, of each table as PostgreSQL has it.
_TABLES: dict[type[Model], dict[str, pyarrow.DataType]] = {
    Qualification: {"code": TEXT},
    Unit: {"code": TEXT, "level": NUMBER, "credit": NUMBER},
    SchemeUnit: {"scheme_id": TEXT, "unit_id": TEXT, "counts_as_id": TEXT},
    GroupUnit: {
        "scheme_id": TEXT, "unit_id": TEXT, "top": TEXT, "middle": TEXT, "leaf": TEXT, "main": YES, "choice": YES,
    },
    Pathway: {"scheme_id": TEXT, "place": NUMBER, "name": TEXT},
    Barred: {"scheme_id": TEXT, "number": NUMBER, "unit_id": TEXT},
    Constraint: {
        "id": NUMBER, "scheme_id": TEXT, "place": NUMBER, "pathway": TEXT, "group": TEXT, "measure": TEXT,
        "level_at_least": NUMBER, "minimum": NUMBER, "maximum": NUMBER, "elsewhere": YES, "chooses": YES,
    },
}  # fmt: skip
TABLES = {model._meta.db_table: columns for model, columns in _TABLES.items()}


@dataclass(frozen=True)
class Scheme:
    """What binds every registration for one scheme. `within_reach`: some units complete it."""

    final_certification: date | None
    plan_by: date | None
    safe_claim: date | None
    within_reach: bool
    has_alternative: bool


@dataclass(frozen=True)
class Catalogue:
    """Some schemes on a day. A scheme without a rule of combination has no structure."""

    tables: Mapping[str, pyarrow.Table]
    structures: Mapping[str, Structure]
    schemes: Mapping[str, Scheme]


def catalogue_of(schemes: Collection[str] | None = None, *, on: date) -> Catalogue:
    """The schemes of these codes, or all; a code that is not known is left out."""
    rows = Qualification.objects.all() if schemes is None else Qualification.objects.filter(code__in=schemes)
    known = list(rows)
    built, offered = structures(row.code for row in known), alternatives([row.code for row in known], on)
    return Catalogue(
        tables={model._meta.db_table: _table(model) for model in _TABLES},
        structures=built,
        schemes={
            row.code: Scheme(
                final_certification=row.final_certification,
                plan_by=plan_by(row.final_certification),
                safe_claim=safe_claim(row.final_certification, row.route),
                within_reach=row.code not in built or can_finish(built[row.code], {}),
                has_alternative=bool(offered[row.code]),
            )
            for row in known
        },
    )


def _table(model: type[Model]) -> pyarrow.Table:
    columns = _TABLES[model]
    return table_of(columns, model._default_manager.order_by("pk").values_list(*columns))


def table_of(columns: Mapping[str, pyarrow.DataType], rows: Iterable[Collection[object]]) -> pyarrow.Table:
    """Rows as a table, columns in the order given. No rows make a table without rows."""
    cells = [dict(zip(columns, row, strict=True)) for row in rows]
    return pyarrow.Table.from_pylist(cells, pyarrow.schema(columns))
