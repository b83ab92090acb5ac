"""The Register beside the catalogue: seen first, applied value by value, never overwritten unasked."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import ProgrammingError

from conferral.actions.catalogue import load_packs
from conferral.actions.register_files import RegisterEntry, read_register
from conferral.actions.register_import import apply_ticked, compare, enter_qan, stage_export
from conferral.records.access import acting_as
from conferral.records.catalogue.models import Qualification, RegisterExport
from conferral.records.ledger.models import Event
from tests.actions.test_register_files import REAL
from tests.rules.test_packs import SHIPPED
from tests.world import INSTALLER

ENTRY = RegisterEntry(
    line=2, qan="500/7707/7", title="A title of the Register", owner="Pearson", kind="Occupational Qualification",
    level=1, credit=14, status="No longer awarded", starts_on=date(2009, 10, 1), last_registration=date(2013, 11, 30),
    final_certification=date(2014, 11, 30), offered_in=("England",),
)  # fmt: skip


@pytest.fixture
def officer(world):
    return world.acting("quality_officer")


@pytest.fixture
def numbered(world, officer):
    """10263 with the number of the entry; 09628 with another; the rest has none."""
    for scheme, qan in (("10263", "50077077"), ("09628", "500/4011/X")):
        assert enter_qan(scheme, qan, "ofqual-register search", at=world.at, by=officer) == ()


def staged(world, by, *entries):
    return stage_export(entries, file_name="a.csv", dated_on=date(2026, 11, 20), at=world.at, by=by)


def applied(world, by, export, *fields):
    ticks = [one.tick for one in compare(export).differences if one.field in fields]
    return apply_ticked(export.pk, ticks, at=world.at, by=by)


def test_the_catalogue_starts_without_numbers_so_nothing_is_compared(world, officer):
    found = compare(staged(world, officer, ENTRY))
    assert found.differences == ()
    assert len(found.without_number) == Qualification.objects.count()
    assert found.elsewhere == 1


def test_a_difference_shows_ours_with_its_citation_and_changes_nothing(world, officer, numbered):
    before = list(Qualification.objects.values())
    found = compare(staged(world, officer, ENTRY, replace(ENTRY, qan="601/6918/7")))
    shown = {one.field: one for one in found.differences}
    assert set(shown) == {"title", "credit", "status", "last_registration", "final_certification"}
    assert (shown["last_registration"].ours, shown["last_registration"].theirs) == (
        date(2013, 12, 31),
        date(2013, 11, 30),
    )
    assert shown["last_registration"].citation["clause"].startswith("cco-withdrawal-2013")
    assert [row.code for row in found.not_in_register] == ["09628"]
    assert found.elsewhere == 1
    assert list(Qualification.objects.values()) == before


def test_only_what_is_ticked_is_replaced_with_a_new_citation_and_the_old_one_kept(world, officer, numbered):
    old = Qualification.objects.get(pk="10263")
    done = applied(world, officer, staged(world, officer, ENTRY), "title", "status")
    assert {one.field for one in done.replaced} == {"title", "status"}
    new = Qualification.objects.get(pk="10263")
    assert (new.title, new.status, new.credit) == ("A title of the Register", "No longer awarded", None)
    assert new.last_registration == old.last_registration
    assert new.cites["last_registration"] == old.cites["last_registration"]
    assert new.cites["title"]["clause"] == "ofqual-register download of 20 November 2026"
    assert new.cites["title"]["entered_by"] == officer.person
    event = Event.objects.get(verb="value_replaced", facts__field="title")
    assert (event.subject_id, event.actor) == ("10263", officer.person)
    assert event.facts["old"] == old.title
    assert event.facts["old_citation"] == old.cites["title"]


def test_applying_again_changes_nothing(world, officer, numbered):
    export = staged(world, officer, ENTRY)
    ticks = [one.tick for one in compare(export).differences]
    assert len(apply_ticked(export.pk, ticks, at=world.at, by=officer).replaced) == 5
    before = list(Qualification.objects.values()), Event.objects.count()
    for again in (export, staged(world, officer, ENTRY)):
        assert apply_ticked(again.pk, ticks, at=world.at, by=officer) == apply_ticked(
            again.pk, [], at=world.at, by=officer
        )
    assert (list(Qualification.objects.values()), Event.objects.count()) == before
    assert compare(export).same == ("10263",)


def test_a_blank_end_date_means_open_and_may_be_applied(world, officer, numbered):
    export = staged(world, officer, replace(ENTRY, last_registration=None, final_certification=None))
    assert len(applied(world, officer, export, "last_registration", "final_certification").replaced) == 2
    row = Qualification.objects.get(pk="10263")
    assert (row.last_registration, row.final_certification) == (None, None)
    assert row.cites["final_certification"]["clause"].startswith("ofqual-register")


def test_what_the_register_does_not_know_is_no_difference(world, officer, numbered):
    found = compare(staged(world, officer, replace(ENTRY, level=None, credit=None)))
    assert not {"level", "credit"} & {one.field for one in found.differences}


def test_dates_that_would_contradict_each_other_are_refused_and_nothing_is_applied(world, officer, numbered):
    export = staged(world, officer, replace(ENTRY, final_certification=date(2013, 12, 1)))
    before = list(Qualification.objects.values()), Event.objects.count()
    done = applied(world, officer, export, "title", "final_certification")
    assert done.replaced == ()
    assert "before its last registration on 31 December 2013" in done.faults[0].text
    assert (list(Qualification.objects.values()), Event.objects.count()) == before
    assert len(applied(world, officer, export, "last_registration", "final_certification").replaced) == 2


def test_a_value_that_changed_after_it_was_seen_is_not_overwritten(world, officer, numbered):
    export = staged(world, officer, ENTRY)
    ticks = [one.tick for one in compare(export).differences]
    Qualification.objects.filter(pk="10263").update(title="Somebody was quicker")
    done = apply_ticked(export.pk, ticks, at=world.at, by=officer)
    assert "The title of 10263 has changed since you looked." in done.faults[0].text
    assert Qualification.objects.get(pk="10263").title == "Somebody was quicker"


@pytest.mark.parametrize(
    "tick", ["", ".", "10263", "10263.title", "10263.title.0", "99999.title.0", "10263.note.0", "\x00"]
)
def test_a_tick_for_anything_else_replaces_nothing(world, officer, numbered, tick):
    assert apply_ticked(staged(world, officer, ENTRY).pk, [tick], at=world.at, by=officer).replaced == ()


def test_packs_loaded_again_keep_what_the_register_said(world, officer, numbered):
    export = staged(world, officer, ENTRY)
    applied(world, officer, export, "title", "credit", "status", "last_registration")
    before = list(Qualification.objects.order_by("code").values())
    faults = load_packs(SHIPPED, at=world.at, by=INSTALLER)
    assert {fault.outcome for fault in faults} == {"warned"}
    assert any("A title of the Register was entered at the desk" in fault.text for fault in faults)
    assert list(Qualification.objects.order_by("code").values()) == before


def test_a_pack_that_contradicts_what_the_desk_entered_is_not_loaded(world, officer, numbered):
    applied(world, officer, staged(world, officer, replace(ENTRY, last_registration=date(2015, 6, 30),
                                                           final_certification=date(2016, 6, 30))),
            "last_registration", "final_certification")  # fmt: skip
    Qualification.objects.filter(pk="10263").update(cites={"last_registration": {"clause": "x", "entered_at": "now"}})
    before = list(Qualification.objects.values())
    faults = load_packs(SHIPPED, at=world.at, by=INSTALLER)
    assert any("is before last registration" in fault.text for fault in faults if fault.outcome == "refused")
    assert list(Qualification.objects.values()) == before


def test_the_real_download_is_compared_by_number(world, officer, numbered):
    export = staged(world, officer, *read_register(REAL).entries)
    found = compare(export)
    assert {one.scheme for one in found.differences} == {"10263", "09628"}
    assert (export.counted, found.elsewhere, len(export.entries)) == (10, 8, 2)
    assert found.entries["10263"]["offered_in"] == ["England", "Northern Ireland"]


@pytest.mark.parametrize(("written", "stored"), [("50077077", "500/7707/7"), (" 500/4011/x", "500/4011/X")])
def test_a_number_is_stored_with_obliques_its_citation_and_an_event(world, officer, written, stored):
    assert enter_qan("10264", written, "ofqual-register search", at=world.at, by=officer) == ()
    row = Qualification.objects.get(pk="10264")
    assert (row.qan, row.cites["qan"]["clause"]) == (stored, "ofqual-register search")
    assert enter_qan("10264", written, "ofqual-register search", at=world.at, by=officer) == ()
    assert Event.objects.filter(verb="qan_entered", subject_id="10264").count() == 1


def test_an_odd_check_character_and_a_shared_number_warn_and_never_refuse(world, officer, numbered):
    faults = enter_qan("10264", "500/7707/8", "ofqual-register search", at=world.at, by=officer)
    assert [fault.outcome for fault in faults] == ["warned"]
    assert Qualification.objects.get(pk="10264").qan == "500/7707/8"
    faults = enter_qan("10264", "500/7707/7", "ofqual-register search", at=world.at, by=officer)
    assert "is the number of 10263 too" in faults[0].text
    assert Qualification.objects.get(pk="10264").qan == "500/7707/7"


@pytest.mark.parametrize("written", ["", "10263", "500/7707", "abc", "٥٠٠٧٧٠٧٧"])
def test_what_has_not_the_form_of_a_number_is_refused(world, officer, written):
    assert [fault.outcome for fault in enter_qan("10264", written, "x y", at=world.at, by=officer)] == ["refused"]
    assert Qualification.objects.get(pk="10264").qan is None


def test_the_desk_may_do_all_this_in_its_role_and_a_centre_may_not_even_read_a_download(world, officer, numbered):
    with acting_as(officer):
        export = staged(world, officer, ENTRY)
        assert applied(world, officer, export, "title").replaced
    for role in ("exams_officer", "examiner_moderator"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(world.acting(role)):
            RegisterExport.objects.count()
