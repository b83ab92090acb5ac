"""How samples are sized and drawn, against counting by hand and published figures."""

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferral.rules.policies import policy
from conferral.rules.sampling import (
    Agreement,
    Marked,
    chance_of_missing,
    draw,
    size_for,
    sizes,
    tolerated_share,
)


def marks(*of: tuple[int, str, int]) -> list[Marked]:
    """Some marks of each (assessor, unit), numbered from 1."""
    pairs = [(assessor, unit) for assessor, unit, count in of for _ in range(count)]
    return [Marked(number, *pair) for number, pair in enumerate(pairs, 1)]


def test_the_chance_of_missing_is_counted():
    """Of 7 marks 2 are wrong: of the 35 samples of 3, 10 have neither."""
    seen = [not {1, 2} & set(one) for one in combinations(range(1, 8), 3)]
    assert (sum(seen), len(seen)) == (10, 35)
    assert chance_of_missing(7, 2, 3) == pytest.approx(10 / 35)


@pytest.mark.parametrize(
    ("population", "tolerated", "confidence", "least"),
    [(50, 10, 95, 19), (100, 10, 95, 23), (1, 20, 95, 1), (5, 20, 95, 4), (1000, 1, 95, 238)],
)
def test_the_least_sample_is_found(population, tolerated, confidence, least):
    found = size_for(population, tolerated=tolerated, confidence=confidence)
    assert found.sampled == least
    risk = Fraction(comb(population - found.wrong, least), comb(population, least))
    assert risk <= Fraction(100 - confidence, 100)
    if least > 1:
        assert Fraction(comb(population - found.wrong, least - 1), comb(population, least - 1)) > Fraction(5, 100)


@given(st.integers(1, 400), st.integers(1, 50), st.integers(50, 99))
def test_a_sample_keeps_its_promise_and_one_smaller_does_not(population, tolerated, confidence):
    found = size_for(population, tolerated=tolerated, confidence=confidence)
    assert 1 <= found.sampled <= population
    assert found.wrong * 100 > population * tolerated
    assert chance_of_missing(population, found.wrong, found.sampled) <= (100 - confidence) / 100 + 1e-12


@pytest.mark.parametrize(
    ("confirmed", "decided", "low", "high"),
    [(8, 10, 0.490, 0.943), (11, 14, 0.524, 0.924), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_of_an_agreement_rate(confirmed, decided, low, high):
    """81 of 263 gives 0.2553 to 0.3662: the worked example of Newcombe (1998)."""
    assert Agreement(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Agreement(confirmed, decided).interval == pytest.approx((low, high), abs=1e-3)


def test_an_assessor_who_is_agreed_with_less_is_looked_at_more():
    usual, risk, trusted = (policy(f"tolerated_share_{name}") for name in ("usual", "at_risk", "trusted"))
    known = policy("marks_to_know_an_assessor")
    assert tolerated_share(Agreement(0, 0)) == tolerated_share(Agreement(0, known - 1)) == usual
    assert tolerated_share(Agreement(7, 10)) == risk
    assert tolerated_share(Agreement(8, 10)) == usual
    assert tolerated_share(Agreement(100, 100)) == trusted
    many = marks((1, "A", 60), (2, "A", 60), (3, "A", 60))
    found = sizes(many, {1: Agreement(7, 10), 3: Agreement(100, 100)})
    assert found[1].sampled > found[2].sampled > found[3].sampled


def test_the_same_seed_draws_the_same_sample_and_another_seed_another():
    many = marks((1, "A", 40), (1, "B", 3), (2, "A", 20))
    first = draw(many, "a seed", method="risk")
    assert draw(list(reversed(many)), "a seed", method="risk") == first
    assert draw(many, "another", method="risk") != first


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("AB"), st.integers(1, 12)), min_size=1, max_size=6),
    st.sampled_from(["all", "fixed", "risk"]), st.integers(1, 5), st.text(max_size=8),
)  # fmt: skip
def test_every_assessor_and_unit_is_in_every_sample(groups, method, each, seed):
    many = marks(*groups)
    chosen = draw(many, seed, method=method, each=each)
    assert set(chosen) <= {one.number for one in many}
    for assessor, unit in {(one.assessor, one.unit) for one in many}:
        theirs = [one.number for one in many if (one.assessor, one.unit) == (assessor, unit)]
        inside = [number for number in theirs if number in chosen]
        least = {"all": len(theirs), "fixed": min(each, len(theirs)), "risk": 1}[method]
        assert len(inside) >= least
        if method == "fixed":
            assert len(inside) == least
    if method == "risk":
        for assessor, size in sizes(many, {}).items():
            assert sum(one.assessor == assessor for one in many if one.number in chosen) >= size.sampled
