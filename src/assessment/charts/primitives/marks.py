"""Marks that charts consist of: positions in points from the top left, tones instead of colours."""

from typing import Literal

from msgspec import Struct

SMALL, TEXT, LARGE = 8.0, 9.5, 11.5  # points: sizes of labels, the same as in the text of the PDF
TextAnchor = Literal["start", "middle", "end"]
MarkerShape = Literal["circle", "diamond", "square", "tick", "star"]
FontWeight = Literal["light", "regular", "strong"]


class Box(Struct, frozen=True, tag=True):
    """A filled rectangle, or its outline."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    outline: bool = False
    radius: float = 0.0


class ChartLine(Struct, frozen=True, tag=True):
    x1: float
    y1: float
    x2: float
    y2: float
    tone: str
    thickness: float = 1.0
    dashed: bool = False


class Marker(Struct, frozen=True, tag=True):
    """A point. Shape distinguishes series, so that colour is never the only difference."""

    x: float
    y: float
    size: float
    shape: MarkerShape
    tone: str
    hollow: bool = False


class ChartLabel(Struct, frozen=True, tag=True):
    """A line of text; `y` is the baseline, `limit` the maximum width in points, truncated beyond."""

    x: float
    y: float
    text: str
    tone: str = "ink"
    size: float = TEXT
    weight: FontWeight = "regular"
    anchor: TextAnchor = "start"
    limit: float | None = None


ChartMark = Box | ChartLine | Marker | ChartLabel


class Chart(Struct, frozen=True):
    """A drawing; `title` and `description` are its text alternative."""

    width: float
    height: float
    marks: tuple[ChartMark, ...]
    title: str
    description: str
