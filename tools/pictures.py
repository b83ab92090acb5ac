"""Take the pictures of the README from the running product: `python -m tools.pictures` (a minute)."""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, Product, Visitor, start
from tools import browser as chromium

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
DEMONSTRATION = Path("packs/demo/registrations-09628.csv")


def keep(page: Page, name: str) -> None:
    """The page as it is seen first, as a small PNG."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    Image.open(path).quantize(128).save(path, optimize=True)


def of_centre(visitor: Visitor) -> None:
    page = visitor.sign_in("officer@bridgend.example")
    keep(page, "centre-today")
    page.goto("/centre/claims/")
    page.get_by_role("link", name="6", exact=True).click()
    keep(page, "consignment")
    page.goto("/centre/results/")
    pdf = page.locator("main a[href*='/centre/certificates/']").first.get_attribute("href")
    number = pdf.rstrip("/").split("/")[-1]
    page.goto(f"/check/{number}/")
    keep(page, "check-genuine")
    page.goto("/rules/claim-after-final-certification/")
    keep(page, "rule")


def of_assessor(visitor: Visitor) -> None:
    page = visitor.sign_in("assessor@bridgend.example")
    page.goto("/centre/claims/new/")
    page.locator("main input[type=radio]").first.check(force=True)
    page.get_by_role("button", name="Choose candidates").click()
    for box in page.locator("input[name=tick]:enabled").all()[:5]:
        box.check(force=True)
    page.get_by_role("button", name="Set for").click()
    keep(page, "claim-by-unit")


def of_upload(visitor: Visitor) -> None:
    page = visitor.sign_in("officer@kirkgate.example")
    page.goto("/centre/candidates/upload/")
    page.locator("input[type=file]").set_input_files(DEMONSTRATION)
    page.get_by_role("button", name="Check the file").click()
    keep(page, "upload-preview")


def of_moderator(visitor: Visitor) -> None:
    page = visitor.sign_in("moderator@conferral.example")
    page.goto("/moderator/claims/3/")
    keep(page, "moderator-review")


def of_library(visitor: Visitor) -> None:
    page = visitor.sign_in("officer@bridgend.example")
    page.goto("/library/")
    page.get_by_role("link", name="Customer Service: centre handbook").first.click()
    keep(page, "document")
    page.goto("/reports/")
    page.locator("main .app-rules a").first.click()
    keep(page, "report")


def of_certificate(product: Product) -> None:
    """The first page of an issued certificate."""
    import os

    os.environ |= product.environment | {"DJANGO_SETTINGS_MODULE": "conferral.site.settings"}
    import django

    django.setup()
    from conferral.batch.certificates import certificate_picture
    from conferral.records.awards.models import Certificate

    certificate = Certificate.objects.filter(state="issued").first()
    (FOLDER / "certificate.png").write_bytes(
        certificate_picture(certificate, address=product.address, dots_per_inch=72)
    )


def in_browser(product: Product) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=[*ARGUMENTS, "--no-sandbox"])
        Visitor(browser, product).page.wait_for_timeout(90_000)  # the worker issues certificates by then
        for take in (of_centre, of_assessor, of_upload, of_moderator, of_library):
            take(Visitor(browser, product, viewport={"width": 1280, "height": 900}))
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        process, product = start(Path(home))
        try:
            in_browser(product)
            of_certificate(product)
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
