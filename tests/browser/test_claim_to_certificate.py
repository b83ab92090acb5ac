"""A claim travels from registration to certificate, in a browser, by one person of each role."""

import io
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parent.parent.parent
DEMONSTRATION = ROOT / "packs" / "demo" / "registrations-09628.csv"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"viewport": {"width": 390, "height": 844}}


def accessible(page: Page) -> None:
    """axe finds nothing serious, and the page does not scroll sideways."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => [v.id, v.impact, v.nodes[0].html])")
    assert [row for row in found if row[1] in ("serious", "critical")] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def square_code(picture: bytes) -> str:
    """What the one QR code in a picture says."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return code.text


def choose_demonstration(page: Page) -> None:
    page.goto("/centre/candidates/upload/")
    page.locator("input[type=file]").set_input_files(DEMONSTRATION)
    page.get_by_role("button", name="Check the file").click()


def test_a_file_registers_35_of_40_once(visit):
    page = visit().sign_in("officer@kirkgate.example")
    choose_demonstration(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("35 of 40")
    for told in ("There is no date 31/02/2001.", "10263 took its last registrations", "A last name is missing."):
        expect(page.locator("main")).to_contain_text(told)
    accessible(page)
    page.get_by_role("button", name="Register 35 candidates").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("35")
    accessible(page)
    choose_demonstration(page)
    expect(page.get_by_role("button", name=re.compile("^Register"))).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Already registered")


def test_a_candidate_is_registered_by_form_after_a_mistake_is_said(visit):
    page = visit().sign_in("officer@bridgend.example")
    page.goto("/centre/candidates/register/")
    page.get_by_role("radio", name=re.compile("09628")).check(force=True)
    page.get_by_label("Learner number").fill("6405088537")
    page.get_by_label("Last name").fill("O’Brien-Łuczak")
    page.get_by_label("Date of birth").fill("30/02/2001")
    page.locator("main form button").first.click()
    expect(page).to_have_title(re.compile("^Error"))
    expect(page.locator("main")).to_contain_text("The last digit of the learner number doesn't fit the other nine.")
    expect(page.get_by_label("Last name")).to_have_value("O’Brien-Łuczak")
    accessible(page)
    page.get_by_label("Learner number").fill("6405088536")
    page.get_by_label("Date of birth").fill("28/02/2001")
    page.locator("main form button").first.click()
    page.get_by_role("button", name="Register 1 candidate").click()
    expect(page.locator("main")).to_contain_text("O’Brien-Łuczak")


@pytest.fixture
def submitted(visit) -> tuple[str, str]:
    """A claim for two candidates, built and submitted by the assessor: its address and its number."""
    page = visit().sign_in("assessor@bridgend.example")
    page.goto("/centre/claims/new/")
    page.get_by_role("radio", name=re.compile("09629")).check(force=True)
    page.get_by_role("button", name="Choose candidates").click()
    accessible(page)
    for tab in range(3):
        page.locator(".app-tabs a").nth(tab).click()
        boxes = page.locator("input[name=tick]:enabled:not(:checked)")
        for _ in range(2):
            boxes.first.check(force=True)
        page.get_by_label("Assessor for all ticked").select_option(label="Kazimiera Brzęczyszczykiewicz")
        page.get_by_label("Internal verifier for all ticked").select_option(label="Gwenllian ap Rhys-Mbeki")
        page.get_by_role("button", name="Set for").click()
    page.get_by_role("link", name=re.compile("Check and submit")).or_(
        page.get_by_role("button", name=re.compile("Check and submit"))
    ).first.click()
    accessible(page)
    page.get_by_role("link", name="Fill in the matrix").click()
    accessible(page)
    for tab in range(3):
        page.locator(".app-tabs a").nth(tab).click()
        for box in page.get_by_label(re.compile("^All gaps of")).all():
            box.fill("folder 1")
        for save in page.get_by_role("button", name="Save the marks").all():
            save.click()
    page.locator(".app-tabs a").nth(1).click()
    page.get_by_role("link", name="Check the draft").click()
    page.get_by_role("button", name=re.compile("^Submit 2 candidates")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("send the work")
    accessible(page)
    return page.url, re.search(r"claims/(\d+)/", page.url)[1]


def test_a_claim_travels_from_submission_to_a_certificate_that_anybody_checks(visit, submitted, product):
    address, number = submitted
    officer = visit().sign_in("officer@bridgend.example")
    officer.goto(f"{address}cover-sheet/")
    scanned = square_code(officer.screenshot())
    expect(officer.locator("body")).to_contain_text("No plastic pockets")
    accessible(officer)
    officer.goto(f"{address}despatch/")
    officer.get_by_role("button", name="Record despatch").click()
    officer.goto(address)

    moderator = visit(**PHONE).sign_in("moderator@conferral.example")
    moderator.goto(scanned)
    accessible(moderator)
    moderator.get_by_role("button", name="Received").click()
    moderator.goto(f"/moderator/claims/{number}/")
    for _ in range(6):
        moderator.get_by_role("radio", name="Confirm", exact=True).check(force=True)
        accessible(moderator)
        moderator.get_by_role("button", name="Save and see next").click()
    moderator.goto(f"/moderator/claims/{number}/report/")
    accessible(moderator)
    moderator.get_by_label("What went well").fill("Every answer gives a reason and an example.")
    moderator.get_by_role("button", name="Send the report").click()

    desk = visit().sign_in("certificates@conferral.example")
    desk.goto(f"/desk/awards/claims/{number}/")
    accessible(desk)
    desk.get_by_role("button", name=re.compile("^Make 2 awards")).click()

    officer.goto("/centre/results/")
    link = officer.locator("main a[href*='/centre/certificates/']")
    for _ in range(60):
        if link.count() and number in officer.locator("main").inner_text():
            break
        officer.wait_for_timeout(1000)
        officer.reload()
    response = officer.request.get(link.first.get_attribute("href"))
    assert response.headers["content-type"] == "application/pdf"
    assert response.body().startswith(b"%PDF")

    certificate = re.search(r"certificates/([0-9A-Z]{16})", link.first.get_attribute("href"))[1]
    stranger = visit(**PHONE).page
    stranger.goto(f"/check/{certificate}/")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This certificate is genuine")
    accessible(stranger)
    assert product.command("verify-certificate", certificate).returncode == 0
    assert product.command("ledger", "verify").stdout == "Every event follows from the one before.\n"


def test_a_claim_is_built_without_script(visit):
    page = visit(java_script_enabled=False).sign_in("tutor@bridgend.example")
    page.goto("/centre/claims/new/")
    page.get_by_role("radio", name=re.compile("09629")).check(force=True)
    page.get_by_role("button", name="Choose candidates").click()
    page.locator("input[name=tick]:enabled").last.check(force=True)
    page.get_by_role("button", name="Set for").click()
    expect(page.locator("main")).to_contain_text("No centre assessor is named")


PUBLIC = ("/", "/check/", "/check/0000000000000000/", "/qualifications/", "/qualifications/10263/", "/rules/",
          "/rules/claim-after-final-certification/", "/journeys/", "/journeys/claim/", "/help/", "/accessibility/",
          "/privacy/", "/account/login/")  # fmt: skip
STAFF = {
    "officer@bridgend.example": (
        "/centre/", "/centre/candidates/", "/centre/candidates/register/", "/centre/candidates/upload/",
        "/centre/claims/", "/centre/claims/new/", "/centre/results/", "/centre/own/",
    ),
    "moderator@conferral.example": ("/moderator/", "/moderator/parcels/", "/moderator/parcels/without-a-claim/"),
    "allocation@conferral.example": (
        "/desk/", "/desk/allocation/", "/desk/centres/", "/desk/centres/61423/", "/desk/catalogue/", "/desk/awards/",
        "/desk/parcels/",
    ),
}  # fmt: skip


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_every_first_page_is_accessible(visit, size):
    stranger = visit(**size).page
    for address in PUBLIC:
        stranger.goto(address)
        accessible(stranger)
    for email, addresses in STAFF.items():
        page = visit(**size).sign_in(email)
        for address in addresses:
            assert page.goto(address).status == 200, address
            accessible(page)


def test_the_keyboard_alone_signs_in_and_skips_to_the_content(visit):
    page = visit().page
    page.goto("/account/login/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Skip to main content")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("officer@bridgend.example")
    page.keyboard.press("Tab")
    page.keyboard.type("demonstration")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you today")
