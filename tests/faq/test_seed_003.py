"""The generated answers say, question by question, what the withdrawal notice for the contact centre schemes said.

What the notice settled is restated here as facts: dates, codes, yes or no, ways to reach somebody. Every one of
them must stand in the answer for each of the seven schemes, on a day between announcement and last registration.
"""

from datetime import date

import pytest

from conferral.actions.answers import answer, document
from conferral.rules.faq import QUESTIONS

pytestmark = pytest.mark.django_db
DURING, TODAY = date(2013, 11, 15), date(2026, 11, 23)
LAST_REGISTRATION = date(2013, 12, 31)
FINAL = {
    "10263": date(2014, 12, 31),
    "10264": date(2014, 12, 31),
    "10265": date(2015, 12, 31),
    "10266": date(2015, 12, 31),
    "10267": date(2016, 12, 31),
    "10268": date(2016, 12, 31),
    "10269": date(2016, 12, 31),
}
TWO_MONTHS_BEFORE = {2014: date(2014, 10, 31), 2015: date(2015, 10, 31), 2016: date(2016, 10, 31)}
REGISTER = "http://register.ofqual.gov.uk/"
QUALIFICATION_PAGES = "http://www.ocr.org.uk/qualifications/by-type/vocational-qcf/administration/"
PHONE, EMAIL = "02476 851509", "vocational.qualifications@ocr.org.uk"

# Of each question: words that the answer has to hold, and facts with their values. A callable is given the scheme.
SETTLED = {
    1: (["31 December 2013"], {"last_registration": LAST_REGISTRATION, "may_register": True}),
    2: (["months earlier", "no certificate can be produced"],
        {"final_certification": FINAL.get, "plan_by": lambda scheme: TWO_MONTHS_BEFORE[FINAL[scheme].year]}),
    3: (["external verifier", "visited and reviewed", "Two visits a year are free", "a final one", "charged a fee",
         "smaller centre may be charged", "take the direct claims status away"],
        {"free_visits": 2, "final_visit": True, "final_visit_charged": True}),
    4: (["No", "Wales", "Northern Ireland", "same"], {"different": False}),
    5: (["market", "funding", "reluctance"], {"withdrawn": True}),
    6: (["No.", "Customer Service", "apprenticeships"], {"sector_continues": True}),
    7: (["OCR", REGISTER], {"decided_by": "OCR", "register": REGISTER}),
    8: (["Yes", "registered by 31 December 2013", "units", "full qualification"],
        {"may_claim": True, "registered_by": LAST_REGISTRATION, "claim_until": FINAL.get}),
    9: (["without a registration nothing can be claimed", "registered by 31 December 2013", "claimed by"],
        {"register_by": LAST_REGISTRATION, "claim_until": FINAL.get}),
    10: (["No", "not refundable", "full award", "unit", "unnamed"], {"refundable": False}),
    11: (["knowledge", "levels 1 to 3", "NVQs at levels 1 to 4", "apprenticeships"], {}),
    12: (["NVQs: in the same way", "by post", "external verifier", "section 3", QUALIFICATION_PAGES],
         {"route": "verified"}),
    13: (["https://www.ocreventbooker.org.uk/ocr/desktopdefault.aspx"], {}),
    14: ([QUALIFICATION_PAGES], {}),
    15: (["Yes", "NVQs", "transferred", QUALIFICATION_PAGES, PHONE, EMAIL],
         {"transfers": True, "phone": PHONE, "email": EMAIL}),
    16: (["on-line", "http://www.ocr.org.uk/i-want-to/do/become-an-approved-centre/"], {"apply": True}),
    17: (["Skills CfA", "QCF"], {"sector_body": "Skills CfA"}),
    18: (["entries", "allocated", "visit", "same", "Slightly different", "knowledge", "Customer Contact Centre",
          "cast@ocr.org.uk", "A850", "http://www.ocr.org.uk/administration/documents/vocational.html"],
         {"order": ["entries", "allocation", "visits"], "email": "cast@ocr.org.uk"}),
    19: (["can’t be promised", "entries", "allocated", "assessors"], {"promised": False}),
    20: (["Customer Contact Centre", PHONE, EMAIL, "http://www.ocr.org.uk/contact-us/regional-account-managers/"],
         {"phone": PHONE, "email": EMAIL}),
    21: (["other awarding organisations", "Contact Centre Operations", REGISTER], {"register": REGISTER}),
}  # fmt: skip
# What changes once the last dates are past; everything else stays as it was.
PAST = {
    1: (["31 December 2013"], {"may_register": False}),
    2: (["months earlier"], {"may_claim": False}),
    3: (["visited and reviewed", "charged a fee", "take the direct claims status away"], {}),
    8: (["Not any more"], {"may_claim": False, "claim_until": FINAL.get}),
    9: (["Nothing can be claimed", "registered by 31 December 2013"], {"may_register": False}),
}


@pytest.fixture(autouse=True)
def shipped(catalogue):
    """Every answer here is made from the shipped catalogue."""


def missing(given, settled, scheme):
    """The settled words that an answer lacks, and its facts that differ."""
    text, (words, facts) = " ".join(given.text), settled
    values = {name: value(scheme) if callable(value) else value for name, value in facts.items()}
    lacking = [word for word in words if word not in text]
    return lacking + [f"{name}: {given.facts[name]}" for name, value in values.items() if given.facts[name] != value]


def test_every_question_was_settled():
    assert list(SETTLED) == [one.number for one in QUESTIONS]


@pytest.mark.parametrize("scheme", FINAL)
def test_the_answers_say_what_the_notice_said(scheme):
    for number, settled in SETTLED.items():
        given = answer(number, scheme, DURING)
        assert (number, missing(given, settled, scheme)) == (number, [])
        assert f"q{number}" in " ".join(given.clauses).split()


@pytest.mark.parametrize("scheme", FINAL)
def test_they_say_so_today_with_what_has_passed_in_the_meantime(scheme):
    for number, settled in (SETTLED | PAST).items():
        assert (number, missing(answer(number, scheme, TODAY), settled, scheme)) == (number, [])


@pytest.mark.parametrize("scheme", FINAL)
def test_the_final_dates_stand_in_words_in_the_answer(scheme):
    final = FINAL[scheme]
    for number in (2, 8, 9):
        assert f"{final.day} {final:%B %Y}" in " ".join(answer(number, scheme, DURING).text)


def test_the_whole_document_holds_every_settled_word():
    sections = {section.question.number: section for section in document("contact-centre-2013", DURING).sections}
    for number, (words, _) in SETTLED.items():
        text = " ".join(sentence for part in sections[number].answers for sentence in part.text)
        assert [word for word in words if word not in text] == [], number


def test_each_alternative_is_compared_by_how_its_work_is_looked_at():
    given = answer(12, "10266", DURING)
    assert given.facts["families"] == {
        "Customer Service knowledge qualifications (Principles of Customer Service)": "postal",
        "Customer Service NVQs": "verified",
    }
    assert given.facts["alternatives"] == {"03455": "verified", "09628": "postal"}


def test_the_families_to_offer_instead_have_their_levels():
    families = {one["text"]: one["levels"] for one in answer(11, "10263", DURING).facts["families"]}
    assert sorted(families.values()) == [[], [1, 2, 3], [1, 2, 3, 4]]
