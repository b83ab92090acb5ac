"""Statements whose plans are kept: the rows of whoever asks now, and no plan where a pooler knows none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conferral.actions.centres import add_centre
from conferral.records.access import acting_as
from conferral.records.claims.queries import page_of_claims
from conferral.records.prepared import asked_often
from conferral.rules.permissions import Acting
from conferral.site.database import settings_from
from tests.world import INSTALLER, UNITS

KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%' || %(part)s || '%%'"
MANY = 12  # after five times a plan may be made that looks at no values


def test_a_kept_plan_shows_each_who_asks_their_own_rows(world):
    add_centre("70707", "Prifysgol y Drindod", nation="wales", at=world.at, by=INSTALLER)
    claim = world.draft(count=1, units=UNITS[:1])
    at_centre, beside = world.acting("exams_officer"), Acting("centre", 1, "70707", ("exams_officer",))
    for _ in range(MANY):
        with acting_as(at_centre):
            assert [one.number for one in page_of_claims((), None, 50)] == [claim.pk]
        with acting_as(beside):
            assert page_of_claims((), None, 50) == []
    with acting_as(world.acting("examiner_moderator")):
        assert page_of_claims((), None, 50) == []
    with acting_as(world.acting("quality_officer")):
        assert len(page_of_claims((), None, 50)) == 1


def test_the_second_time_a_plan_is_kept_and_each_is_counted(db):
    with CaptureQueriesContext(connection) as asked:
        for number in range(3):
            assert asked_often("SELECT %(number)s::int + 41 AS kept_here", {"number": number}) == [(number + 41,)]
        ((kept,),) = asked_often(KEPT, {"part": "kept_" + "here"})
    assert (kept, len(asked)) == (1, 4)


@pytest.mark.parametrize(("asked", "kept_after"), [("", 1), ("?prepare_threshold=none", None)])
def test_a_pooler_that_knows_no_plans_can_be_used(asked, kept_after):
    options = settings_from(f"postgresql://conferral@localhost/conferral{asked}")["OPTIONS"]
    assert options == {"prepare_threshold": kept_after}
