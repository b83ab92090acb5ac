"""Answers for schemes that nobody withdrew, and for days before, between and after the last dates."""

import json
from datetime import date

import pytest

from conferral.actions.answers import Unanswerable, answer, document, first_scheme, short_answers
from conferral.records.catalogue.models import Qualification, Source, Withdrawal
from conferral.rules.faq import QUESTIONS
from conferral.rules.rule import BOOK

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
NUMBERS = range(1, 22)


@pytest.fixture(autouse=True)
def shipped(catalogue):
    """Every answer here is made from the shipped catalogue."""


def text(number, scheme, on=TODAY):
    return " ".join(answer(number, scheme, on).text)


def codes():
    return list(Qualification.objects.values_list("code", flat=True))


def test_every_question_is_answered_for_every_scheme_on_any_day_in_whole_sentences():
    for on in (date(1900, 1, 1), date(2012, 12, 31), date(2013, 12, 31), date(2014, 1, 1), TODAY, date(2199, 12, 31)):
        for scheme in codes():
            for given in short_answers(scheme, on):
                read = " ".join(given.text)
                assert given.text
                assert "{" not in read
                assert "None" not in read
                assert "  " not in read
                assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in given.text), given
                assert set(given.rules) <= set(BOOK)


def test_every_clause_names_a_document_that_the_catalogue_knows():
    known = {*Source.objects.values_list("id", flat=True), "house"}
    for scheme in codes():
        for given in short_answers(scheme, TODAY):
            assert {clause.split(" ")[0] for clause in given.clauses} <= known, given


def test_an_open_scheme_has_no_last_date_and_needs_no_alternative():
    assert text(1, "09628") == "No last registration date is known for 09628. So registrations are taken."
    assert "No final certification date is known" in text(2, "09628")
    assert text(5, "09628") == "No withdrawal of 09628 is announced."
    assert "Nothing else is needed" in text(11, "09628")
    assert text(8, "09628").startswith("Yes")
    assert answer(9, "09628", TODAY).facts["may_register"] is True


def test_a_scheme_moderated_by_post_has_no_visits_and_sends_work_in_24_hours():
    assert "nobody visits" in text(3, "09628")
    assert [case.verdict.allowed for case in answer(3, "09628", TODAY).cases] == [False]
    assert "within 24 hours" in text(18, "09628")
    assert "by post" in text(12, "09628")


def test_an_open_verified_scheme_has_free_visits_and_no_final_one():
    given = answer(3, "10379", TODAY)
    assert given.facts["final_visit"] is False
    assert "1 September 2026 to 31 August 2027" in " ".join(given.text)
    assert [case.verdict.warned != () for case in given.cases] == [False, True, True]


@pytest.mark.parametrize(
    ("on", "register", "claim"),
    [
        (date(2012, 12, 31), True, True),
        (date(2013, 1, 1), True, True),
        (date(2013, 12, 31), True, True),
        (date(2014, 1, 1), False, True),
        (date(2014, 12, 31), False, True),
        (date(2015, 1, 1), False, False),
    ],
)
def test_what_may_be_done_follows_the_days_of_the_scheme(on, register, claim):
    assert answer(1, "10263", on).facts["may_register"] is register
    assert answer(2, "10263", on).facts["may_claim"] is claim
    assert answer(8, "10263", on).facts["may_claim"] is claim
    assert answer(9, "10263", on).facts["may_register"] is register


def test_before_the_announcement_nothing_of_it_is_told():
    for number in NUMBERS:
        read = text(number, "10263", date(2012, 12, 31))
        assert not any(year in read for year in ("2014", "2015", "2016")), read
        assert "02476" not in read
    assert "had been announced" in text(1, "10263", date(2012, 12, 31))
    assert text(1, "10263", date(2013, 1, 1)).startswith("31 December 2013 is the last day")


def test_the_tense_follows_the_day():
    assert " is the last day" in text(1, "10265", date(2013, 12, 31))
    assert " was the last day" in text(1, "10265", date(2014, 1, 1))
    assert " are produced until" in text(2, "10265", date(2015, 12, 31))
    assert " were produced until" in text(2, "10265", date(2016, 1, 1))
    assert "ended with the last certificates" in text(3, "10265", date(2016, 1, 1))


