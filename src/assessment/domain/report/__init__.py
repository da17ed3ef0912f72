"""Report content as messages and rounded figures; independent of language and output format."""

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.actions import roadmap
from assessment.domain.report.answer import answer
from assessment.domain.report.appendix import appendix
from assessment.domain.report.authority import authority
from assessment.domain.report.change import Earlier, change
from assessment.domain.report.details import Details, Moderation, OwnFinding
from assessment.domain.report.functions import functions
from assessment.domain.report.hand_offs import hand_offs
from assessment.domain.report.heatmap import common, heatmap
from assessment.domain.report.lifting import lifting
from assessment.domain.report.moderation import moderations
from assessment.domain.report.outlook import embedding, outlook
from assessment.domain.report.parts import Report
from assessment.domain.report.perception import perception
from assessment.domain.report.source import exact, source
from assessment.domain.report.summary import summary
from assessment.domain.report.targets import targets
from assessment.domain.result import Result

__all__ = ["Details", "Earlier", "Moderation", "OwnFinding", "Report", "build"]


def build(
    questionnaire: Questionnaire,
    result: Result,
    details: Details,
    language: str = "en",
    *,
    earlier: Earlier | None = None,
) -> Report:
    """Build the report of a result, compared with an `earlier` wave if there is one; all outputs render this report."""
    known = source(questionnaire, result, details, language)
    way = roadmap(known)
    risk, gap, moving, roles = authority(known), perception(known), hand_offs(known), outlook(known)
    moved, places = change(known, earlier), heatmap(known)
    titles = tuple(part.title for part in (risk, gap, moving, roles, moved, places) if part)
    titles += tuple(one for one in (common(known), embedding(known)) if one)
    first = answer(known, way.actions, titles)
    return Report(
        language=language,
        details=details,
        instrument=known.texts.title,
        consensus=known.consensus,
        answer=first,
        targets=targets(known),
        heatmap=places,
        functions=functions(known, way.actions),
        gap=gap,
        authority=risk,
        hand_offs=moving,
        outlook=roles,
        roadmap=way,
        lifting=lifting(known, way),
        change=moved,
        summary=summary(known, first, places, way),
        moderations=moderations(known),
        appendix=appendix(known),
        needed=known.figures.needed,
        interval_percent=exact(100 * questionnaire.scoring.interval_confidence),
    )
