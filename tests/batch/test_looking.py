"""Files looked into by a worker: meanwhile the page says so, the upload isn't complete, and no file is stuck."""

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from conferral.actions.consignments import record_despatch
from conferral.actions.evidence import LOOKING, Door
from conferral.batch.jobs import look_again, look_into_file
from conferral.batch.looking import look as look_once
from conferral.records.access import acting_as
from conferral.records.evidence.models import EvidenceItem, StoredFile
from conferral.records.evidence.store import Store
from conferral.records.ledger.models import Event
from conferral.rules.policies import policy
from tests.pages.centre.test_claims import text_of
from tests.pages.centre.test_files import folder, look, only_send, refusals
from tests.samples import pdf

__all__ = ["folder"]


@pytest.fixture
def claim(world):
    return world.submitted(count=2)


@pytest.fixture
def centre(as_role):
    return as_role("exams_officer")


def file():
    return StoredFile.objects.latest("pk")


def end_jobs():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = %s", [LOOKING])


def test_the_page_says_what_is_looked_into_and_asks_until_it_has_changed(centre, claim):
    answer = only_send(centre, claim, ("one.pdf", pdf()), ("two.pdf", pdf("Task 3")))
    assert answer.status_code == 303
    assert not EvidenceItem.objects.exists()
    page = centre.get(answer.url).context["page"]
    assert [one.name for one in page["looked_into"]] == ["one.pdf", "two.pdf"]
    said = text_of(centre.get(answer.url))
    assert "Being looked into" in said
    assert "Look again" in said
    assert "No file of" not in said
    assert "Files of other candidates of this claim" in refusals(centre, claim, to=1)
    again = {"candidate": page["registration"], "waiting": page["waiting"].mark}
    url = reverse("centre_files", args=[claim.pk])
    assert centre.get(url, again).status_code == 204
    assert look_once(StoredFile.objects.earliest("pk").token, door=Door.of(settings), clock=settings.CLOCK)
    moved = centre.get(url, again)
    assert moved.status_code == 200
    assert "1 file" in text_of(moved)
    look()
    done = centre.get(url, again)
    assert "Being looked into" not in text_of(done)
    assert "htmx" not in done.content.decode()


def test_nothing_is_complete_while_a_file_is_looked_into(centre, claim):
    only_send(centre, claim, ("one.pdf", pdf()))
    complete = reverse("centre_complete_upload", args=[claim.pk])
    refused = centre.post(complete)
    assert refused.status_code == 422
    assert "Files are still being looked into: 1 to go" in text_of(refused)
    assert "upload-still-looked-into" in refused.content.decode()
    look()
    assert centre.post(complete).status_code == 302


def test_what_can_not_be_complete_yet_offers_no_button_and_says_until_when(centre, claim):
    """The files of another candidate count as well, and the part of the page comes with the others that have moved."""
    url, complete = reverse("centre_files", args=[claim.pk]), reverse("centre_complete_upload", args=[claim.pk])
    only_send(centre, claim, ("one.pdf", pdf()), ("two.pdf", pdf("Task 3")))
    first, other = sorted({unit.registration_id for unit in claim.units.all()})
    for candidate in (first, other):
        answer = centre.get(url, {"candidate": candidate})
        assert "Not yet: 2 files are still being looked into" in text_of(answer)
        assert f'action="{complete}"' not in answer.content.decode()
        assert f'href="{url}?candidate={candidate}"' in answer.content.decode()
    mark = answer.context["page"]["waiting"].mark
    assert look_once(StoredFile.objects.earliest("pk").token, door=Door.of(settings), clock=settings.CLOCK)
    moved = centre.get(url, {"candidate": first, "waiting": mark})
    assert "Not yet: 1 file is still being looked into" in text_of(moved)
    look()
    done = centre.get(url, {"candidate": first, "waiting": moved.context["page"]["waiting"].mark})
    assert "Not yet" not in text_of(done)
    assert f'action="{complete}"' in done.content.decode()
    assert "Every file of the claim has been looked into" in text_of(done)
    assert centre.post(complete).status_code == 302


def test_who_sent_a_file_is_in_the_ledger_and_stands_with_it(centre, claim, world):
    only_send(centre, claim, ("one.pdf", pdf()))
    look()
    officer = world.people["exams_officer"].pk
    assert EvidenceItem.objects.get().added_by_id == officer
    told = {event.verb: (event.audience, event.actor) for event in Event.objects.filter(verb__startswith="evidence_")}
    assert told == {"evidence_received": ("centre", officer), "evidence_added": ("clock", None)}


def test_looking_twice_is_looking_once_and_what_arrived_is_dropped(centre, claim, folder):
    only_send(centre, claim, ("one.pdf", pdf()))
    token, store = file().token, Store(folder)
    assert look_into_file.func(token=token) is True
    assert not store.arriving(token).exists()
    store.append(token, [pdf()], most=10_000)  # as if the worker had died before it dropped it
    assert look_into_file.func(token=token) is False
    assert not store.arriving(token).exists()
    assert EvidenceItem.objects.count() == 1
    assert file().tries == 1


def test_the_job_of_the_first_file_looks_into_those_after_it_in_their_order(centre, claim):
    """Two slots of a worker: the second job would be locked out, and its file wait until the worker asks again."""
    only_send(centre, claim, ("one.pdf", pdf("One")), ("two.pdf", pdf("Two")), ("three.pdf", pdf("Three")))
    first = StoredFile.objects.order_by("received_at", "pk").first()
    assert look_into_file.func(token=first.token) is True
    assert list(EvidenceItem.objects.order_by("place").values_list("name", flat=True)) == [
        "one.pdf",
        "two.pdf",
        "three.pdf",
    ]
    assert look() == [False, False, False]


def test_a_file_whose_job_is_gone_is_looked_into_again(centre, claim):
    only_send(centre, claim, ("one.pdf", pdf()))
    assert look_again.func() == 0
    end_jobs()
    assert look_again.func() == 1
    assert look_again.func() == 0
    assert ProcrastinateJob.objects.filter(task_name=LOOKING, status="todo").count() == 1
    assert look() == [True]


def test_after_the_last_try_a_file_is_refused_and_says_what_to_do(centre, claim, folder):
    only_send(centre, claim, ("one.pdf", pdf()))
    token = file().token
    arrived = Store(folder).arriving(token)
    arrived.rename(folder / "elsewhere")
    for count in range(1, policy("tries_to_look") + 1):
        with pytest.raises(FileNotFoundError):
            look_into_file.func(token=token)
        assert (file().tries, file().state) == (count, "received")
    (folder / "elsewhere").rename(arrived)
    assert look_into_file.func(token=token) is False
    assert file().state == "refused"
    said = refusals(centre, claim)
    assert "one.pdf could not be looked into: 3 tries were broken off" in said
    assert "Upload it again" in said
    assert not arrived.exists()
    only_send(centre, claim, ("one.pdf", pdf()))
    look()
    assert EvidenceItem.objects.get().name == "one.pdf"


def test_a_claim_whose_work_has_gone_by_post_meanwhile_takes_no_file(centre, claim, world, folder):
    only_send(centre, claim, ("one.pdf", pdf()))
    by = world.acting("exams_officer")
    with acting_as(by):
        assert record_despatch(
            claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by
        ).allowed  # fmt: skip
    assert look() == [False]
    assert [reason["rule"] for reason in file().reasons] == ["evidence-after-delivery"]
    assert not [path for path in folder.rglob("*") if path.is_file()]
