"""The figures that every part of a report is made of."""

from typing import Literal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message


class Levelled(Struct, frozen=True):
    """A score on the level scale. `level` None: withheld or not valid; `band` may still stand."""

    name: str
    figure: Figure
    band: int | None
    level: int | None
    contested: bool = False
    provisional: bool = False


class KeyFigure(Struct, frozen=True):
    """A figure worth a place of its own, with what it means."""

    label: Message
    figure: Figure
    meaning: Message | None = None
    unit: Literal["points", "percent", "people", "ratio", "signed"] = "points"


class Cell(Struct, frozen=True):
    """One cell of a table of scores, coloured by band."""

    figure: Figure
    band: int | None
    mark: bool = False