def test_a_withdrawal_of_which_only_dates_are_known_makes_nothing_up():
    assert text(1, "03454").startswith("31 August 2018 was the last day")
    assert text(5, "03454") == "No reason is recorded for withdrawing 03454."
    assert "No alternative to 03454 is named." in text(11, "03454")
    assert "Ask the awarding" in text(20, "03454") or "ask the awarding" in text(20, "03454")
    for number in NUMBERS:
        assert "02476" not in text(number, "03454")
        assert "Skills CfA" not in text(number, "03454")


def test_an_alternative_that_has_closed_since_is_said_to_have_closed():
    assert "takes no registrations" not in text(11, "10263", date(2013, 11, 15))
    assert "03454 OCR Level 1 NVQ Certificate in Customer Service, which takes no registrations" in text(11, "10263")


def test_shared_units_are_told_by_their_number_with_the_doubt_that_remains():
    given = answer(15, "10265", TODAY)
    assert given.facts["shared_units"] == {"A6": "03455"}
    assert "no source at hand confirms it" in " ".join(given.text)


def test_dates_without_a_withdrawal_are_told_without_reasons():
    Qualification.objects.filter(code="10264").update(withdrawal=None)
    assert text(1, "10264").startswith("31 December 2013 was the last day")
    assert "no announcement with reasons" in text(5, "10264")


def test_cases_are_judged_by_the_rules():
    registering = answer(1, "10263", TODAY).cases
    assert [(case.on, case.verdict.allowed) for case in registering] == [
        (date(2013, 12, 30), True),
        (date(2013, 12, 31), True),
        (date(2014, 1, 1), False),
    ]
    said = [[reason.rule for reason in case.verdict.reasons] for case in answer(3, "10263", TODAY).cases]
    assert said == [
        [],
        ["visit-beyond-free-allowance"],
        ["visit-to-few-candidates"],
        ["direct-claim-without-final-visit"],
        [],
        ["direct-claims-after-final-visit"],
    ]
    assert all(not case.verdict.allowed for case in answer(10, "09628", TODAY).cases)


def test_an_answer_can_be_printed_as_json():
    for number in NUMBERS:
        printed = json.loads(json.dumps(answer(number, "10263", TODAY).as_json()))
        assert printed["question"] == number
        assert printed["on"] == "2026-11-23"
        assert printed["clauses"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda: answer(1, "99999", TODAY), "No scheme has the code 99999"),
        (lambda: answer(0, "10263", TODAY), "There is no question 0"),
        (lambda: answer(22, "10263", TODAY), "numbered 1 to 21"),
        (lambda: document("nothing", TODAY), "no scheme and no withdrawal nothing"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(asked, words):
    with pytest.raises(Unanswerable, match=words):
        asked()


def test_the_first_scheme_is_the_first_withdrawn_one():
    assert first_scheme() == "10263"
    Withdrawal.objects.all().delete()
    assert first_scheme() == Qualification.objects.first().code


def test_a_document_of_one_scheme_has_no_headings_for_groups():
    found = document("09628", TODAY)
    assert not found.dated
    assert [section.question for section in found.sections] == list(QUESTIONS)
    assert all(len(section.answers) == 1 and not section.answers[0].heading for section in found.sections)


@pytest.mark.parametrize("scheme", ["03454", "03456", "10263", "10265", "10267", "10269"])
def test_an_ended_scheme_is_spoken_of_as_ended_and_no_case_contradicts_the_answer(scheme, db, noon):
    """In 03454 both last days are one: nobody claims a month after it, and who claims the day before is in time."""
    told = answer(3, scheme, date(2026, 11, 28))
    assert "was accepted only once" in " ".join(told.text)
    assert "September 2026" not in " ".join(told.text)
    final = answer(2, scheme, date(2026, 11, 28)).cases[1].on
    assert all(case.on is None or case.on <= final for case in told.cases)
    assert [case.verdict.allowed for case in answer(8, scheme, date(2026, 11, 28)).cases] == [True, True, False]
    assert [case.verdict.allowed for case in answer(9, scheme, date(2026, 11, 28)).cases] in ([], [True, True, False])
