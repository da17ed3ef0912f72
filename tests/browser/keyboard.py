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
