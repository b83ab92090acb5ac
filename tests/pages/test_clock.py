"""The clock of work on its way: letters, one reminder on a working day, days by scheme, and telling of parcels."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from conferral.actions.claims import remind_of_work, withdraw_unmet_claim
from conferral.actions.consignments import log_unmatched_work, receive_work, record_despatch
from conferral.batch.jobs import remind_of_late_work
from conferral.records.access import acting_as
from conferral.records.calendar import remind_at
from conferral.records.claims.models import Claim, CourtesyContact
from conferral.records.letters.models import Letter
from conferral.rules.permissions import CLOCK
from tests.actions.test_journey import decide_all, report
from tests.pages.centre.test_claims import page, text_of
from tests.world import UNITS, fresh


def subjects():
    return list(Letter.objects.order_by("id").values_list("subject", flat=True))


@pytest.mark.parametrize(
    ("due", "reminded"),
    [
        (datetime(2026, 11, 24, 12, 30, tzinfo=UTC), datetime(2026, 11, 24, 12, 30, tzinfo=UTC)),
        (datetime(2026, 11, 28, 12, 30, tzinfo=UTC), datetime(2026, 11, 30, 9, tzinfo=UTC)),  # a Saturday
        (datetime(2026, 12, 25, 8, 0, tzinfo=UTC), datetime(2026, 12, 29, 9, tzinfo=UTC)),  # Christmas at a weekend
        (datetime(2026, 7, 4, 8, 0, tzinfo=UTC), datetime(2026, 7, 6, 8, tzinfo=UTC)),  # 09:00 in summer
    ],
)
def test_a_reminder_falls_on_a_working_day(due, reminded):
    assert remind_at(due, "wales") == reminded


def test_a_centre_is_reminded_once_and_not_when_the_work_has_gone(world, settings):
    claim = world.submitted(count=1)
    by = world.acting("examiner_moderator")
    assert subjects() == [f"Claim {claim.pk} is in", f"Claim {claim.pk} from centre 61423"]
    settings.CLOCK = lambda: world.at + timedelta(hours=24, seconds=-1)
    assert remind_of_late_work() == 0
    settings.CLOCK = lambda: world.at + timedelta(hours=24)
    assert (remind_of_late_work(), remind_of_late_work()) == (1, 0)
    assert subjects()[-1] == f"Reminder: send the work for claim {claim.pk}"
    with acting_as(by):
        receive_work(claim.consignments.get().reference, at=world.at, by=by)
    assert subjects()[-1] == f"The work for claim {claim.pk} has arrived"
    decide_all(world, claim)
    assert report(world, claim).allowed
    assert subjects()[-1] == f"The report on claim {claim.pk} is sent"


def test_work_on_its_way_is_not_reminded_of_and_a_withdrawal_is_told_and_claimed_again_from_today(world, as_role):
    claim = world.submitted(count=1)
    by = world.acting("exams_officer")
    with acting_as(by):
        record_despatch(claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by)
    with acting_as(CLOCK):
        assert not remind_of_work(claim.pk, at=world.at + timedelta(days=2), by=CLOCK)
        assert withdraw_unmet_claim(claim.pk, at=world.at + timedelta(days=8), by=CLOCK).allowed
    assert subjects()[-1] == f"Claim {claim.pk} is withdrawn"
    Claim.objects.filter(pk=claim.pk).update(ended_at=world.at, withdraw_after=world.at)
    assessor = as_role("assessor")
    assert f'action="{reverse("centre_claim_again", args=[claim.pk])}"' in page(assessor, "centre_today")
    assert assessor.post(reverse("centre_claim_again", args=[claim.pk])).status_code == 302
    assert Claim.objects.get(cloned_from=claim).state == "draft"


def test_a_scheme_waits_for_its_own_number_of_days(world, as_role):
    desk = as_role("quality_officer")
    to = reverse("desk_scheme_days", args=["09628"])
    before = world.submitted(count=1, units=UNITS[:1])
    for wrong in ("0", "61", "x", "-1"):
        assert desk.post(to, {"days": wrong}).status_code == 422
    assert "5 working days" in page(desk, "desk_scheme", "09628")
    assert desk.post(to, {"days": "10"}).status_code == 303
    assert "10 working days" in page(desk, "desk_scheme", "09628")
    after = world.submitted(count=1, units=UNITS[1:])
    assert after.withdraw_after == datetime(2026, 12, 8, tzinfo=UTC)
    assert Claim.objects.get(pk=before.pk).withdraw_after == datetime(2026, 12, 1, tzinfo=UTC)
    assert desk.post(to, {"days": ""}).status_code == 303
    assert as_role("certificates_officer").post(to, {"days": "3"}).status_code == 403


def test_the_desk_keeps_whom_it_told_of_work_without_a_claim(world, as_role):
    by = world.acting("examiner_moderator")
    with acting_as(by):
        parcel = log_unmatched_work(world.centre, "One folder", at=world.at, by=by, fresh=fresh())
    desk = as_role("quality_officer")
    to = reverse("desk_tell_of_parcel", args=[parcel.pk])
    assert desk.post(to, {"how": "pigeon"}).status_code == 422
    assert desk.post(to, {"reached": "Siân", "how": "telephone"}).status_code == 302
    assert "told Siân, by telephone" in text_of(desk.get(reverse("desk_parcels")))
    with acting_as(world.acting("exams_officer")):
        assert CourtesyContact.objects.get().reached == "Siân"
    desk.post(reverse("desk_return_parcel", args=[parcel.pk]))
    assert as_role("quality_officer").get(to).status_code == 404
