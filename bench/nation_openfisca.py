"""The rules of the two diplomas as variables of OpenFisca."""

from datetime import date
from typing import Any

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.nation_engines import FAR, day_number
from bench.nation_world import ON

ACHIEVEMENT = build_entity(key="achievement", plural="achievements", label="A unit achieved", is_person=True)
REGISTRATION = build_entity(
    key="registration", plural="registrations", label="A registration", roles=[{"key": "unit", "plural": "units"}]
)


def system_of(days: dict[str, date], hours: int) -> TaxBenefitSystem:
    """The system with inputs, amounts and one variable a rule."""
    system = TaxBenefitSystem([ACHIEVEMENT, REGISTRATION])
    for name in ("in_a", "in_b", "in_c", "in_d"):
        system.add_variable(variable(name, ACHIEVEMENT, bool))
    for name in ("level", "credit"):
        system.add_variable(variable(name, ACHIEVEMENT, int))
    for name in ("closed", "awarded"):
        system.add_variable(variable(name, REGISTRATION, bool))
    for name, formula in formulas(days, hours).items():
        system.add_variable(variable(name, REGISTRATION, bool if name.startswith(("rule", "open")) else int, formula))
    return system


def variable(name: str, entity: Any, kind: type, formula: Any = None) -> type[Variable]:
    about = {"value_type": kind, "entity": entity, "definition_period": DateUnit.DAY, "label": name}
    return type(name, (Variable,), about | ({"formula": formula} if formula else {}))


def formulas(days: dict[str, date], hours: int) -> dict[str, Any]:
    """Amounts, what is short, and the rules."""
    on = day_number(ON)

    def value(name: str) -> Any:
        return lambda registration, period: registration(name, period)

    def credits(group: str, least: int = 0) -> Any:
        def formula(registration, period):
            unit = registration.members
            counts = unit(f"in_{group}", period) & (unit("level", period) >= least)
            return registration.sum(unit("credit", period) * counts)

        return formula

    def a_units(registration, period):
        return registration.sum(registration.members("in_a", period))

    def shortages(registration, period):
        a, b, c, d, d2 = (registration(name, period) for name in ("a", "b", "c", "d", "d2"))
        whole, high = 45 - a - b - c - numpy.minimum(d, 7), 45 - a - b - c - numpy.minimum(d2, 7)
        return whole, high, 19 - a, 3 - b, 16 - c

    def short(registration, period):
        return numpy.maximum(0, numpy.max(shortages(registration, period), axis=0))

    def unmet(registration, period):
        found = numpy.sum(numpy.stack(shortages(registration, period)) > 0, axis=0)
        return found + (registration("a_units", period) < 5)

    def day_of(name: str) -> Any:
        number = day_number(days[name])
        return lambda registration, period: numpy.where(registration("closed", period), number, FAR)

    def open_(registration, period):
        return (registration("unmet", period) > 0) & ~registration("awarded", period)

    def too_short(registration, period):
        weeks = numpy.ceil(registration("short", period) * 10 / hours)
        return registration("open_", period) & (on + weeks * 7 > registration("safe", period))

    def after(name: str) -> Any:
        return lambda registration, period: on > registration(name, period)

    def after_safe(registration, period):
        in_time = on <= registration("final", period)
        return registration("open_", period) & (on > registration("safe", period)) & in_time

    return {
        "a": credits("a"), "b": credits("b"), "c": credits("c"), "d": credits("d"), "d2": credits("d", 2),
        "a_units": a_units, "short": short, "unmet": unmet,
        "final": day_of("final"), "plan_by": day_of("plan_by"), "safe": day_of("safe"), "open_": open_,
        "rule_0": lambda registration, period: registration("unmet", period) > 0,
        "rule_1": after("final"),
        "rule_2": value("awarded"),
        "rule_3": lambda registration, period: after("final")(registration, period) & ~registration("awarded", period),
        "rule_4": after_safe,
        "rule_5": lambda registration, period: registration("open_", period) & after("plan_by")(registration, period),
        "rule_6": too_short,
        "rule_7": value("open_"),
    }  # fmt: skip
