"""The sheet on top of the parcel: what it says, and that its square code can be read."""

import io

import pytest
import segno
import zxingcpp
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from conferral.actions.consignments import record_despatch
from conferral.pages.centre.cover_sheet import parcel_url, square_code
from conferral.records.access import acting_as
from conferral.rules.references import format_reference


def sheet(client, claim):
    response = client.get(reverse("centre_cover_sheet", args=[claim.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_sheet_carries_reference_address_and_moment(as_role, world):
    claim = world.submitted(count=5)
    text = sheet(as_role("exams_officer"), claim)
    reference = format_reference(claim.consignments.get().reference)
    assert f'<p class="app-sheet__reference">{reference}</p>' in text
    assert "4 Upper Cwmrhydyceirw Terrace<br>Machynlleth SY20 0ZZ" in text
    assert "12:30, Tuesday 24 November 2026" in text
    assert "<b>No plastic pockets</b>" in text
    assert "5 candidates, 15 units" in text
    assert "Printed Monday 23 November 2026, 12:30, by Siân Pritchard-Okonkwo" in text


def test_the_reference_is_in_the_head_that_repeats_on_every_page(as_role, world):
    claim = world.submitted()
    head = sheet(as_role("exams_officer"), claim).split("<thead>")[1].split("</thead>")[0]
    assert format_reference(claim.consignments.get().reference) in head


def test_every_candidate_has_a_row_with_boxes_for_packed_and_received(as_role, world):
    claim = world.submitted(count=5, units=("J/600/1003",))
    rows = sheet(as_role("exams_officer"), claim).split("<tbody>")[1].split("</tr>")[:5]
    assert [row.count("app-tick") for row in rows] == [2] * 5
    assert "Fa&#x27;alogo" in rows[3]


def test_the_square_code_leads_the_moderator_to_this_parcel(as_role, world, settings):
    settings.PUBLIC_ADDRESS = "https://conferral.example.org"
    claim = world.submitted()
    text = sheet(as_role("exams_officer"), claim)
    address = f"https://conferral.example.org/c/{claim.consignments.get().reference}/"
    assert parcel_url(claim.consignments.get().reference) == address
    assert f'<img src="{escape(square_code(address))}"' in text
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="png", scale=4, border=4)
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(drawn))] == [address]


def test_a_claim_of_work_on_its_way_still_prints(as_role, world):
    claim = world.submitted()
    by = world.acting("exams_officer")
    with acting_as(by):
        record_despatch(claim.pk, despatched_on=world.at.date(), carrier="A", at=world.at, by=by)
    sheet(as_role("exams_officer"), claim)


def test_a_draft_has_no_sheet(as_role, world):
    draft = world.draft()
    response = as_role("exams_officer").get(reverse("centre_cover_sheet", args=[draft.pk]))
    assert response.url == reverse("centre_claim", args=[draft.pk])


@pytest.mark.parametrize("count", [1, 5])
def test_the_sheet_asks_as_often_for_many_candidates_as_for_few(as_role, world, django_assert_max_num_queries, count):
    claim = world.submitted(count=count)
    client = as_role("exams_officer")
    with django_assert_max_num_queries(16):
        sheet(client, claim)
