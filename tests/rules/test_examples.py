"""Every rule has an example that runs: it speaks of one record, and not of the one beside it."""

import pytest

from conferral.rules.book import RULES
from conferral.rules.examples import examples
from conferral.rules.rule import BOOK
from conferral.rules.subjects import SUBJECTS
from tests.rules.drawn import types_of


def record(rule, given):
    """The facts of an example. What can’t be absent and is not looked at is a scheme."""
    facts = SUBJECTS[rule.subject]
    needed = {name: "10263" for name, _, absent in types_of(facts) if not absent}
    return facts(**(needed | dict(given)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_of_its_example_and_not_of_the_one_beside_it(rule):
    speaks, silent = examples(rule)
    assert speaks.outcome == rule.outcome
    assert rule.standing(record(rule, speaks.given)) == rule.outcome
    assert rule.standing(record(rule, silent.given)) == silent.outcome != rule.outcome
    assert speaks.text
    assert silent.text == ""
    assert dict(speaks.given).keys() == dict(silent.given).keys()


def test_the_example_beside_differs_in_one_fact_where_that_is_enough():
    away = [
        sum(one != other for one, other in zip(*(example.given for example in examples(rule)), strict=True))
        for rule in RULES
    ]
    assert max(away) <= 2
    assert away.count(1) >= len(away) - 3


def test_an_example_is_what_the_rule_says_of_it():
    rule = BOOK["again-after-final-certification"]
    speaks, _ = examples(rule)
    reason = rule.reason(record(rule, speaks.given))
    assert reason.text == speaks.text
