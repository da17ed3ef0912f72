"""Checks of one page in a browser: violations that axe finds, and what is wider than the screen."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then((results) => results.violations)"
EXCERPT = 120  # characters of an element


def fits_screen(page: Page) -> bool:
    """Return whether the page is no wider than the screen, once it is loaded: before, it may have no root element."""
    page.wait_for_load_state()
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fits


def find_violations(page: Page) -> list[str]:
    """Return what axe finds, of any impact, and whether the page is wider than the screen."""
    page.wait_for_load_state()
    expect(page.locator(".htmx-request")).to_have_count(0)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    violations = [_describe(each) for each in page.evaluate(RUN_AXE)]
    if not fits_screen(page):
        violations.append("The page is wider than the screen.")
    return violations


def _describe(violation: dict[str, Any]) -> str:
    nodes = [node["html"][:EXCERPT] for node in violation["nodes"]]
    return f"{violation['id']} ({violation['impact']}): {violation['help']} {nodes}"
