"""Report content, section by section, independent of the output format.

Built once by `build_report`; pages, PDF and tables render the same report, and none of them calculates. Names are in
the report's language, sentences are messages, figures are rounded.
"""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.details import ReportDetails
from assessment.domain.report.parts.closing import (
    AppendixItem,
    AppendixItemGroup,
    AppendixSection,
    CutPoint,
    ModeratedFigure,
    PeopleCount,
    ProvenanceLine,
    SummarySection,
)
from assessment.domain.report.parts.functions import (
    AgreementPanel,
    AgreementRow,
    DimensionRow,
    FunctionSection,
    ItemRow,
)
from assessment.domain.report.parts.people import (
    AuthoritySection,
    GapRow,
    HandOffRow,
    HandOffsSection,
    OutlookQuadrant,
    OutlookSection,
    PerceptionGapSection,
)
from assessment.domain.report.parts.shared import KeyFigure, LevelScore, ScoreCell
from assessment.domain.report.parts.standing import AnswerSection, HeatmapRow, HeatmapSection, TargetRow, TargetsSection
from assessment.domain.report.parts.way import (
    Action,
    ActionPart,
    ActionTopic,
    AdviceReason,
    ChangeRow,
    ChangeSection,
    ItemChangeRow,
    PathStep,
    ProspectRow,
    RoadmapSection,
    TargetPathRow,
    TargetPathsSection,
)

__all__ = [
    "Action",
    "ActionPart",
    "ActionTopic",
    "AdviceReason",
    "AgreementPanel",
    "AgreementRow",
    "AnswerSection",
    "AppendixItem",
    "AppendixItemGroup",
    "AppendixSection",
    "AuthoritySection",
    "ChangeRow",
    "ChangeSection",
    "CutPoint",
    "DimensionRow",
    "FunctionSection",
    "GapRow",
    "HandOffRow",
    "HandOffsSection",
    "HeatmapRow",
    "HeatmapSection",
    "ItemChangeRow",
    "ItemRow",
    "KeyFigure",
    "LevelScore",
    "ModeratedFigure",
    "OutlookQuadrant",
    "OutlookSection",
    "PathStep",
    "PeopleCount",
    "PerceptionGapSection",
    "ProspectRow",
    "ProvenanceLine",
    "Report",
    "RoadmapSection",
    "ScoreCell",
    "SummarySection",
    "TargetPathRow",
    "TargetPathsSection",
    "TargetRow",
    "TargetsSection",
]


class Report(Struct, frozen=True):
    """One report; a section that the mode or the questionnaire does not have is None."""

    language: str
    details: ReportDetails
    instrument: str
    consensus: bool
    answer: AnswerSection
    targets: TargetsSection
    heatmap: HeatmapSection
    functions: tuple[FunctionSection, ...]
    gap: PerceptionGapSection | None
    authority: AuthoritySection | None
    hand_offs: HandOffsSection | None
    outlook: OutlookSection | None
    roadmap: RoadmapSection
    lifting: TargetPathsSection
    change: ChangeSection | None
    summary: SummarySection
    moderations: tuple[ModeratedFigure, ...]
    appendix: AppendixSection
    needed: int | None = None
    interval_percent: Decimal = Decimal(95)
