"""What a chart is made of: marks in points, from the top left, in tones rather than colours."""

from typing import Literal

from msgspec import Struct

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "diamond", "square", "tick", "star"]
Weight = Literal["light", "regular", "strong"]


class Box(Struct, frozen=True, tag=True):
    """A filled rectangle; `outline` draws its edge instead."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    outline: bool = False
    radius: float = 0.0


class Line(Struct, frozen=True, tag=True):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    tone: str
    thickness: float = 1.0
    dashed: bool = False


class Marker(Struct, frozen=True, tag=True):
    """A point with a shape, so that colour is never alone in telling things apart."""

    x: float
    y: float
    size: float
    shape: Shape
    tone: str
    hollow: bool = False


class Label(Struct, frozen=True, tag=True):
    """A line of text; y is its baseline, and what is wider than `limit` is shortened."""

    x: float
    y: float
    text: str
    tone: str = "ink"
    size: float = 9.0
    weight: Weight = "regular"
    anchor: Anchor = "start"
    limit: float | None = None


Mark = Box | Line | Marker | Label


class Chart(Struct, frozen=True):
    """A drawing of one message; `title` and `description` stand in for it where it isn't seen."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    title: str
    description: str
