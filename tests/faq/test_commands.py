"""The 21 questions asked at a terminal."""

import json

import pytest
from typer.testing import CliRunner

from conferral.cli.main import app
from conferral.rules.faq import QUESTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped(catalogue):
    """Every answer here is made from the shipped catalogue."""


def ask(*words):
    result = CliRunner().invoke(app, ["faq", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_every_question_is_answered_with_its_clause_and_reading():
    code, said = ask("2", "--scheme", "10265", "--on", "2013-11-15")
    assert code == 0
    assert said.startswith("2. Until which day are certificates produced?")
    for words in ("31 December 2015", "31 October 2015", "Clause: cco-withdrawal-2013 q2", "Read here as: Inclusive",
                  "Producing a certificate on 1 January 2016: refused"):  # fmt: skip
        assert words in said


def test_without_a_day_it_is_today_and_without_a_scheme_the_first_withdrawn_one():
    assert "31 December 2013 was the last day to register candidates for 10263." in ask("1")[1]


def test_without_a_number_all_are_answered_in_short():
    code, said = ask("--scheme", "09628")
    assert code == 0
    assert len(said.strip().splitlines()) == len(QUESTIONS)
    assert " 5. Why withdrawn: No withdrawal of 09628 is announced." in said


@pytest.mark.parametrize("number", range(1, 22))
def test_json_has_everything_a_program_needs(number):
    code, said = ask(str(number), "--scheme", "10266", "--on", "2013-11-15", "--json")
    given = json.loads(said)
    assert code == 0
    assert set(given) == {"question", "title", "scheme", "on", "text", "facts", "clauses", "readings", "rules",
                          "links", "cases"}  # fmt: skip
    assert (given["question"], given["scheme"], given["on"]) == (number, "10266", "2013-11-15")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("1", "--scheme", "99999"), "No scheme has the code 99999"),
        (("22",), "There is no question 22. They are numbered 1 to 21."),
        (("0", "--json"), "There is no question 0"),
        (("1", "--on", "2014-02-31"), "there is no such day"),
        (("--scheme", "1; DROP"), "No scheme has the code 1; DROP"),
        (("one",), "Invalid value"),
        (("3", "--on", "0001-01-01"), "Nothing is known of the year 1."),
        (("3", "--on", "9999-12-31"), "Ask about a day from 1900 to 2200."),
    ],
)
def test_what_cannot_be_answered_is_said_with_exit_code_2(words, told):
    code, said = ask(*words)
    assert code == 2
    assert told in said
    assert "Traceback" not in said
