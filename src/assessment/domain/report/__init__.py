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
from assessment.domain.report.sections.participation import ParticipationSection, build_participation
from assessment.domain.report.sections.people_said import PeopleSaidSection, build_people_said
from assessment.domain.report.sections.perception_gap import PerceptionGapSection, build_perception_gap
from assessment.domain.report.sections.plan import PlanSection, build_plan
from assessment.domain.report.sections.roadmap import RoadmapSection, build_roadmap
from assessment.domain.report.sections.strengths import StrengthsSection, build_strengths
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
    perception_gap: PerceptionGapSection | None
    authority: AuthoritySection | None
    hand_offs: HandOffsSection | None
    outlook: OutlookSection | None
    roadmap: RoadmapSection
    plan: PlanSection
    participation: ParticipationSection
    strengths: StrengthsSection
    target_paths: TargetPathsSection
    change: ChangeSection | None
    summary: SummarySection
    people_said: PeopleSaidSection | None
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
    source = build_source(questionnaire, result, details, language)
    roadmap = build_roadmap(source)
    authority, perception_gap, hand_offs, outlook = (
        build_authority(source),
        build_perception_gap(source),
        build_hand_offs(source),
        build_outlook(source),
    )
    change, heatmap = build_change(source, earlier), build_heatmap(source)
    titles = tuple(section.title for section in (authority, perception_gap, hand_offs, outlook, heatmap) if section)
    titles += tuple(
        finding for finding in (build_common_low_finding(source), build_embedding_finding(source)) if finding
    )
    strengths = build_strengths(source)
    answer = build_answer(source, roadmap, titles, change, strengths)
    return Report(
        language=language,
        details=details,
        instrument=source.texts.title,
        consensus=source.is_consensus,
        answer=answer,
        targets=build_targets(source),
        heatmap=heatmap,
        functions=build_functions(source, roadmap.actions),
        perception_gap=perception_gap,
        authority=authority,
        hand_offs=hand_offs,
        outlook=outlook,
        roadmap=roadmap,
        plan=build_plan(source, roadmap),
        participation=build_participation(source),
        strengths=strengths,
        target_paths=build_target_paths(source, roadmap),
        change=change,
        summary=build_summary(source, answer, heatmap),
        people_said=build_people_said(source),
        moderations=build_moderated_scores(source),
        appendix=build_appendix(source),
        needed=source.figures.needed,
        interval_percent=to_exact_decimal(100 * questionnaire.scoring.interval_confidence),
    )
