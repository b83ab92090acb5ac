"""The pages of questions and answers: what a stranger reads, and what bad input gets."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from conferral.rules.faq import QUESTIONS

pytestmark = pytest.mark.django_db
ASKED = {"scheme": "10263", "on": "15/11/2013"}


@pytest.fixture(autouse=True)
def shipped(catalogue):
    """Every page here shows the shipped catalogue."""


def words(answer):
    """What is read on a page, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'").split())


def test_all_questions_are_listed_with_short_answers(client):
    answer = client.get(reverse("faq"), ASKED)
    assert answer.status_code == 200
    assert all(one.title in words(answer) for one in QUESTIONS)
    assert "31 December 2013 is the last day to register candidates for 10263." in words(answer)
    assert "Withdrawal of the contact centre qualifications" in words(answer)


def test_without_a_question_the_first_withdrawn_scheme_is_answered_for_today(client):
    read = words(client.get(reverse("faq")))
    assert "Answers for 10263 on 23 November 2026" in read
    assert "31 December 2013 was the last day" in read


@pytest.mark.parametrize("number", range(1, 22))
@pytest.mark.parametrize("scheme", ["10266", "09628"])
def test_every_question_has_a_page_for_withdrawn_and_for_open_schemes(client, number, scheme):
    answer = client.get(reverse("faq_question", args=[number]), {"scheme": scheme, "on": "15/11/2013"})
    assert answer.status_code == 200
    assert QUESTIONS[number - 1].title in words(answer)
    assert "{" not in words(answer)
    assert "None" not in words(answer)


def test_a_question_about_dates_shows_its_cases_dates_rules_and_reading(client):
    answer = client.get(reverse("faq_question", args=[8]), ASKED)
    read = words(answer)
    for shown in ("Yes, for 10263 until 31 December 2014.", "Wednesday 31 December 2014 Allowed, with a warning",
                  "Thursday 1 January 2015 Refused", "How this organisation reads it", "question"):  # fmt: skip
        assert shown in read
    assert reverse("rule", args=["claim-after-final-certification"]) in answer.content.decode()
    assert "10269" in read


def test_nothing_is_told_before_it_was_announced(client):
    read = words(client.get(reverse("faq_question", args=[1]), {"scheme": "10263", "on": "01/06/2012"}))
    assert "no last registration date had been announced" in read
    assert "31 December 2013" not in read


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scheme": "99999"}, "Choose a scheme of the list"),
        ({"scheme": "10263", "on": "31/02/2013"}, "There is no day 31/02/2013"),
        ({"scheme": "", "on": "<script>"}, "There is no day &lt;script&gt;"),
    ],
)
@pytest.mark.parametrize("address", [reverse("faq"), reverse("faq_question", args=[1])])
def test_what_cannot_be_asked_is_said_in_a_sentence(client, address, asked, said):
    answer = client.get(address, asked)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "<title>Error:" in answer.content.decode()


@pytest.mark.parametrize("path", ["/faq/0/", "/faq/22/", "/faq/99999999999999999999/", "/faq/document/nothing/",
                                  "/faq/document/99999/pdf/"])  # fmt: skip
def test_what_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_whole_document_answers_for_all_seven_schemes_together_where_the_answer_is_the_same(client):
    read = words(client.get(reverse("faq_document", args=["contact-centre-2013"]), {"on": "15/11/2013"}))
    assert "For 10263 and 10264 Certificates for 10263 and 10264 are produced until 31 December 2014." in read
    assert "For 10267, 10268 and 10269" in read
    assert read.count("02476 851509") == 3  # questions 15, 18 and 20, once each


def test_a_page_asks_the_database_only_so_often(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        client.get(reverse("faq_question", args=[8]), ASKED)
    with django_assert_max_num_queries(25):
        client.get(reverse("faq"), ASKED)


@pytest.mark.parametrize("id", ["contact-centre-2013", "customer-service-nvq-2019", "09628"])
def test_the_document_is_a_tagged_and_titled_pdf(client, id):
    answer = client.get(reverse("faq_pdf", args=[id]), {"on": "2013-11-15"})
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    root = reader.trailer["/Root"]
    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title
    about = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "<pdfaid:part>2</pdfaid:part>" in about
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert [title for title in titles if title[0].isdigit()] == [f"{one.number}. {one.title}" for one in QUESTIONS]
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "As of 15 November 2013" in text
    assert client.get(reverse("faq_pdf", args=[id]), {"on": "2013-11-15"}).content == answer.content
