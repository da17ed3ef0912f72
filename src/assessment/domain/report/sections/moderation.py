"""Moderated scores: computed and moderated value, with the consultant's reason."""

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import make_message
from assessment.domain.report.source import ReportSource


class ModeratedFigure(Struct, frozen=True):
    """A score as computed and as moderated by the consultant."""

    place: str
    computed: ReportFigure
    moderated: ReportFigure
    reason: str


def build_moderated_scores(source: ReportSource) -> tuple[ModeratedFigure, ...]:
    """Build the moderated scores; both values are rounded like any score."""
    return tuple(
        ModeratedFigure(
            place=found.place,
            computed=ReportFigure(None, missing=make_message("missing.not-valid"))
            if found.computed is None
            else ReportFigure(source.score(found.computed)),
            moderated=ReportFigure(source.score(found.moderated)),
            reason=found.reason,
        )
        for found in source.details.moderations
    )
