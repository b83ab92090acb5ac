"""The rules of combination as they are stored, for judging, completing and explaining."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from conferral.records.prepared import asked_often
from conferral.rules.combinations import Line, Part, Structure, structure_in_words

# A row per scheme, with all that its rule consists of: every list of candidates asks for it.
COMBINATIONS = """
SELECT q.code, q.groups::json,
       (SELECT json_agg(json_build_array(name, title) ORDER BY place)
        FROM catalogue_pathway WHERE scheme_id = q.code),
       (SELECT json_agg(json_build_array(g.unit_id, u.level, u.credit, g.top, g.middle, g.leaf, g.choice) ORDER BY g.id)
        FROM catalogue_groupunit g JOIN catalogue_unit u ON u.code = g.unit_id WHERE g.scheme_id = q.code),
       (SELECT json_agg(json_build_array(place, "group", measure, level_at_least, minimum, maximum, pathway, elsewhere)
                        ORDER BY place)
        FROM catalogue_constraint WHERE scheme_id = q.code),
       (SELECT json_agg(units ORDER BY number)
        FROM (SELECT number, json_agg(unit_id ORDER BY unit_id) AS units
              FROM catalogue_barred WHERE scheme_id = q.code GROUP BY number) together),
       (SELECT json_agg(json_build_array(unit_id, counts_as_id) ORDER BY unit_id, counts_as_id)
        FROM catalogue_schemeunit WHERE scheme_id = q.code AND counts_as_id IS NOT NULL)
FROM catalogue_qualification q
WHERE q.code = ANY(%(schemes)s)
"""


class Combined(NamedTuple):
    """The rule of combination of a scheme, None when none is known, and the titles of its groups and pathways."""

    structure: Structure | None
    titles: dict[str, str]


def combinations(schemes: Iterable[str]) -> dict[str, Combined]:
    """Each scheme that there is, in one query."""
    found = asked_often(COMBINATIONS, {"schemes": list(set(schemes))})
    return {code: _combined(groups, *(rows or [] for rows in lists)) for code, groups, *lists in found}


def _combined(groups: dict[str, str], pathways: Any, units: Any, lines: Any, barred: Any, counts_as: Any) -> Combined:
    structure = Structure(
        parts=tuple(_parts(units)),
        lines=tuple(Line(*line) for line in lines),
        pathways=tuple(name for name, _ in pathways) or ("",),
        barred=tuple(map(tuple, barred)),
        counts_as=tuple(map(tuple, counts_as)),
    )
    return Combined(structure if lines else None, groups | dict(pathways))


def _parts(units: Iterable[list[Any]]) -> Iterable[Part]:
    rows: dict[str, list[list[Any]]] = {}
    for code, *row in units:
        rows.setdefault(code, []).append(row)
    for code, places in rows.items():
        (level, credit, *_, choice) = places[0]
        paths = tuple(tuple(name for name in names if name) for _, _, *names, _ in places)
        yield Part(code, level, credit or 0, paths, len(places) > 1 and not choice)


def structures(schemes: Iterable[str]) -> dict[str, Structure]:
    """The rule of combination of each scheme that has one, in one query."""
    found = combinations(schemes)
    return {code: one.structure for code, one in found.items() if one.structure}


def combination_in_words(scheme: str) -> list[str]:
    """The rule of combination of a scheme, a sentence a line; empty when none is known."""
    found = combinations([scheme])[scheme]
    return structure_in_words(found.structure, found.titles) if found.structure else []
