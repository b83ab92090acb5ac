"""The rules of combination as they are stored, for judging, completing and explaining."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from conferral.records.catalogue.models import Barred, Constraint, GroupUnit, Pathway, Qualification, SchemeUnit
from conferral.rules.combinations import Line, Part, Structure, structure_in_words


def structures(schemes: Iterable[str]) -> dict[str, Structure]:
    """The rule of combination of each scheme that has one, in five queries."""
    codes = list(set(schemes))
    parts, roots = _parts(codes), defaultdict(list)
    for scheme, unit, root in SchemeUnit.objects.filter(scheme__in=codes, counts_as__isnull=False).values_list(
        "scheme", "unit", "counts_as"
    ):
        roots[scheme].append((unit, root))
    pathways = defaultdict(list)
    for scheme, name in Pathway.objects.filter(scheme__in=codes).values_list("scheme", "name"):
        pathways[scheme].append(name)
    barred = _barred(codes)
    return {
        scheme: Structure(
            parts=tuple(parts[scheme]),
            lines=tuple(lines),
            pathways=tuple(pathways[scheme]) or ("",),
            barred=tuple(map(tuple, barred[scheme].values())),
            counts_as=tuple(sorted(roots[scheme])),
        )
        for scheme, lines in _lines(codes).items()
    }


def combination_in_words(scheme: str) -> list[str]:
    """The rule of combination of a scheme, a sentence a line; empty when none is known."""
    found = structures([scheme])
    return structure_in_words(found[scheme], titles([scheme])[scheme]) if found else []


def titles(schemes: Iterable[str]) -> dict[str, dict[str, str]]:
    """The titles of the groups and pathways of each scheme, by name."""
    codes = list(schemes)
    found = {code: dict(groups) for code, groups in _groups_of(codes)}
    for scheme, name, title in Pathway.objects.filter(scheme__in=codes).values_list("scheme", "name", "title"):
        found[scheme][name] = title
    return found


def _groups_of(codes: list[str]) -> Iterable[tuple[str, Mapping[str, str]]]:
    return Qualification.objects.filter(code__in=codes).values_list("code", "groups")


def _parts(codes: list[str]) -> dict[str, list[Part]]:
    rows: dict[tuple[str, str], list[GroupUnit]] = {}
    listed = GroupUnit.objects.filter(scheme__in=codes).select_related("unit").order_by("id")
    for row in listed:
        rows.setdefault((row.scheme_id, row.unit_id), []).append(row)
    parts = defaultdict(list)
    for (scheme, code), places in rows.items():
        unit, once = places[0].unit, len(places) > 1 and not places[0].choice
        parts[scheme].append(Part(code, unit.level, unit.credit or 0, tuple(row.path for row in places), once))
    return parts


def _lines(codes: list[str]) -> dict[str, list[Line]]:
    lines = defaultdict(list)
    for row in Constraint.objects.filter(scheme__in=codes):
        lines[row.scheme_id].append(
            Line(
                row.place, row.group, row.measure, row.level_at_least, row.minimum, row.maximum,
                row.pathway, row.elsewhere,
            )
        )  # fmt: skip
    return lines


def _barred(codes: list[str]) -> dict[str, dict[int, list[str]]]:
    barred: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for row in Barred.objects.filter(scheme__in=codes):
        barred[row.scheme_id].setdefault(row.number, []).append(row.unit_id)
    return barred
