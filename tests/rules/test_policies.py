from datetime import date
from importlib.resources import files

import pytest

from conferral.rules.policies import POLICIES, Policy, policy
from tests.docs.sources import known_clause


@pytest.mark.parametrize("value", POLICIES.values(), ids=POLICIES)
def test_a_value_says_where_it_comes_from_and_when_it_was_last_looked_at(value):
    assert known_clause(value.clause)
    assert isinstance(value.reviewed, date)
    assert type(value.value) is int
    assert value.value > 0
    assert len(value.unit) > 3


@pytest.mark.parametrize("value", POLICIES.values(), ids=POLICIES)
def test_a_value_that_the_house_decided_says_how_it_read_the_source(value):
    assert value.decided_by in ("", "house")
    assert bool(value.decided_by) == bool(value.reading)
    assert value.reading.endswith(".") or not value.reading


def test_no_value_is_entered_twice():
    texts = [file.read_text("utf-8") for file in files("conferral.rules").joinpath("policy").iterdir()]
    assert sum(text.count("\n[") + text.startswith("[") for text in texts) == len(POLICIES)


def test_an_unknown_policy_is_an_error():
    with pytest.raises(KeyError):
        policy("hours_of_sunshine")
    assert policy("hours_to_send_work") == 24
    assert isinstance(POLICIES["hours_to_send_work"], Policy)
