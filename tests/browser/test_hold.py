"""From a suspicion to a hold, to no certificate, to lifting it, to the certificate: with a real worker, by keyboard."""

from playwright.sync_api import Page, expect

from tests.browser.test_claim_to_certificate import PHONE, accessible, square_code, submitted  # noqa: F401


def tab_to(page: Page, name: str, most: int = 80) -> None:
    """Press Tab until the control with this label, or the link or button with this text, has the focus."""
    named = """() => { const e = document.activeElement; return e.labels?.[0]?.innerText || e.innerText || '' }"""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(named).strip().startswith(name):
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_a_suspicion_becomes_a_hold_and_the_certificate_comes_once_it_is_lifted(visit, submitted):  # noqa: F811
    address, number = submitted
    officer = visit().sign_in("officer@bridgend.example")
    officer.goto(address)
    accessible(officer)
    tab_to(officer, "Report a suspicion of malpractice")
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", level=1)).to_have_text("Report a suspicion of malpractice")
    accessible(officer)
    tab_to(officer, "What it looks like")
    officer.keyboard.type("Marks")
    tab_to(officer, "Candidate")
    tab_to(officer, "What you saw")
    officer.keyboard.type("Two sheets bear a signature that is not the verifier’s.")
    tab_to(officer, "Day it was first noticed")
    officer.keyboard.type("1/1/2026")
    officer.keyboard.press("Enter")
    expect(officer.locator("body")).to_contain_text("Reported late")
    accessible(officer)

    officer.goto(f"{address}cover-sheet/")
    scanned = square_code(officer.screenshot())
    officer.goto(f"{address}despatch/")
    officer.get_by_role("button", name="Record despatch").click()
    moderator = visit(**PHONE).sign_in("moderator@conferral.example")
    moderator.goto(scanned)
    moderator.get_by_role("button", name="Received").click()
    moderator.goto(f"/moderator/claims/{number}/")
    for _ in range(6):
        moderator.get_by_role("radio", name="Confirm", exact=True).check(force=True)
        moderator.get_by_role("button", name="Save and see next").click()
    moderator.goto(f"/moderator/claims/{number}/report/")
    moderator.get_by_label("What went well").fill("Every answer gives a reason and an example.")
    moderator.get_by_role("button", name="Send the report").click()

    quality = visit().sign_in("quality@conferral.example")
    quality.goto("/desk/")
    tab_to(quality, "Suspicion")
    quality.keyboard.press("Enter")
    expect(quality.get_by_role("heading", name="What was seen")).to_be_visible()
    accessible(quality)
    tab_to(quality, f"Everybody in claim {number}")
    quality.keyboard.press("Space")
    tab_to(quality, "Why")
    quality.keyboard.type("Suspected")
    tab_to(quality, "What it rests on")
    quality.keyboard.type("The report of the centre.")
    tab_to(quality, "Place the hold")
    quality.keyboard.press("Enter")
    expect(quality.get_by_role("heading", name="Lift the hold")).to_be_visible()
    accessible(quality)
    hold = quality.url

    desk = visit().sign_in("certificates@conferral.example")
    desk.goto(f"/desk/awards/claims/{number}/")
    expect(desk.locator("main")).to_contain_text("results are held since")
    accessible(desk)
    desk.locator("form[action$='/process/'] button").click()
    expect(desk.locator("body")).to_contain_text(f"Claim {number} is processed: 0 awards made.")

    officer.goto(address)
    expect(officer.locator("main")).to_contain_text("Results of everybody in this claim are held since")
    expect(officer.locator("body")).not_to_contain_text("The report of the centre.")
    accessible(officer)
    officer.goto("/centre/results/")
    certificates = officer.locator("main a[href*='/centre/certificates/']")
    before = certificates.count()

    quality.goto(hold)
    tab_to(quality, "Why it is lifted")
    quality.keyboard.type("The verifier signs with two names.")
    tab_to(quality, "Lift the hold")
    quality.keyboard.press("Enter")
    expect(quality.get_by_role("heading", name="Why it was lifted")).to_be_visible()
    accessible(quality)

    for _ in range(120):
        officer.goto("/centre/results/")
        if certificates.count() == before + 2:
            break
        officer.wait_for_timeout(1000)
    expect(certificates).to_have_count(before + 2)
    assert officer.request.get(certificates.first.get_attribute("href")).body().startswith(b"%PDF")
