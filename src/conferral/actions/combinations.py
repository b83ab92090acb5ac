"""Storing the rule of combination of a scheme."""

from collections.abc import Iterable, Iterator, Mapping

from conferral.records.catalogue.models import Barred, Constraint, GroupUnit, Pathway, Qualification, SchemeUnit
from conferral.rules import packs as shapes
from conferral.rules.combinations import chooses, paths_of, roots_of, structure_of


def load_combination(row: Qualification, combination: shapes.Combination, units: Mapping[str, shapes.Unit]) -> None:
    """Replace what is stored of a scheme's combination. The pack must be without refused faults."""
    for model in (SchemeUnit, GroupUnit, Pathway, Barred, Constraint):
        model.objects.filter(scheme=row).delete()
    SchemeUnit.objects.bulk_create(_scheme_units(row, combination))
    GroupUnit.objects.bulk_create(_group_units(row, combination))
    Constraint.objects.bulk_create(_constraints(row, combination, units))
    Pathway.objects.bulk_create(
        Pathway(scheme=row, place=place, name=one.name, title=one.title, clause=one.clause)
        for place, one in enumerate(combination.pathways, 1)
    )
    Barred.objects.bulk_create(
        Barred(scheme=row, number=number, unit_id=code, clause=one.clause)
        for number, one in enumerate(combination.barred, 1)
        for code in sorted(set(one.units))
    )


def _scheme_units(row: Qualification, combination: shapes.Combination) -> Iterator[SchemeUnit]:
    roots, shown = roots_of(combination), dict[str, str]()
    for group in combination.groups:
        for code in group.units:
            shown.setdefault(code, group.name)
    shown |= {code: shown[root] for code, root in roots.items()}
    unconfirmed = {code for group in combination.groups for code in group.unconfirmed}
    for place, (code, name) in enumerate(shown.items(), 1):
        note = "not confirmed by a source" if code in unconfirmed else ""
        yield SchemeUnit(scheme=row, unit_id=code, counts_as_id=roots.get(code), group=name, place=place, note=note)


def _group_units(row: Qualification, combination: shapes.Combination) -> Iterator[GroupUnit]:
    for code, paths in paths_of(combination).items():
        choice = len(paths) > 1 and code not in combination.counts_once
        for number, path in enumerate(paths):
            top, middle, leaf = (*path, "", "")[:3]
            yield GroupUnit(
                scheme=row, unit_id=code, top=top, middle=middle, leaf=leaf, main=number == 0, choice=choice
            )


def _constraints(
    row: Qualification, combination: shapes.Combination, units: Mapping[str, shapes.Unit]
) -> Iterable[Constraint]:
    structure = structure_of(combination, units)
    for line, said in zip(structure.lines, combination.constraints, strict=True):
        yield Constraint(
            scheme=row, place=line.place, pathway=line.pathway, group=line.group, measure=line.measure,
            level_at_least=line.level_at_least, minimum=line.minimum, maximum=line.maximum,
            elsewhere=line.elsewhere, chooses=chooses(line, structure),
            demonstration=combination.demonstration, clause=said.clause,
        )  # fmt: skip
