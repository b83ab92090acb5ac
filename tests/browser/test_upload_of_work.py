"""The work of a claim is uploaded in a browser, a file is refused, and the moderator sees and decides."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_claim_to_certificate import PHONE, accessible, submitted
from tests.samples import UGLY, docx, pdf, picture

__all__ = ["submitted"]


def file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, *files: dict[str, object]) -> None:
    page.get_by_label("Files of this candidate’s work").set_input_files(list(files))
    page.get_by_role("button", name="Upload", exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_work_is_uploaded_refused_completed_seen_and_decided(visit, submitted, script):
    address, number = submitted
    officer = visit(java_script_enabled=script).sign_in("officer@bridgend.example")
    officer.goto(address)
    officer.get_by_role("link", name="Upload the work instead").or_(
        officer.get_by_role("button", name="Upload the work instead")
    ).click()
    choose(officer, file("Task 2.pdf", pdf("Because she had waited", pages=2)),
           file("call sheet.docm", UGLY["macros.docm"][0]))  # fmt: skip
    expect(officer.locator("main")).to_contain_text("call sheet.docm holds macros")
    expect(officer.locator("main")).to_contain_text("Save it as a document without macros")
    expect(officer.get_by_role("row", name=re.compile("Task 2.pdf"))).to_have_count(1)
    if script:
        accessible(officer)
    officer.get_by_role("button", name=re.compile("^Take off the list")).click()
    expect(officer.locator("main")).not_to_contain_text("call sheet.docm")
    officer.locator(".app-picklist a").nth(1).click()
    choose(officer, file("statement.docx", docx()), file("photo.jpg", picture("JPEG", (800, 600))))
    expect(officer.get_by_role("row", name=re.compile("photo.jpg"))).to_have_count(1)
    officer.get_by_role("button", name="Upload complete: send to the moderator").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("with the moderator")

    moderator = visit(**PHONE).sign_in("moderator@conferral.example")
    moderator.goto(f"/moderator/claims/{number}/")
    accessible(moderator)
    moderator.get_by_role("radio", name="Confirm", exact=True).check(force=True)
    moderator.get_by_role("button", name="Save and see next").click()
    expect(moderator.locator("main")).to_contain_text("1 of 6 units decided")


# A line that breaks: the second part is cut off on its way, and after `closed` none gets through.
CUT = """() => {
  const real = window.fetch
  window.sent = []
  window.fetch = (url, options = {}) => {
    if (options.method !== 'PATCH') return real(url, options)
    window.sent.push(options.headers['Upload-Offset'])
    if (!window.closed && window.sent.length !== 2) return real(url, options)
    const line = new AbortController()
    setTimeout(() => line.abort(), 1)
    return real(url, { ...options, signal: line.signal })
  }
}"""


def test_an_upload_that_loses_its_connection_goes_on_by_itself(visit, submitted):
    address, _ = submitted
    film = file("observation.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(18 * 1024 * 1024))
    officer = visit().sign_in("officer@bridgend.example")
    officer.goto(f"{address}files/")
    officer.evaluate(CUT)
    officer.get_by_label("Files of this candidate’s work").set_input_files([film])
    with officer.expect_navigation(timeout=60_000):
        officer.get_by_role("button", name="Upload", exact=True).click()
    expect(officer.get_by_role("row", name=re.compile("observation.mp4.*18.0"))).to_have_count(1)


def test_a_page_closed_during_an_upload_shows_what_has_not_arrived(visit, submitted):
    address, _ = submitted
    film = file("second.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(9 * 1024 * 1024))
    officer = visit().sign_in("officer@bridgend.example")
    officer.goto(f"{address}files/")
    officer.evaluate(CUT)
    officer.evaluate("() => { window.closed = true }")
    choose(officer, film)
    officer.wait_for_function("() => window.sent.length > 0")
    officer.goto(f"{address}files/")
    expect(officer.locator("main")).to_contain_text("Not arrived whole")
    officer.get_by_role("button", name=re.compile("^Take off the list")).click()
    expect(officer.locator("main")).not_to_contain_text("Not arrived whole")
