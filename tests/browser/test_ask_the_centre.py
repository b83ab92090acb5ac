"""A moderator asks by keyboard, the centre answers, the moderator decides; at two browsers, with axe on each page."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_claim_to_certificate import accessible

LONG = "Where does the candidate explain it? " * 54  # about 2,000 letters


def at_a_unit(page: Page) -> str:
    """The moderator opens a claim that waits; returns the address of the unit shown."""
    page.goto("/moderator/")
    page.locator("main").get_by_role("link", name=re.compile(r"^Review claim \d+")).first.click()
    expect(page.get_by_role("group", name=re.compile("^Your decision on"))).to_be_visible()
    return page.locator("form[data-decision]").get_attribute("action")


def test_a_question_is_asked_answered_and_decided(visit):
    moderator = visit(viewport={"width": 1280, "height": 900}).sign_in("moderator@conferral.example")
    unit = at_a_unit(moderator)
    moderator.goto(unit)
    candidate = moderator.locator(".app-picklist__link[aria-current] span").first.inner_text().split(",")[0].strip()

    # A key does nothing once it is turned off, and the choice is remembered.
    moderator.keyboard.press("?")
    moderator.get_by_role("button", name="Turn the keys off").click()
    moderator.keyboard.press("q")
    expect(moderator.get_by_role("radio", name="Ask the centre, then decide")).not_to_be_checked()
    moderator.reload()
    moderator.get_by_text("About keys").click()
    moderator.get_by_role("button", name="Turn the keys on").click()

    moderator.keyboard.press("q")
    expect(moderator.get_by_role("radio", name="Ask the centre, then decide")).to_be_checked()
    expect(moderator.get_by_label("Reason, unless you confirm")).to_be_focused()
    moderator.keyboard.type("Depth")
    moderator.keyboard.press("Tab")
    moderator.keyboard.press("Enter")
    expect(moderator.get_by_label("For the feedback report, or your question")).to_have_value(
        re.compile("asks for more than to name or list. Where does")
    )
    expect(moderator.get_by_role("radio", name="Ask the centre, then decide")).to_be_checked()
    words = moderator.get_by_label("For the feedback report, or your question")
    words.focus()
    moderator.keyboard.press("Control+A")
    moderator.keyboard.type("q c n: keys rest here. ")  # letters are letters in a text
    words.fill(words.input_value() + LONG)
    moderator.keyboard.press("Tab")
    moderator.keyboard.press("Enter")
    expect(moderator.locator("main")).to_contain_text("the centre is asked. It answers by")
    moderator.goto(unit)
    expect(
        moderator.get_by_role("link", name=re.compile(re.escape(candidate) + ".*Waits for the centre"))
    ).to_be_visible()
    expect(moderator.get_by_role("radio", name="Ask the centre, then decide")).to_have_count(0)
    accessible(moderator)

    officer = visit(viewport={"width": 390, "height": 844}).sign_in("officer@bridgend.example")
    officer.goto("/centre/")
    link = officer.locator("main").get_by_role("link", name=re.compile("^Answer the moderator about"))
    expect(link.first).to_be_visible()
    link.first.click()
    expect(officer.locator("main")).to_contain_text("q c n: keys rest here.")
    accessible(officer)
    officer.get_by_label("Your answer").focus()
    officer.keyboard.type("She explains it on page 9.")
    officer.keyboard.press("Tab")
    officer.keyboard.press("Enter")
    expect(officer.locator("main")).to_contain_text("Sent. The moderator decides")

    moderator.goto("/moderator/")
    expect(moderator.locator("main")).to_contain_text("Units to decide after a question")
    accessible(moderator)
    moderator.goto(unit)
    expect(moderator.locator("main")).to_contain_text("She explains it on page 9.")
    moderator.keyboard.press("c")
    expect(moderator.get_by_role("radio", name="Confirm", exact=True)).to_be_checked()
    moderator.keyboard.press("Enter")
    moderator.wait_for_url(lambda url: not url.endswith(unit))
    moderator.goto(unit)
    expect(moderator.locator("main")).to_contain_text("A unit has one outcome")
    accessible(moderator)


def test_the_map_of_the_cohort_shows_the_question_and_leads_to_it(visit):
    moderator = visit().sign_in("moderator@conferral.example")
    unit = at_a_unit(moderator)
    moderator.goto(unit)
    moderator.get_by_role("radio", name="Ask the centre, then decide").check(force=True)
    moderator.get_by_label("Reason, unless you confirm").select_option("THIN_ANSWER")
    moderator.get_by_role("button", name="Save and see next").click()
    expect(moderator.locator("main")).to_contain_text("the centre is asked")

    officer = visit(viewport={"width": 1280, "height": 900}).sign_in("officer@bridgend.example")
    officer.goto("/centre/readiness/?scheme=09628")
    expect(officer.locator(".app-map .app-cell--question")).to_have_count(1)
    accessible(officer)
    officer.locator(".app-map").get_by_role("link", name=re.compile("^Answer about")).click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("Answer the moderator about")
