"""What a page says of one constraint of a combination."""

import pytest

from conferral.pages.stands import counted_from, counted_so_far
from conferral.records.awards.queries import Standing

TITLES = {"A": "Mandatory units"}


@pytest.mark.parametrize(
    ("group", "measure", "level", "have", "need", "cap", "elsewhere", "where", "words"),
    [
        ("A", "credits", None, 15, 19, None, False, "Mandatory units", "15 of 19 credits"),
        ("", "credits", 2, 41, 45, None, False, "Whole qualification at level 2 or above", "41 of 45 credits"),
        ("D", "credits", None, 3, 0, 7, False, "D", "3 of at most 7 credits"),
        ("A", "units", None, 1, 2, 4, False, "Mandatory units", "1 of 2 units, 4 at most"),
        ("", "credits", None, 6, 0, 10, True, "Carried over from elsewhere", "6 of at most 10 credits"),
        ("A", "credits", None, 6, 0, 10, True, "Mandatory units, carried over from elsewhere",
         "6 of at most 10 credits"),
        ("A", "units", None, 1, 0, None, False, "Mandatory units", "1 units"),
    ],
)  # fmt: skip
def test_a_constraint_says_what_it_counts_and_how_much(group, measure, level, have, need, cap, elsewhere, where, words):
    one = Standing(1, 1, group, measure, level, have, need, cap, "", elsewhere)
    assert counted_from(one, TITLES) == where
    assert counted_so_far(one) == words
