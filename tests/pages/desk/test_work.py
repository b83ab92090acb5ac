"""The desk's queues of work: bounded numbers, pages by place, and as many queries for few as for many."""

from datetime import timedelta

import pytest
from django.urls import reverse

from conferral.actions.consignments import record_despatch
from conferral.pages.desk import work
from conferral.records.access import acting_as
from conferral.rules.references import format_reference
from tests.pages.centre.test_claims import page
from tests.world import UNITS


@pytest.fixture
def two(world):
    """A claim whose work is awaited, and one whose work is on its way."""
    waiting, sent = world.submitted(count=1, units=UNITS[:1]), world.submitted(count=1, units=UNITS[1:2])
    by = world.acting("exams_officer")
    with acting_as(by):
        assert record_despatch(sent.pk, despatched_on=world.at.date(), carrier="Royal Mail", at=world.at, by=by).allowed
    return waiting, sent


def test_each_queue_shows_its_work(two, as_role, world, settings):
    waiting, sent = (format_reference(claim.consignments.get().reference) for claim in two)
    desk = as_role("allocation_officer")
    shown = page(desk, "desk_work")
    assert waiting in shown
    assert sent not in shown
    assert "In transit (1)" in shown
    shown = page(desk, "desk_work", queue="in-transit")
    assert sent in shown
    assert "Sent Mon 23 November with Royal Mail" in shown
    assert "No work is overdue" in page(desk, "desk_work", queue="overdue")
    settings.CLOCK = lambda: world.at + timedelta(hours=25)
    assert "Overdue since" in page(desk, "desk_work", queue="overdue")
    assert waiting in page(desk, "desk_work", queue="nonsense", after="²")
    assert as_role("exams_officer").get(reverse("desk_work")).status_code == 403


def test_a_long_queue_is_read_page_by_page(as_role, world, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(work, "PAGE", 2)
    claims = [world.submitted(count=1, units=(unit,)) for unit in UNITS]
    names = [format_reference(claim.consignments.get().reference) for claim in claims]
    desk = as_role("allocation_officer")
    with django_assert_max_num_queries(22):
        first = page(desk, "desk_work")
    assert [name in first for name in names] == [True, True, False]
    last = page(desk, "desk_work", queue="without-work", after=claims[1].consignments.get().pk)
    assert [name in last for name in names] == [False, False, True]
