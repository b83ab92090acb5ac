"""Work that comes by post, by e-mail, in an e-portfolio or by upload: what each needs, and who sees what of it."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from conferral.actions.consignments import deliver_upload, record_despatch
from conferral.actions.reviews import withdraw_claim
from conferral.records.access import acting_as
from conferral.records.claims.models import Consignment, SignInNote
from conferral.records.ledger.models import Event
from conferral.rules.permissions import Acting
from tests.pages.centre.test_claims import page, text_of

LINK = "https://folio.example.org/group/7?key=s3cret"
NOTE = "Sign in as visitor; the word is Machynlleth"


def send(client, claim, **said):
    said = {"despatched_on": "23/11/2026"} | said
    return client.post(reverse("centre_despatch", args=[claim.pk]), said)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"kind": "post"}, "Enter who carries the work"),
        ({"kind": "email", "parts": "2"}, "Enter the reference by which the moderator finds the mail"),
        ({"kind": "email", "mail_reference": "Claim", "parts": ""}, "Enter in how many mails"),
        ({"kind": "email", "mail_reference": "Claim", "parts": "0"}, "Enter the number of mails in digits"),
        ({"kind": "eportfolio"}, "Enter the address of the e-portfolio"),
        ({"kind": "eportfolio", "link": "http://folio.example.org"}, "begin with https"),
        ({"kind": "eportfolio", "link": "https://"}, "begin with https"),
        ({"kind": "eportfolio", "link": "https://a:b@folio.example.org"}, "begin with https"),
        ({"kind": "eportfolio", "link": "https://[folio"}, "begin with https"),
        ({"kind": "eportfolio", "link": "javascript:alert(1)"}, "begin with https"),
        ({"kind": "pigeon"}, "Choose post, e-mail, e-portfolio or upload"),
    ],
)
def test_each_kind_is_asked_for_what_it_needs(as_role, world, said, asked):
    claim = world.submitted(count=1)
    answer = send(as_role("exams_officer"), claim, **said)
    assert answer.status_code == 422
    assert asked in text_of(answer)
    assert claim.consignments.get().state == "awaited"


def test_an_upload_is_begun_on_its_own_page(as_role, world):
    claim = world.submitted(count=1)
    answer = send(as_role("exams_officer"), claim, kind="upload")
    assert answer.url == reverse("centre_files", args=[claim.pk])
    assert claim.consignments.get().state == "awaited"


def test_work_by_mail_is_logged_from_the_page_of_its_claim(as_role, world):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    assert (
        send(centre, claim, kind="email", mail_reference="Work 09628", parts="3", carrier="left over").status_code
        == 302
    )
    assert "in 3 mails, reference Work 09628" in page(centre, "centre_claim", claim.pk)
    work = claim.consignments.get()
    assert (work.kind, work.parts, work.carrier) == ("email", 3, "")
    moderator = as_role("examiner_moderator")
    assert "Log the work as received" in page(moderator, "moderator_claim", claim.pk)
    assert moderator.post(reverse("moderator_receive"), {"reference": work.reference}).status_code == 302
    assert "in 3 mails" in page(moderator, "moderator_claim", claim.pk)


def test_how_to_sign_in_is_seen_by_the_centre_and_the_moderator_with_the_claim_only(as_role, world):
    claim = world.submitted(count=1)
    centre = as_role("exams_officer")
    assert send(centre, claim, kind="eportfolio", link=LINK, sign_in=NOTE).status_code == 302
    assert NOTE in page(centre, "centre_claim", claim.pk)
    moderator = as_role("examiner_moderator")
    assert NOTE in page(moderator, "moderator_claim", claim.pk)
    assert LINK in page(moderator, "moderator_claim", claim.pk)
    moderator.post(reverse("moderator_receive"), {"reference": claim.consignments.get().reference})
    assert NOTE in page(moderator, "moderator_claim", claim.pk)
    told = list(Event.objects.values_list("facts", flat=True))
    assert not [facts for facts in told if "folio.example" in str(facts) or "Machynlleth" in str(facts)]
    for role in ("allocation_officer", "external_verifier"):
        with acting_as(world.acting(role)):
            assert not SignInNote.objects.exists()
    with acting_as(Acting("centre", 1, "70707", ("exams_officer",))):
        assert not SignInNote.objects.exists()
    with pytest.raises(ProgrammingError), acting_as(world.acting("examiner_moderator")), transaction.atomic():
        SignInNote.objects.update(text="changed")


def test_an_upload_is_sent_received_and_matched_at_once_and_once(world):
    claim = world.submitted(count=1)
    by = world.acting("exams_officer")
    with acting_as(by):
        assert deliver_upload(claim.pk, at=world.at, by=by).allowed
        assert deliver_upload(claim.pk, at=world.at, by=by).refused
    claim.refresh_from_db()
    work = claim.consignments.get()
    assert (claim.state, work.state, work.kind) == ("with_moderator", "matched", "upload")
    assert work.received_at == world.at
    said = Event.objects.filter(subject="claim", subject_id=str(claim.pk)).order_by("seq")
    assert [event.verb for event in said][-4:] == [
        "work_despatched",
        "work_received",
        "work_matched",
        "claim_with_moderator",
    ]


def test_work_already_sent_otherwise_is_not_delivered_by_upload(world):
    claim = world.submitted(count=1)
    by = world.acting("exams_officer")
    with acting_as(by):
        assert record_despatch(claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by).allowed
        assert deliver_upload(claim.pk, at=world.at, by=by).refused
    assert claim.consignments.get().kind == "post"


@pytest.mark.parametrize(
    "wrong", [{"kind": "email"}, {"kind": "eportfolio", "link": "http://x"}, {"kind": "upload", "carrier": "A"}]
)
def test_the_database_keeps_no_kind_without_what_it_needs(world, wrong):
    claim = world.submitted(count=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consignment.objects.filter(claim=claim).update(**wrong)


def test_a_claim_withdrawn_after_its_work_was_sent_says_that_it_was_sent(as_role, world):
    claim, officer = world.submitted(count=1), as_role("exams_officer")
    assert send(officer, claim, kind="email", mail_reference="Claim", parts="2").status_code in (302, 303)
    by = world.acting("examiner_moderator")
    with acting_as(by):
        assert withdraw_claim(claim.pk, "WRONG_EVIDENCE", at=world.at, by=by).allowed
    shown = page(as_role("exams_officer"), "centre_claim", claim.pk)
    assert "Work sent" in shown
    assert "Send the work" not in shown
