"""Kappa and alpha against worked examples that others have published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferral.rules.agreement import cohens_kappa, krippendorffs_alpha


def rows(*people: str) -> list[list[str | None]]:
    """One string per person, a place per thing; a dot where nothing was said."""
    return [[None if value == "." else value for value in thing] for thing in zip(*people, strict=True)]


def test_kappa_of_two_readers_of_grant_proposals():
    """50 proposals: both yes 20, both no 15, only the first yes 5, only the second yes 10; kappa is 0.40."""
    first, second = "y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15
    assert cohens_kappa(first, second) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("people", "alpha"),
    [
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
    ids=["two, yes and no", "two, five names", "four, with gaps"],
)
def test_alpha_of_krippendorffs_own_examples(people, alpha):
    """Krippendorff, Computing Krippendorff's alpha-reliability (2011), sections A to C."""
    assert krippendorffs_alpha(rows(*people)) == pytest.approx(alpha, abs=5e-4)


def test_nothing_is_said_where_chance_leaves_nothing_open():
    assert cohens_kappa("aaa", "aaa") is None
    assert cohens_kappa("", "") is None
    assert krippendorffs_alpha(rows("aaa", "aaa")) is None
    assert krippendorffs_alpha(rows("ab", "..")) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=12))
def test_agreement_is_full_or_less_and_the_same_both_ways(pairs):
    first, second = ([pair[place] for pair in pairs] for place in (0, 1))
    kappa, alpha = cohens_kappa(first, second), krippendorffs_alpha(pairs)
    assert kappa is None or kappa <= 1
    assert alpha is None or alpha <= 1
    assert cohens_kappa(second, first) == kappa
    if first == second and alpha is not None:
        assert alpha == kappa == 1
