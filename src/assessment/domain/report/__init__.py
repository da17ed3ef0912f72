"""Report content as messages and rounded figures; independent of language and output format."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.details import ConsultantFinding, ReportDetails, ScoreModeration
from assessment.domain.report.sections.answer import AnswerSection, build_answer
from assessment.domain.report.sections.appendix import AppendixSection, build_appendix
from assessment.domain.report.sections.authority import AuthoritySection, build_authority
from assessment.domain.report.sections.change import ChangeSection, EarlierWave, build_change
from assessment.domain.report.sections.functions import FunctionSection, build_functions
from assessment.domain.report.sections.hand_offs import HandOffsSection, build_hand_offs
from assessment.domain.report.sections.heatmap import HeatmapSection, build_common_low_finding, build_heatmap
from assessment.domain.report.sections.moderation import ModeratedFigure, build_moderated_scores
from assessment.domain.report.sections.outlook import OutlookSection, build_embedding_finding, build_outlook
from assessment.domain.report.sections.perception_gap import PerceptionGapSection, build_perception_gap
from assessment.domain.report.sections.roadmap import RoadmapSection, build_roadmap
from assessment.domain.report.sections.summary import SummarySection, build_summary
from assessment.domain.report.sections.target_paths import TargetPathsSection, build_target_paths
from assessment.domain.report.sections.targets import TargetsSection, build_targets
from assessment.domain.report.source import build_source, to_exact_decimal
from assessment.domain.result import Result

__all__ = ["ConsultantFinding", "EarlierWave", "Report", "ReportDetails", "ScoreModeration", "build_report"]


class Report(Struct, frozen=True):
    """One report; a section that the mode or the questionnaire does not have is None.

    Names are in the report's language, sentences are messages, figures are rounded. Pages, PDF and tables render the
    same report; none of them calculates.
    """

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


def build_report(
    questionnaire: Questionnaire,
    result: Result,
    details: ReportDetails,
    language: str = "en",
    *,
    earlier: EarlierWave | None = None,
) -> Report:
    """Build the report of a result, compared with an `earlier` wave if there is one; all outputs render this report."""
    known = build_source(questionnaire, result, details, language)
    way = build_roadmap(known)
    risk, gap, moving, roles = (
        build_authority(known),
        build_perception_gap(known),
        build_hand_offs(known),
        build_outlook(known),
    )
    moved, places = build_change(known, earlier), build_heatmap(known)
    titles = tuple(part.title for part in (risk, gap, moving, roles, moved, places) if part)
    titles += tuple(one for one in (build_common_low_finding(known), build_embedding_finding(known)) if one)
    first = build_answer(known, way.actions, titles)
    return Report(
        language=language,
        details=details,
        instrument=known.texts.title,
        consensus=known.consensus,
        answer=first,
        targets=build_targets(known),
        heatmap=places,
        functions=build_functions(known, way.actions),
        gap=gap,
        authority=risk,
        hand_offs=moving,
        outlook=roles,
        roadmap=way,
        lifting=build_target_paths(known, way),
        change=moved,
        summary=build_summary(known, first, places, way),
        moderations=build_moderated_scores(known),
        appendix=build_appendix(known),
        needed=known.figures.needed,
        interval_percent=to_exact_decimal(100 * questionnaire.scoring.interval_confidence),
    )
