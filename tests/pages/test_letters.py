"""Letters and contacts: who hears of what, that it leaves, and what happens when it comes back."""

import socketserver
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from conferral.actions.contacts import name_contact
from conferral.actions.letters import copy_token, note_came_back, write_to_centre, write_to_person
from conferral.batch.jobs import send_letters
from conferral.batch.letters import take_report
from conferral.cli import bounces
from conferral.records.access import acting_as
from conferral.records.centres.models import Membership
from conferral.records.letters.models import Contact, Letter, LetterCopy
from conferral.records.letters.queries import centres_without_contact, hears
from conferral.rules.permissions import CLOCK
from tests.pages.moderator.test_review import address, words
from tests.world import INSTALLER


def write(world, purpose="moderation", scheme="09628", subject="Away", by=INSTALLER, **more):
    with acting_as(by):
        return write_to_centre(
            "61423", purpose, scheme=scheme, subject=subject, text="The moderator is away.", at=world.at, by=by, **more
        )


@pytest.fixture
def named(world):
    """Moderation is heard by two in all schemes and one in another scheme; nobody is named for fees."""
    by = world.acting("exams_officer")
    with acting_as(by):
        for scheme, name, email in (
            (None, "Quality office", "quality@example.org"),
            ("09628", "Dr Núñez", "Nunez@example.org"),
            ("10263", "Somebody else", "else@example.org"),
        ):
            assert name_contact(
                "61423", "moderation", scheme=scheme, name=name, email=email, at=world.at, by=by
            ).allowed


def told():
    return sorted((one.to[0], one.subject) for one in mail.outbox)


def test_a_letter_goes_to_those_who_are_named_for_its_purpose_and_scheme_and_to_nobody_else(world, named):
    assert write(world) == 2
    assert send_letters() == 2
    assert send_letters() == 0
    assert told() == [("Nunez@example.org", "Away"), ("quality@example.org", "Away")]
    assert "http" in mail.outbox[0].body
    assert "61423" in mail.outbox[0].body


def test_where_nobody_is_named_the_exams_officer_hears_else_the_head(world, named):
    assert [one.email for one in hears("61423", "fees")] == ["exams.officer@example.org"]
    Membership.objects.filter(role="exams_officer").delete()
    assert [one.email for one in hears("61423", "fees")] == ["head.of.centre@example.org"]
    Membership.objects.filter(role="head_of_centre").delete()
    assert write(world, "fees") == 0
    assert Letter.objects.count() == 1


def test_whoever_hears_in_place_of_a_contact_is_not_one_whose_own_mail_comes_back(world):
    officer, head = world.people["exams_officer"], world.people["head_of_centre"]
    by = world.acting("exams_officer")
    with acting_as(by):
        said = {"scheme": None, "name": officer.name, "email": officer.email.upper(), "at": world.at, "by": by}
        assert name_contact("61423", "fees", **said).allowed
    assert [one.email for one in hears("61423", "results")] == [officer.email]
    Contact.objects.update(bounced_at=world.at, bounced_because="550 no such mailbox")
    assert [one.email for one in hears("61423", "fees")] == [head.email]
    assert [one.email for one in hears("61423", "results")] == [head.email]
    Membership.objects.filter(person=head).delete()  # nobody else has an address
    assert [one.email for one in hears("61423", "results")] == [officer.email]


def test_a_subject_of_several_lines_becomes_one_and_nothing_is_injected(world, named):
    write(world, subject="Away\r\nBcc: spy@example.org")
    assert send_letters() == 2
    assert {one.subject for one in mail.outbox} == {"Away Bcc: spy@example.org"}
    assert all(one.recipients() == one.to for one in mail.outbox)


def test_contacts_are_named_once_and_only_for_schemes_that_are_offered(world, as_role):
    officer = as_role("exams_officer")
    said = {"purpose": "fees", "scheme": "", "name": "O’Neill & Sons", "email": "fees@example.org"}
    assert officer.post(address("centre_name_contact"), said).status_code == 303
    again = officer.post(address("centre_name_contact"), said | {"email": "FEES@example.org"})
    assert again.status_code == 422
    assert "FEES@example.org hears about fees already." in words(again)
    other = officer.post(address("centre_name_contact"), said | {"scheme": "10269"})
    assert other.status_code == 422
    assert Contact.objects.count() == 1
    assert as_role("tutor" if "tutor" in world.people else "assessor").post(
        address("centre_name_contact"), said
    ).status_code == 403  # fmt: skip
    by = world.acting("exams_officer")
    with acting_as(by):
        verdict = name_contact("61423", "fees", scheme="10269", name="x", email="x@example.org", at=world.at, by=by)
    assert [one.rule for one in verdict.refused] == ["contact-for-scheme-not-offered"]


