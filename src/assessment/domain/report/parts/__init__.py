"""Report content, section by section, independent of the output format.

Built once by `build_report`; pages, PDF and tables render the same report, and none of them calculates. Names are in
the report's language, sentences are messages, figures are rounded.
"""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.details import Details
from assessment.domain.report.parts.closing import (
    Appendix,
    Count,
    CutPoint,
    ItemGroup,
    ItemLine,
    Line,
    Moderated,
    Summary,
)
from assessment.domain.report.parts.functions import DimensionRow, FunctionPart, ItemRow, Spread, SpreadRow
from assessment.domain.report.parts.people import Authority, Gap, GapRow, HandOffRow, HandOffs, Outlook, Quadrant
from assessment.domain.report.parts.shared import Cell, KeyFigure, Levelled
from assessment.domain.report.parts.standing import Answer, Heatmap, HeatRow, TargetRow, Targets
from assessment.domain.report.parts.way import (
    Action,
    Change,
    ChangeRow,
    Fired,
    ItemChange,
    Lifting,
    LiftRow,
    Part,
    ProspectRow,
    Roadmap,
    Step,
    Topic,
)

__all__ = [
    "Action",
    "Answer",
    "Appendix",
    "Authority",
    "Cell",
    "Change",
    "ChangeRow",
    "Count",
    "CutPoint",
    "DimensionRow",
    "Fired",
    "FunctionPart",
    "Gap",
    "GapRow",
    "HandOffRow",
    "HandOffs",
    "HeatRow",
    "Heatmap",
    "ItemChange",
    "ItemGroup",
    "ItemLine",
    "ItemRow",
    "KeyFigure",
    "Levelled",
    "LiftRow",
    "Lifting",
    "Line",
    "Moderated",
    "Outlook",
    "Part",
    "ProspectRow",
    "Quadrant",
    "Report",
    "Roadmap",
    "Spread",
    "SpreadRow",
    "Step",
    "Summary",
    "TargetRow",
    "Targets",
    "Topic",
]


class Report(Struct, frozen=True):
    """One report; a section that the mode or the questionnaire does not have is None."""

    language: str
    details: Details
    instrument: str
    consensus: bool
    answer: Answer
    targets: Targets
    heatmap: Heatmap
    functions: tuple[FunctionPart, ...]
    gap: Gap | None
    authority: Authority | None
    hand_offs: HandOffs | None
    outlook: Outlook | None
    roadmap: Roadmap
    lifting: Lifting
    change: Change | None
    summary: Summary
    moderations: tuple[Moderated, ...]
    appendix: Appendix
    needed: int | None = None
    interval_percent: Decimal = Decimal(95)
