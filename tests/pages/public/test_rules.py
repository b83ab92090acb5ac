"""The rule book: every rule has its page, and the Ask forms answer as the rules do."""

import re

import pytest
from django.urls import reverse

from conferral.pages.public.clauses import place_in_words
from conferral.pages.public.plain_refusals import PLAIN
from conferral.pages.public.worked_cases import TRIPLES
from conferral.rules.book import RULES
from conferral.rules.journeys import JOURNEYS
from conferral.rules.policies import POLICIES
from tests.world import load_catalogue


@pytest.fixture
def catalogue(db, noon):
    load_catalogue(noon)


def text_of(answer) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_every_reason_has_a_page(client, catalogue):
    for id in (*(rule.id for rule in RULES), *PLAIN):
        answer = client.get(f"/rules/{id}/")
        assert answer.status_code == 200, id
        assert id in text_of(answer)


def test_a_rule_that_does_not_exist_has_none(client, catalogue):
    assert client.get("/rules/no-such-rule/").status_code == 404


def test_the_book_names_every_rule(client, catalogue):
    said = text_of(client.get("/rules/"))
    assert [rule.id for rule in RULES if rule.id not in said] == []


def test_no_page_shows_the_code_of_a_rule(client, catalogue):
    said = text_of(client.get("/rules/claim-after-final-certification/"))
    assert "after(" not in said
    assert "def " not in said


@pytest.mark.parametrize(
    ("registered", "on", "word"),
    [
        ("31/12/2013", "1/6/2014", "Nothing in the dates stands against it"),
        ("31/12/2013", "31/12/2014", "Allowed, with a warning"),
        ("2013-12-31", "2015-01-01", "Refused"),
        ("1/1/2014", "1/6/2014", "Refused"),
    ],
)
def test_a_rule_answers_for_a_scheme_and_days(client, catalogue, registered, on, word):
    asked = {"scheme": "10263", "registered": registered, "on": on}
    answer = client.get("/rules/claim-after-final-certification/", asked)
    assert answer.status_code == 200
    [box] = re.findall(r'<div id="answer".*?</div>', answer.content.decode(), re.DOTALL)
    assert word in box


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scheme": "", "registered": "", "on": ""}, "Enter the day of the claim"),
        ({"scheme": "10263", "registered": "31/02/2013", "on": "1/1/2014"}, "There is no day 31/02/2013"),
        ({"scheme": "99999", "registered": "1/1/2013", "on": "1/1/2014"}, "Choose a scheme of the list"),
        ({"scheme": "10263", "registered": "9" * 40, "on": "\x00"}, "There is no such day"),
    ],
)
def test_a_question_that_makes_no_sense_keeps_what_was_typed(client, catalogue, asked, said):
    answer = client.get("/rules/claim-near-final-certification/", asked)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Error: " in answer.content.decode()


def test_a_scheme_that_nobody_knows_is_refused_where_any_code_may_be_asked(client, catalogue):
    answer = client.get("/rules/scheme-unknown/", {"scheme": "1+2", "on": "1/1/2014"})
    assert "No scheme has the code 1+2." in text_of(answer)


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("registration-after-last-date", ["Allowed", "Allowed", "Refused"]),
        ("candidate-registered-too-late", ["Allowed", "Allowed", "Refused"]),
        ("claim-without-registration", ["Refused", "Allowed", "Allowed"]),
        ("claim-after-final-certification", ["Allowed, with a warning"] * 2 + ["Refused"]),
        ("claim-near-final-certification", ["Allowed", "Allowed", "Allowed, with a warning"]),
        ("certificate-after-final-certification", ["Allowed", "Allowed", "Refused"]),
        ("decision-after-final-certification", ["Allowed", "Allowed", "Refused"]),
    ],
)
def test_the_day_before_the_day_and_the_day_after_are_worked_out(client, catalogue, rule, answers):
    page = client.get(f"/rules/{rule}/").context["page"]
    assert [case["answer"][1] for case in page["worked"]["cases"]] == answers


def test_every_rule_that_is_worked_out_is_tested_above():
    [marked] = [
        mark for mark in test_the_day_before_the_day_and_the_day_after_are_worked_out.pytestmark
        if mark.name == "parametrize"
    ]  # fmt: skip
    assert {rule for rule, _ in marked.args[1]} == set(TRIPLES)


def test_every_value_has_its_source(client, catalogue):
    answer = client.get(reverse("policy_values"))
    assert len(answer.context["page"]["values"]) == len(POLICIES)
    assert all(row["cited"].source or row["cited"].by_house for row in answer.context["page"]["values"])


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("cco-withdrawal-2013 q2 q8", "questions 2 and 8"),
        ("moderation-2012 p5a", "paragraph 5a"),
        ("diploma-structure-2014 group A", "group A"),
        ("diploma-l2-handbook-2014 5", "section 5"),
        ("house", ""),
    ],
)
def test_a_clause_is_named_in_words(clause, words):
    assert place_in_words(clause) == words


def test_every_clause_of_a_rule_names_a_document_we_know(catalogue):
    from conferral.pages.public.clauses import cited

    unknown = [one.clause for one in cited(*(rule.clause for rule in RULES)) if not (one.source or one.by_house)]
    assert unknown == []


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_is_a_table_with_every_move(client, db, noon, name):
    answer = client.get(f"/journeys/{name}/")
    assert answer.content.decode().count("<tr>") == len(JOURNEYS[name].moves) + 1
    assert f"conferral/journeys/{name}.svg" in answer.content.decode()


def test_a_journey_that_does_not_exist_has_no_page(client, db, noon):
    assert client.get("/journeys/holiday/").status_code == 404
