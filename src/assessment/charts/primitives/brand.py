"""The accent colour of a firm: on covers, headings and marks of emphasis. Charts keep their own colours.

Those of charts are chosen for people who see colours differently, and mean the same in every report.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from assessment.charts.primitives.palette import PALETTE, compute_contrast

NEEDED_CONTRAST = 4.5  # with white, for texts (WCAG 2.2, 1.4.3)
COLOUR_PATTERN = re.compile(r"#[0-9A-F]{6}")
PANEL_TONE, HEADING_TONE = "level-5", "ink"
DARKER, DARKEST, LIGHTER = -0.2, -0.35, 0.65  # shares of black and white mixed in

_brand: ContextVar[str] = ContextVar("brand", default="")


@contextmanager
def use_brand(colour: str) -> Iterator[None]:
    """Use a colour "#RRGGBB" for what is drawn inside; anything else leaves our own colours."""
    token = _brand.set(colour if COLOUR_PATTERN.fullmatch(colour) else "")
    try:
        yield
    finally:
        _brand.reset(token)


def get_brand() -> str:
    """Return the colour in use as "#RRGGBB"; empty for our own colours."""
    return _brand.get()


def find_colour(tone: str) -> str:
    """Return the colour of a text, line or fill outside of charts: the accent is the firm's."""
    return (_brand.get() if tone == "accent" else "") or PALETTE[tone]


def find_panel_colour() -> str:
    """Return the colour of covers; white text is legible on it."""
    return _brand.get() or PALETTE[PANEL_TONE]


def find_heading_colour(tone: str = HEADING_TONE) -> str:
    """Return the colour of headings; `tone` is our own."""
    return _brand.get() or PALETTE[tone]


def find_panel_tone(tone: str) -> str:
    """Return the tone of a text on the panel: ours is pale blue, which fits no other colour."""
    return "paper" if _brand.get() else tone


def build_panel_palette() -> Mapping[str, str]:
    """Build the colours of the chart on the cover: shades of the firm's colour."""
    brand = _brand.get()
    if not brand:
        return PALETTE
    return PALETTE | {
        "level-2": PALETTE["paper"],
        "level-3": mix_colour(brand, LIGHTER),
        "level-4": mix_colour(brand, DARKER),
        "level-5": mix_colour(brand, DARKEST),
    }


def mix_colour(colour: str, share: float) -> str:
    """Mix a share of white into "#RRGGBB", or of black where it is negative."""
    end = 255 if share > 0 else 0
    channels = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(channel + (end - channel) * abs(share)):02X}" for channel in channels)


def measure_contrast(colour: str) -> float:
    """Contrast ratio of "#RRGGBB" with white, 1-21 (WCAG 2.2)."""
    return compute_contrast(colour, PALETTE["paper"])
