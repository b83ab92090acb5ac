"""Withdrawals as cited data: read whole, checked against the packs, and loaded together with them or not at all."""

from datetime import date

import pytest
from django.conf import settings

from conferral.cli.run import load_catalogue
from conferral.records.catalogue.models import Qualification, Withdrawal
from conferral.rules.withdrawals import POINTS, Dates, read_withdrawal, withdrawal_faults

SEVEN = ["10263", "10264", "10265", "10266", "10267", "10268", "10269"]
GOOD = """\
[sources.faq]
title = "Questions and answers"
publisher = "An awarding organisation"

[withdrawal]
id = "speaking-2013"
title = { value = "Withdrawal of Speaking", clause = "faq heading" }
schemes = ["00001"]
announced = { on = 2013-06-01, clause = "faq heading" }

[withdrawal.points]
reason = { text = "Nobody asks for it.", clause = "faq q5" }
help = { text = "Help desk", phone = "01234 567890", email = "help@example.org", clause = "faq q20" }
training = { address = "https://example.org/training/", clause = "faq q13" }

[[withdrawal.alternatives]]
text = "Listening"
levels = [1, 2]
route = "postal"
clause = "faq q11"
"""
SCHEMES = {"00001": Dates(date(2013, 12, 31), date(2014, 12, 31)), "00002": Dates(None, None)}


def faults_of(text, schemes=SCHEMES):
    return withdrawal_faults([read_withdrawal(text, "bad.toml")], schemes)


def with_change(old, new):
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_good_withdrawal_is_read_as_written():
    read = read_withdrawal(GOOD, "good.toml")
    assert faults_of(GOOD) == ()
    assert (read.id, read.schemes, read.announced.value) == ("speaking-2013", ("00001",), date(2013, 6, 1))
    assert read.points["help"].phone == "01234 567890"
    assert read.alternatives[0].levels == (1, 2)
    assert not read.alternatives[0].shares_units


REFUSED = [
    ("[withdrawal]", "[withdrawal", "bad.toml", "at line 5"),
    ("[withdrawal]\n", "[withdraw]\n", "bad.toml, withdraw", "does not belong here"),
    ('id = "speaking-2013"', 'id = "Speaking 2013"', "bad.toml, withdrawal, id", "Speaking 2013"),
    ('id = "speaking-2013"\n', "", "bad.toml, withdrawal, id", "id is missing"),
    ('["00001"]', "[]", "bad.toml, withdrawal, schemes", "No scheme"),
    ('["00001"]', "[1]", "bad.toml, withdrawal, schemes", "not text"),
    ('["00001"]', '["00009"]', "bad.toml, withdrawal, schemes", "in no pack"),
    ('["00001"]', '["00002"]', "bad.toml, withdrawal, schemes", "no last dates"),
    ('["00001"]', '["00001", "00001"]', "bad.toml, schemes", "more than once"),
    ("on = 2013-06-01", "on = 2014-01-01", "bad.toml, withdrawal, announced", "after the last registration"),
    ("on = 2013-06-01", 'on = "2013"', "bad.toml, withdrawal, announced, on", "text in quotes"),
    ("reason =", "reasons =", "bad.toml, withdrawal, points, reasons", "does not belong here"),
    ('text = "Nobody asks for it."', 'text = " "', "bad.toml, withdrawal, points, reason, text", "missing"),
    ('clause = "faq q5"', 'clause = ""', "bad.toml, withdrawal, points, reason, clause", "no citation"),
    ('"faq q5"', '"other q5"', "bad.toml, withdrawal, points, reason, clause", "other"),
    ("01234 567890", "ring us", "bad.toml, withdrawal, points, help, phone", "ring us"),
    ("help@example.org", "help at example", "bad.toml, withdrawal, points, help, email", "help at example"),
    ("https://example.org", "javascript:alert", "bad.toml, withdrawal, points, training, address", "javascript"),
    ("levels = [1, 2]", "levels = [9]", "bad.toml, withdrawal, alternatives Listening, levels", "[9]"),
    ('route = "postal"', 'route = "pigeon"', "bad.toml, withdrawal, alternatives Listening, route", "pigeon"),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), REFUSED)
def test_what_is_wrong_is_refused_with_its_place(old, new, place, words):
    faults = faults_of(with_change(old, new))
    assert [fault for fault in faults if fault.place == place and words in fault.text], faults
    assert all(fault.outcome == "refused" and fault.remedy.endswith((".", "?")) for fault in faults)


def test_a_scheme_is_withdrawn_once():
    twice = [read_withdrawal(GOOD.replace("speaking-2013", id), f"{id}.toml") for id in ("first", "second")]
    (fault,) = withdrawal_faults(twice, SCHEMES)
    assert fault.place == "first.toml, second.toml, schemes"


@pytest.mark.django_db
def test_the_shipped_withdrawals_are_loaded_and_loading_again_changes_nothing(catalogue):
    def held():
        return list(Withdrawal.objects.values()), list(Qualification.objects.order_by("code").values())

    first = held()
    load_catalogue(settings.PACKS)
    assert held() == first
    contact_centre = Withdrawal.objects.get(id="contact-centre-2013")
    assert [scheme.code for scheme in contact_centre.schemes.all()] == SEVEN
    assert set(contact_centre.points) == set(POINTS)
