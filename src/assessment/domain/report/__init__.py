"""The report: what is said and shown, as messages and rounded figures. Pure; drawn by others."""

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.actions import roadmap
from assessment.domain.report.answer import answer
from assessment.domain.report.appendix import appendix
from assessment.domain.report.authority import authority
from assessment.domain.report.functions import functions
from assessment.domain.report.hand_offs import hand_offs
from assessment.domain.report.heatmap import heatmap
from assessment.domain.report.outlook import outlook
from assessment.domain.report.parts import Details, Report
from assessment.domain.report.perception import perception
from assessment.domain.report.source import exact, source
from assessment.domain.report.targets import targets
from assessment.domain.result import Result

__all__ = ["Details", "Report", "build"]


def build(questionnaire: Questionnaire, result: Result, details: Details, language: str = "en") -> Report:
    """Say what a released result says. The same report feeds pages and PDF."""
    known = source(questionnaire, result, details, language)
    way = roadmap(known)
    risk, gap, moving, roles = authority(known), perception(known), hand_offs(known), outlook(known)
    return Report(
        language=language,
        details=details,
        instrument=known.texts.title,
        consensus=known.consensus,
        answer=answer(known, way.actions, tuple(part.title for part in (risk, gap, moving, roles) if part)),
        targets=targets(known),
        heatmap=heatmap(known),
        functions=functions(known, way.actions),
        gap=gap,
        authority=risk,
        hand_offs=moving,
        outlook=roles,
        roadmap=way,
        appendix=appendix(known),
        needed=known.figures.needed,
        interval_percent=exact(100 * questionnaire.scoring.interval_confidence),
    )
