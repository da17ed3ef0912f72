"""The reference page of the API on a phone and a desk: contents in reach, nothing sideways, nothing from elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, Server
from tests.browser.page_checks import fits_screen

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
# What is cut off at the right, except in boxes that scroll by themselves and in what is only read aloud.
CUT_OFF = """
() => [...document.querySelectorAll("main *")]
  .filter(one => !one.closest("pre, thead") && one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map(one => one.outerHTML.slice(0, 100))
"""


@pytest.fixture
def open_reference(open_browser: Callable[..., Page], shared: Server) -> Callable[..., tuple[Page, list[str]]]:
    """Opens the page in a window of a size; returns it with the addresses of all that it requested."""

    def visit(**options: object) -> tuple[Page, list[str]]:
        page = open_browser(**options)
        addresses: list[str] = []
        page.on("request", lambda request: addresses.append(request.url))
        page.goto(f"{shared.url}/api/docs", wait_until="networkidle")
        return page, addresses

    return visit


@pytest.mark.parametrize("viewport", [NARROW, DESK], ids=["narrow", "desk"])
def test_reference_fits_the_screen_and_loads_nothing_from_elsewhere(open_reference, shared, viewport):
    page, addresses = open_reference(viewport=viewport)

    assert fits_screen(page)
    assert page.evaluate(CUT_OFF) == []
    assert len(addresses) > 1
    assert [address for address in addresses if not address.startswith((f"{shared.url}/", "data:"))] == []
    assert page.locator("script, iframe, img").count() == 0


def test_contents_on_a_phone_open_and_lead_to_every_chapter(open_reference):
    page, _ = open_reference(viewport=NARROW)
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link", name="Errors", exact=True)).to_be_hidden()

    contents.get_by_text("Contents", exact=True).click()
    targets = contents.locator(".narrow a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    contents.get_by_role("link", name="Errors", exact=True).click()

    expect(page.get_by_role("heading", name="Errors", exact=True)).to_be_in_viewport()
    assert page.url.endswith("#errors")
    missing = [target for target in targets if page.locator(f'[id="{target[1:]}"]').count() != 1]
    assert len(targets) > 80
    assert missing == []


def test_contents_on_a_desk_stay_at_the_side(open_reference):
    page, _ = open_reference(viewport=DESK)
    contents = page.get_by_role("navigation", name="Contents")

    page.get_by_role("heading", name="Types", exact=True).scroll_into_view_if_needed()

    expect(contents.get_by_role("link", name="Errors", exact=True)).to_be_visible()
    assert contents.evaluate("nav => nav.getBoundingClientRect().top >= 0 && nav.getBoundingClientRect().right < 400")
    expect(contents).to_be_in_viewport()


def test_long_samples_scroll_inside_their_box(open_reference):
    page, _ = open_reference(viewport=NARROW)

    wide = page.locator("pre").evaluate_all("boxes => boxes.filter(one => one.scrollWidth > one.clientWidth).length")
    overflowing = page.locator("pre").evaluate_all(
        "boxes => boxes.filter(one => !['auto', 'scroll'].includes(getComputedStyle(one).overflowX)).length"
    )

    assert wide > 0
    assert overflowing == 0
