import dataclasses
import re
import string

import pytest

from conferral.rules.book import ALSO, CHAPTERS, RULES, chapter_of, rules_on
from conferral.rules.rule import BOOK, NOTED, REFUSED, WARNED
from tests.docs.sources import known_clause
from tests.rules.drawn import FACTS, types_of

BY_ID = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
FORM_FIELDS = {"candidate", "reference"}  # asked for on a form, and looked up to become facts


def facts_of(rule):
    return {field.name for field in dataclasses.fields(FACTS[rule.subject])}


def mentioned(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_book_has_every_rule_once_and_in_a_chapter():
    assert set(RULES) == set(BOOK.values())
    assert len(RULES) == len(BOOK)
    assert list(dict.fromkeys(chapter_of(rule) for rule in RULES)) == [title for title, _ in CHAPTERS]
    assert {chapter_of(rule) for rule in RULES} == {title for title, _ in CHAPTERS}
    assert {rule.subject for rule in RULES} == set(FACTS)
    judging = [rule.id for subject in FACTS for rule in rules_on(subject)]
    assert sorted(judging) == sorted([*BOOK, *(rule.id for rule, others in ALSO.items() for _ in others)])


def test_no_chapter_is_too_long_to_read():
    chapters = [chapter_of(rule) for rule in RULES]
    assert [title for title, _ in CHAPTERS if chapters.count(title) > 20] == []


def test_there_are_no_rules_on_an_unknown_subject():
    with pytest.raises(KeyError):
        rules_on("weather")


@BY_ID
def test_a_rule_is_called_what_it_refuses(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.decide.__name__ == rule.id.replace("-", "_")


@BY_ID
def test_a_rule_says_its_obligation_in_one_sentence(rule):
    assert rule.heading.endswith(".")
    assert len(rule.heading.split()) >= 5
    assert not rule.explanation or rule.explanation.endswith(".")


@BY_ID
def test_refusal_and_remedy_are_sentences_about_known_facts(rule):
    for text in (rule.refuse, rule.remedy):
        assert mentioned(text) <= facts_of(rule), text
        assert text.endswith((".", ".”")), text
        assert text[0] in "{9" or text[0].isupper(), text
        assert "  " not in text
    assert len(f"{rule.refuse} {rule.remedy}".split()) >= 8
    assert len(rule.remedy.split()) >= 4


@BY_ID
def test_a_refusal_stands_beside_a_field(rule):
    assert rule.about in {"", *facts_of(rule), *FORM_FIELDS}


@BY_ID
def test_a_rule_needs_and_is_dated_by_facts_of_its_subject(rule):
    assert set(rule.needs) <= facts_of(rule)
    assert rule.dated_by in {"", *facts_of(rule)}
    assert (rule.since or rule.until) is None or rule.dated_by
    assert None in (rule.since, rule.until) or rule.since <= rule.until


@BY_ID
def test_what_a_rule_needs_may_be_absent(rule):
    optional = {name for name, _, absent in types_of(FACTS[rule.subject]) if absent}
    assert set(rule.needs) <= optional


@BY_ID
def test_a_rule_rests_on_a_clause_that_can_be_looked_up(rule):
    assert known_clause(rule.clause)


@BY_ID
def test_a_rule_that_the_house_decided_says_how_it_read_the_source(rule):
    assert rule.decided_by in ("", "house")
    assert bool(rule.decided_by) == bool(rule.reading)
    assert not rule.reading or rule.reading.endswith(".")


@BY_ID
def test_a_rule_refuses_warns_or_notes(rule):
    assert rule.outcome in (REFUSED, WARNED, NOTED)


@BY_ID
def test_the_rules_carried_are_numbers_of_the_design(rule):
    assert [number for number in rule.rulebook if not re.fullmatch(r"R([1-9]|[1-7]\d|80)", number)] == []
    assert len(set(rule.rulebook)) == len(rule.rulebook)
