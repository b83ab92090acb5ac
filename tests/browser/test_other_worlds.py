"""The product empty, and on another day."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, start


@pytest.fixture
def started(tmp_path):
    running = []

    def run(*words: str):
        process, product = start(tmp_path, *words)
        running.append(process)
        return product

    yield run
    for process in running:
        process.terminate()
        process.wait(timeout=30)


def test_an_empty_product_walks_through_the_first_desk_account(started, tmp_path, browser):
    product = started("--no-demo")
    link = re.search(r"http\S+first-desk-account\S+", (tmp_path / "run.log").read_text())[0]
    visitor = Visitor(browser, product)
    page = visitor.page
    page.goto(link)
    page.get_by_label("Your name").fill("Angharad Price")
    page.get_by_label("E-mail address").fill("angharad@organisation.example")
    for field in page.locator("input[type=password]").all():
        field.fill("a long first password")
    page.locator("main form button").click()
    expect(page.locator("header")).to_contain_text("Angharad Price")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("first")
    visitor.context.close()


def test_the_world_is_shown_as_on_another_day_and_registers_what_has_closed_since(started, browser):
    product = started("--at", "2013-11-15")
    visitor = Visitor(browser, product)
    page = visitor.sign_in("officer@bridgend.example")
    expect(page.locator("body")).to_contain_text("as if it were Friday 15 November 2013")
    page.goto("/centre/candidates/register/")
    expect(page.get_by_role("radio", name=re.compile("10263"))).to_be_enabled()
    visitor.context.close()


def test_a_command_beside_a_running_world_speaks_to_it(started):
    product = started("--at", "2013-11-15")
    file = "packs/demo/registrations-09628.csv"
    answer = product.command("register", file, "--centre", "52077", "--dry-run", "--json")
    told = json.loads(answer.stdout)
    assert told["accepted"] == 36, answer.stderr
    assert "registration-after-last-date" not in {row["rule"] for row in told["refused"]}
