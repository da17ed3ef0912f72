"""Figures that several sections use."""

from typing import Literal

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message


class LevelScore(Struct, frozen=True):
    """A score on the level scale. `level` None: withheld or not valid; `band` may be known nevertheless."""

    name: str
    figure: ReportFigure
    band: int | None
    level: int | None
    contested: bool = False
    provisional: bool = False


class KeyFigure(Struct, frozen=True):
    """A highlighted figure with its meaning."""

    label: Message
    figure: ReportFigure
    meaning: Message | None = None
    unit: Literal["points", "percent", "people", "ratio", "signed"] = "points"


class ScoreCell(Struct, frozen=True):
    """One cell of a score table, coloured by band; `mark` highlights it."""

    figure: ReportFigure
    band: int | None
    mark: bool = False
