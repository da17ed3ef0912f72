"""Somebody without a mouse; every stop on their way must be seen."""

from datetime import date

import pytest
from playwright.sync_api import Locator, Page

STOPS_MOST = 120
FOCUS = """
() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + Math.min(box.height, innerHeight) / 2];
  const over = document.elementFromPoint(x, y);
  const is_seen = over !== null && (here.contains(over) || over.contains(here));
  return { lost: here === document.body, outlined, is_seen, what: here.outerHTML.slice(0, 120) };
}
"""
# What the Tab key should reach, in the order of the page; of radio buttons one of each group.
LIST_STOPS = """
() => {
  const is_stop = (each) => !each.disabled && each.type !== "hidden" && each.checkVisibility();
  const group = (each) => [...document.getElementsByName(each.name)].filter((other) => other.form === each.form);
  const stop = (radios) => radios.find((each) => each.checked) || radios[0];
  const is_chosen = (each) => each.type !== "radio" || each === stop(group(each));
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']");
  window.stops = [...all].filter((each) => is_stop(each) && is_chosen(each));
  return window.stops.map((each) => each.outerHTML.slice(0, 120));
}
"""


class Keyboard:
    """Reaches everything with the Tab key; fails where the focus has no outline or is out of sight."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: Locator) -> None:
        """Press Tab until it has the focus."""
        wanted.wait_for()
        for _ in range(STOPS_MOST):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUS)
            if not found["lost"]:
                assert found["outlined"], f"no outline: {found['what']}"
                assert found["is_seen"], f"out of sight: {found['what']}"
            if wanted.evaluate("element => element === document.activeElement"):
                return
        pytest.fail("Tab never came there.")

    def visit_all(self) -> tuple[list[str], list[str]]:
        """Press Tab from the top of the page to its end; return what should be reached, and what was.

        A field with parts, such as a date, takes several stops and counts once.
        """
        expected, reached, places = self.page.evaluate(LIST_STOPS), [], []
        for _ in range(2 * STOPS_MOST):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUS)
            if here["lost"]:
                break
            assert here["outlined"], f"no outline: {here['what']}"
            assert here["is_seen"], f"out of sight: {here['what']}"
            place = self.page.evaluate("window.stops.indexOf(document.activeElement)")
            if not places or places[-1] != place:
                places.append(place)
                reached.append(here["what"])
        return expected, reached

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        self.to(wanted)
        self.page.keyboard.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        self.to(wanted)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def write_date(self, wanted: Locator, day: date) -> None:
        """Write a date part by part, as in an American browser."""
        self.to(wanted)
        self.page.keyboard.type(f"{day:%m%d%Y}")

    def tick(self, wanted: Locator) -> None:
        self.press(wanted, "Space")

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name).first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name).first
