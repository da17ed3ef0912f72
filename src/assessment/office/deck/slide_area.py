"""Rectangles on a slide."""

from typing import NamedTuple

from assessment.office.deck.template import CONTENT_BOTTOM, CONTENT_TOP, CONTENT_WIDTH, MARGIN


class SlideArea(NamedTuple):
    """A rectangle on a slide in EMU."""

    left: int
    top: int
    width: int
    height: int

    def take_left(self, share: float, gap: int = 300_000) -> "SlideArea":
        """Return the left part."""
        return SlideArea(self.left, self.top, int(self.width * share) - gap // 2, self.height)

    def take_right(self, share: float, gap: int = 300_000) -> "SlideArea":
        """Return the right part."""
        width = int(self.width * share) - gap // 2
        return SlideArea(self.left + self.width - width, self.top, width, self.height)

    def take_top(self, share: float, gap: int = 150_000) -> "SlideArea":
        """Return the upper part."""
        return SlideArea(self.left, self.top, self.width, int(self.height * share) - gap // 2)

    def take_bottom(self, share: float, gap: int = 150_000) -> "SlideArea":
        """Return the lower part."""
        height = int(self.height * share) - gap // 2
        return SlideArea(self.left, self.top + self.height - height, self.width, height)


CONTENT = SlideArea(int(MARGIN), int(CONTENT_TOP), int(CONTENT_WIDTH), int(CONTENT_BOTTOM - CONTENT_TOP))
