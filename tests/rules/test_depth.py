"""The advice on answers: measured on a labelled set, and each ground on its own."""

import pytest

from conferral.cli.depth import OWN
from conferral.rules.depth import LONGEST, READING, advise, least_words, points_asked
from conferral.rules.depth_scores import read_labelled, score
from conferral.rules.verbs import COMMAND_VERBS

ANSWERS = read_labelled(OWN.read_text("utf-8"))


def test_the_advice_agrees_with_the_labels():
    assert len(ANSWERS) >= 200
    for answers in (ANSWERS, [one for one in ANSWERS if one.held_out]):
        found = score(answers)
        assert found.precision >= 0.92
        assert found.recall >= 0.92


@pytest.mark.parametrize("depth", COMMAND_VERBS.depths, ids=lambda depth: depth.verbs[0])
def test_each_kind_of_verb_has_labelled_answers_and_values(depth):
    found = score([one for one in ANSWERS if one.verb in depth.verbs])
    assert found.answers >= 6
    assert found.precision >= 0.85
    assert found.recall >= 0.85
    assert depth.verbs[0] in READING.words


LONG = "The customer waits at the desk and the clerk writes the name into the book and the bell is rung for the porter"
GROUNDS = [
    ("", "explain", 2, 1, "blank"),
    (" \n\t…!? ", "list", 2, 1, "blank"),
    ("N/A", "state", 1, 1, "blank"),
    ("Don’t know", "state", 1, 1, "blank"),
    ("Price.", "identify", 1, 1, "one-word"),
    ("price", "evaluate", 4, 1, "one-word"),
    ("good good good good good", "describe", 2, 1, "repeats"),
    ("late goods\nrude staff", "list", 2, 4, "few-points"),
    ("late, rude, dear, broken", "list", 2, 4, "bare-points"),
    ("- listens\n- smiles\n- helps", "describe", 2, 1, "list few-words"),
    (LONG, "explain", 2, 1, "no-reason"),
    (LONG, "describe", 2, 1, ""),
    (LONG, "describe", 4, 1, "few-words"),
    (LONG + " " + LONG, "compare", 2, 1, "not-compared"),
    (LONG + " " + LONG, "discuss", 2, 1, "one-side"),
    (LONG + " " + LONG, "analyse", 2, 1, "told-only"),
    (LONG + " " + LONG, "evaluate", 2, 1, "no-judgement"),
    (LONG + " and that is a strength " + LONG, "assess", 2, 1, "opinion"),
    (LONG + " " + LONG, "recommend", 2, 1, "choice-alone"),
    (LONG, "carry out", 2, 1, "claimed-only"),
    (LONG + " " + LONG, "monitor", 2, 1, "one-occasion"),
    ("Every kind of information about all goods and all services on offer", "illustrate", 2, 1, "general"),
    (LONG, "frobnicate", 2, 1, ""),
]


@pytest.mark.parametrize(("answer", "verb", "level", "points", "grounds"), GROUNDS)
def test_each_ground_is_found_and_said_in_a_sentence(answer, verb, level, points, grounds):
    found = advise(answer, verb=verb, level=level, points=points)
    assert " ".join(one.id for one in found) == grounds
    assert all(one.text[0] in "“ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" and one.text.endswith(".") for one in found)


def test_saying_the_criterion_again_is_found_only_when_the_criterion_is_known():
    again = "A charter has the purpose to be a customer charter"
    asked = "State the purpose of a customer charter"
    assert [one.id for one in advise(again, verb="state", level=2, criterion=asked)] == ["restates"]
    assert advise(again, verb="state", level=2) == ()


def test_a_higher_level_asks_for_more_words_and_each_point_for_its_own():
    for verb in READING.words:
        by_level = [least_words(verb, level) for level in range(1, 9)]
        assert by_level == sorted(by_level)
        assert least_words(verb, 2, 3) > least_words(verb, 2)
    assert least_words("explain", None) == least_words("explain", 2)


@pytest.mark.parametrize(
    ("criterion", "points"),
    [
        ("List four common causes of complaints", 4),
        ("Identify two codes of practice", 2),
        ("Compare two ways to measure it", 1),
        ("State the purpose of a charter", 1),
        ("Give examples of three offers", 1),
    ],
)
def test_how_many_points_a_criterion_asks_for(criterion, points):
    assert points_asked(criterion) == points


@pytest.mark.parametrize("answer", ["a" * 3_000_000, "- " * 500_000, "\x00\ud800; " * 50_000, "so " * 400_000])
def test_hostile_answers_are_read_in_bounded_time(answer):
    assert len(answer) > LONGEST
    advise(answer, verb="explain", level=2, criterion=answer[:300])


@pytest.mark.parametrize("text", ["", "[[asked]]\nverb = 'list'", "x = ["])
def test_a_file_without_answers_says_what_is_wrong(text):
    with pytest.raises(ValueError):
        read_labelled(text)