def test_a_purpose_without_a_living_contact_is_shown_to_centre_and_desk(world, named, as_role):
    text = words(as_role("exams_officer").get(address("centre_contacts")))
    assert "Nobody is named to hear about fees" in text
    assert "Nobody is named to hear about moderation" not in text
    desk = as_role("quality_officer")
    assert "Fees, Withdrawals of qualifications, Results" in words(desk.get(address("desk_without_contact")))
    assert "Nobody is named to hear at 1 centre" in words(desk.get(address("desk_today")))
    for contact in Contact.objects.filter(purpose="moderation"):
        assert desk.post(address("desk_contact_dead", contact.pk), {"because": "Telephone"}).status_code == 303
    assert [one.dead for one in centres_without_contact(world.at.date()) if one.purpose == "moderation"] == [True]
    assert "A letter to quality@example.org came back on" in words(as_role("exams_officer").get(address("centre_own")))


def test_mail_that_comes_back_flags_the_contact_until_the_centre_confirms_it(world, named, as_role):
    write(world)
    send_letters()
    copy = LetterCopy.objects.get(email="quality@example.org")
    with acting_as(CLOCK):
        assert note_came_back(copy.pk, "550 no such mailbox", at=world.at, by=CLOCK)
        assert not note_came_back(copy.pk, "550 no such mailbox", at=world.at, by=CLOCK)
    assert [one.email for one in hears("61423", "moderation", "09628")] == ["Nunez@example.org"]
    contact = Contact.objects.get(email="quality@example.org")
    officer = as_role("exams_officer")
    assert "550 no such mailbox" in words(officer.get(address("centre_contacts")))
    officer.post(address("centre_confirm_contact", contact.pk))
    assert len(hears("61423", "moderation", "09628")) == 2
    officer.post(address("centre_take_contact_away", contact.pk))
    assert len(hears("61423", "moderation", "09628")) == 1


def report(copy, *, action="failed", domain="letters.conferral.invalid", token=None):
    """A delivery status notification as relays write it, with the headers of the mail that failed."""
    whole = EmailMessage()
    whole["From"], whole["To"], whole["Subject"] = "postmaster@relay.example", "us@example.org", "Undelivered"
    whole.set_content("Sorry.")
    whole.make_mixed()
    text = whole.as_string()
    boundary = whole.get_boundary()
    end = text.rindex(f"--{boundary}--")
    parts = (
        f"--{boundary}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n"
        f"Final-Recipient: rfc822; quality@example.org\nAction: {action}\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 unknown\n  mailbox\n\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{token or copy_token(copy)}@{domain}>\n\n"
    )
    return (text[:end] + parts + text[end:]).encode()


def test_a_report_of_returned_mail_is_believed_only_for_a_letter_of_ours(world, named, tmp_path):
    write(world)
    copy = LetterCopy.objects.get(email="quality@example.org").pk
    with acting_as(CLOCK):
        assert take_report(report(copy), at=world.at).copy is None  # it has not left
    send_letters()
    with acting_as(CLOCK):
        for doubtful in (
            b"", b"\xff\x00nothing", b"Subject: hello\n\nbounce", report(copy, action="delayed"),
            report(copy, domain="elsewhere.example"), report(copy, token="MQ.forged.signature"),
        ):  # fmt: skip
            came = take_report(doubtful, at=world.at)
            assert came.copy is None
            assert came.why.endswith(("mail.", "failed.", "sent.", "here."))
    assert LetterCopy.objects.exclude(bounced_at=None).count() == 0
    file = tmp_path / "bounce.eml"
    file.write_bytes(report(copy))
    assert bounces.read([str(file), str(file)]) == {"flagged": 1, "known": 1, "unknown": []}
    assert "There is no file" in bounces.read([str(tmp_path / "none")])
    assert LetterCopy.objects.get(pk=copy).bounced_because == "5.1.1 smtp; 550 5.1.1 unknown mailbox"
    assert Contact.objects.get(email="quality@example.org").bounced_at == world.at


def relaying(handler, settings):
    """A relay that runs for one test, and the mail settings that lead to it."""
    relay = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = relay.server_address
    return relay


