"""An assessor, a moderator and the desk work at the same time, each at a browser of their own: post, then upload."""

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from queue import Queue

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, Visitor
from tests.browser.test_claim_to_certificate import DEMONSTRATION
from tests.samples import pdf
from tools import browser as chromium

CENTRE, SCHEME = "52077", "09628"
TOGETHER = 240  # seconds that anybody waits for the others


@contextmanager
def somebody(product, email: str) -> Iterator[Page]:
    """A person at a browser of their own, signed in; at the end it has shown no error."""
    with sync_playwright() as playwright:
        arguments = ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=arguments)
        visitor = Visitor(launched, product)
        yield visitor.sign_in(email)
        launched.close()
    assert visitor.errors == []


def until(page: Page, address: str, words: str) -> None:
    """Look again until the page shows what somebody else has done. Raises AssertionError when it does not."""
    end = time.monotonic() + TOGETHER
    while time.monotonic() < end:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} never showed {words!r}")


def claim(page: Page) -> str:
    """Build a claim for one candidate and submit it; returns its number."""
    page.goto("/centre/claims/new/")
    page.get_by_role("radio", name=re.compile(SCHEME)).check(force=True)
    page.get_by_role("button", name="Choose candidates").click()
    for tab in range(3):
        page.locator(".app-tabs a").nth(tab).click()
        page.locator("input[name=tick]:enabled:not(:checked)").first.check(force=True)
        page.get_by_label("Assessor for all ticked").select_option(label="Ivana D’Angelo")
        page.get_by_label("Internal verifier for all ticked").select_option(label="Idris Bello")
        page.get_by_role("button", name="Set for").click()
    page.get_by_role("link", name=re.compile("Check and submit")).or_(
        page.get_by_role("button", name=re.compile("Check and submit"))
    ).first.click()
    page.get_by_label("If it goes with gaps: why?").fill("The marking stands on the work itself")
    page.get_by_role("button", name=re.compile("^Submit 1 candidate")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("send the work")
    return re.search(r"claims/(\d+)/", page.url)[1]


def at_the_centre(product, sent: Queue, seen: Queue) -> None:
    """Claims twice: one work goes by post, the other is uploaded while the first is looked at."""
    with somebody(product, "assessor@kirkgate.example") as page:
        number = claim(page)
        page.goto(f"/centre/claims/{number}/despatch/")
        page.get_by_role("button", name="Record despatch").click()
        page.goto(f"/centre/claims/{number}/cover-sheet/")
        reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.locator("body").inner_text())[0]
        sent.put((number, reference))
        number = claim(page)
        page.get_by_role("link", name="Upload the work instead").or_(
            page.get_by_role("button", name="Upload the work instead")
        ).click()
        page.get_by_label("Files of this candidate’s work").set_input_files(
            [{"name": "Task 1.pdf", "mimeType": "application/pdf", "buffer": pdf("Because they had waited", pages=2)}]
        )
        page.get_by_role("button", name="Upload", exact=True).click()
        expect(page.get_by_role("row", name=re.compile("Task 1.pdf"))).to_have_count(1, timeout=60_000)
        page.get_by_role("button", name="Upload complete: send to the moderator").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("with the moderator")
        sent.put((number, ""))
        opened = seen.get(timeout=TOGETHER)  # what the moderator has opened can't be taken back any more
        page.goto(f"/centre/claims/{opened}/")
        expect(page.get_by_role("button", name=re.compile("Take .* back"))).to_have_count(0)


def at_the_moderators(product, sent: Queue, seen: Queue, reported: Queue) -> None:
    """Logs the parcel while the centre uploads, decides every unit of both claims and reports."""
    with somebody(product, "moderator@conferral.example") as page:
        for _ in range(2):
            number, reference = sent.get(timeout=TOGETHER)
            if reference:
                page.goto("/moderator/parcels/")
                page.get_by_label("Reference on the cover sheet").fill(reference.lower())
                page.get_by_role("button", name="Received").click()
                expect(page.locator("main")).to_contain_text(f"The work for claim {number} is logged as received")
            page.goto(f"/moderator/claims/{number}/")
            if reference:
                seen.put(number)
            for _ in range(3):
                page.get_by_role("radio", name="Confirm", exact=True).check(force=True)
                page.get_by_role("button", name="Save and see next").click()
            page.goto(f"/moderator/claims/{number}/report/")
            page.get_by_label("What went well").fill("Every answer gives a reason.")
            page.get_by_role("button", name="Send the report").click()
            reported.put(number)


def at_the_desk(product, reported: Queue) -> list[str]:
    """Makes the award of each claim as soon as its report is there; returns the numbers."""
    done = []
    with somebody(product, "certificates@conferral.example") as page:
        for _ in range(2):
            number = reported.get(timeout=TOGETHER)
            until(page, f"/desk/awards/claims/{number}/", "award")
            page.get_by_role("button", name=re.compile("^Make 1 award")).click()
            done.append(number)
    return done


def register(page: Page) -> None:
    """The candidates of the demonstration's file, unless they are registered already."""
    page.goto("/centre/candidates/upload/")
    page.locator("input[type=file]").set_input_files(DEMONSTRATION)
    page.get_by_role("button", name="Check the file").click()
    button = page.get_by_role("button", name=re.compile("^Register"))
    if button.count():
        button.click()


def test_post_and_upload_by_three_people_at_once(product):
    sent, seen, reported = Queue(), Queue(), Queue()
    with ThreadPoolExecutor(3) as people:
        people.submit(prepared, product).result(timeout=TOGETHER)
        centre = people.submit(at_the_centre, product, sent, seen)
        moderator = people.submit(at_the_moderators, product, sent, seen, reported)
        desk = people.submit(at_the_desk, product, reported)
        ended, waiting = wait((centre, moderator, desk), return_when=FIRST_EXCEPTION)
        if waiting:  # nobody goes on waiting for what somebody else will not do any more
            for queue in (sent, sent, seen, reported, reported):
                queue.put(None)
        for one in ended:
            one.result()
        people.submit(certificated, product, desk.result()).result(timeout=TOGETHER)
    assert product.command("ledger", "verify").stdout == "Every event follows from the one before.\n"


def prepared(product) -> None:
    with somebody(product, "officer@kirkgate.example") as page:
        register(page)


def certificated(product, claims: list[str]) -> None:
    """The centre finds a certificate for each claim under Results."""
    with somebody(product, "officer@kirkgate.example") as page:
        for number in claims:
            until(page, "/centre/results/", f"{number}")
        for _ in range(60):
            if page.locator("main a[href*='/centre/certificates/']").count() >= len(claims):
                return
            page.wait_for_timeout(1000)
            page.reload()
        raise AssertionError("not every certificate came")
