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


def looked_into(page: Page, *, script: bool) -> None:
    """Until a worker has looked into every file: the page moves by itself, or by its link where there is no script."""
    again = page.get_by_role("link", name="Look again")
    for _ in range(0 if script else 100):
        if not again.count():
            break
        page.wait_for_timeout(200)
        again.click()
    expect(again).to_have_count(0, timeout=20_000)
    expect(page.get_by_role("button", name="Upload complete: send to the moderator")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("Not yet")


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


def video(name: str, megabytes: int) -> dict[str, object]:
    return file(name, b"\x00\x00\x00\x18ftypisom" + bytes(megabytes * 1024 * 1024))


def loses_its_connection_and_goes_on(officer: Page) -> None:
    """The second of three parts is cut off; the script sends it again by itself."""
    officer.evaluate(CUT)
    officer.get_by_label("Files of this candidate’s work").set_input_files([video("observation.mp4", 18)])
    with officer.expect_navigation(timeout=60_000):
        officer.get_by_role("button", name="Upload", exact=True).click()
    expect(officer.get_by_role("row", name=re.compile("observation.mp4.*18.0"))).to_have_count(1)


def is_closed_during_an_upload(officer: Page) -> None:
    """No part gets through, and the page is left: what has not arrived is shown, and can be taken off the list."""
    officer.evaluate(CUT)
    officer.evaluate("() => { window.closed = true }")
    choose(officer, video("second.mp4", 9))
    officer.wait_for_function("() => window.sent.length > 0")
    officer.reload()
    expect(officer.locator("main")).to_contain_text("Not arrived whole")
    officer.get_by_role("button", name=re.compile("^Take off the list")).click()
    expect(officer.locator("main")).not_to_contain_text("Not arrived whole")


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
    looked_into(officer, script=script)
    expect(officer.locator("main")).to_contain_text("call sheet.docm holds macros")
    expect(officer.locator("main")).to_contain_text("Save it as a document without macros")
    expect(officer.get_by_role("row", name=re.compile("Task 2.pdf"))).to_have_count(1)
    if script:
        accessible(officer)
    officer.get_by_role("button", name=re.compile("^Take off the list")).click()
    expect(officer.locator("main")).not_to_contain_text("call sheet.docm")
    officer.locator(".app-picklist a").nth(1).click()
    choose(officer, file("statement.docx", docx()), file("photo.jpg", picture("JPEG", (800, 600))))
    looked_into(officer, script=script)
    expect(officer.get_by_role("row", name=re.compile("photo.jpg"))).to_have_count(1)
    if script:
        loses_its_connection_and_goes_on(officer)
        is_closed_during_an_upload(officer)
    officer.get_by_role("button", name="Upload complete: send to the moderator").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("with the moderator")

    moderator = visit(**PHONE).sign_in("moderator@conferral.example")
    moderator.goto(f"/moderator/claims/{number}/")
    accessible(moderator)
    moderator.get_by_role("radio", name="Confirm", exact=True).check(force=True)
    moderator.get_by_role("button", name="Save and see next").click()
    expect(moderator.locator("main")).to_contain_text("1 of 6 units decided")