class Relay(socketserver.StreamRequestHandler):
    """A relay that takes mail for nobody at example.org whose name begins with q, and is busy for n."""

    def handle(self) -> None:
        self.wfile.write(b"220 relay\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT" and b"<q" in line:
                self.wfile.write(b"550 no such mailbox\r\n")
            elif word == b"RCPT" and b"<N" in line:
                self.wfile.write(b"451 busy\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
            elif line == b".\r\n":
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            elif word in (b"EHLO", b"MAIL", b"RCPT", b"RSET"):
                self.wfile.write(b"250 ok\r\n")


def test_a_relay_that_refuses_an_address_flags_it_and_one_that_is_busy_is_asked_again(world, named, settings):
    with relaying(Relay, settings) as relay:
        by = world.acting("exams_officer")
        with acting_as(by):
            name_contact("61423", "moderation", scheme=None, name="x", email="x@example.org", at=world.at, by=by)
        write(world)
        assert send_letters() == 1
        assert Contact.objects.get(email="quality@example.org").bounced_because == "550 no such mailbox"
        busy = LetterCopy.objects.get(email="Nunez@example.org")
        assert (busy.tries, busy.bounced_at, busy.sent_at) == (1, None, None)
        assert send_letters() == 0
        assert LetterCopy.objects.get(pk=busy.pk).tries == 1  # not again within a quarter of an hour
        for tries in range(1, 5):
            settings.CLOCK = lambda tries=tries: world.at + timedelta(minutes=15 * tries)
            send_letters()
        relay.shutdown()
    assert Contact.objects.get(email="Nunez@example.org").bounced_because == "451 busy"


class Particular(Relay):
    """A relay that wants to be spoken to differently before it takes anything."""

    def handle(self) -> None:
        self.wfile.write(b"220 relay\r\n")
        for line in self.rfile:
            refused = line[:4].upper() == b"MAIL"
            self.wfile.write(b"530 Must issue STARTTLS first\r\n" if refused else b"250 ok\r\n")


def test_a_relay_that_refuses_the_sender_flags_nobody(world, named, settings):
    write(world)
    with relaying(Particular, settings) as relay:
        assert send_letters() == 0
        relay.shutdown()
    assert Contact.objects.exclude(bounced_at=None).count() == 0
    assert LetterCopy.objects.filter(sent_at=None, bounced_at=None).count() == 2


def test_one_impossible_address_does_not_stop_the_others(world, named):
    write(world)
    LetterCopy.objects.filter(email="quality@example.org").update(email="quality@example.org\nBcc: spy@example.org")
    assert send_letters() == 1
    assert LetterCopy.objects.exclude(bounced_at=None).get().bounced_because.startswith("not an address")


def test_a_scheme_of_which_nobody_hears_is_named(world, as_role):
    by = world.acting("exams_officer")
    with acting_as(by):
        name_contact("61423", "results", scheme="09628", name="x", email="x@example.org", at=world.at, by=by)
    text = words(as_role("exams_officer").get(address("centre_contacts")))
    assert "Nobody is named to hear about results in 10263" in text
    assert "results" in {one.purpose for one in centres_without_contact(world.at.date())}
    assert [one.email for one in hears("61423", "results", "09628", "10263")] == ["x@example.org"]


def test_a_relay_that_is_not_there_loses_nothing(world, named, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    write(world)
    assert send_letters() == 0
    assert LetterCopy.objects.filter(sent_at=None, bounced_at=None, tries=0).count() == 2


def test_a_letter_is_read_and_acknowledged_by_the_centre_alone(world, named, as_role):
    write(world, asks_acknowledgement=True)
    letter = Letter.objects.get()
    officer = as_role("exams_officer")
    assert "Read and acknowledge Away" in words(officer.get(address("centre_today")))
    assert "I have read this" in words(officer.get(address("letter", letter.pk)))
    assert officer.post(address("acknowledge_letter", letter.pk)).status_code == 303
    assert "Acknowledged by Siân Pritchard-Okonkwo" in words(officer.get(address("letter", letter.pk)))
    assert "Read and acknowledge" not in words(officer.get(address("centre_today")))
    with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
        Letter.objects.update(text="Another text")


def test_a_person_sees_only_their_own_letters(world, named, as_role):
    moderator = world.people["examiner_moderator"].pk
    with acting_as(INSTALLER):
        assert write_to_person(moderator, subject="To you", text="Hello", at=world.at, by=INSTALLER) == 1
    write(world, subject="Next week")
    mine = as_role("examiner_moderator").get(address("letters"))
    assert "To you" in words(mine)
    assert "Next week" not in words(mine)
    assert (
        as_role("external_verifier").get(address("letter", Letter.objects.get(subject="To you").pk)).status_code == 404
    )
    for state in ("", "to_acknowledge", "came_back", "waiting", "nonsense"):
        assert as_role("quality_officer").get(f"{address('letters')}?state={state}&before=1").status_code == 200
    assert "Next week" in words(as_role("quality_officer").get(address("letters")))


def test_a_moderator_writes_to_the_centres_that_are_allocated_to_them(world, named):
    by = world.acting("examiner_moderator")
    assert write(world, by=by) == 2
    assert send_letters() == 2
