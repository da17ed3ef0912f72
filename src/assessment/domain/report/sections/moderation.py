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
            place=moderation.place,
            computed=ReportFigure(None, missing=make_message("missing.not-valid"))
            if moderation.computed is None
            else ReportFigure(source.round_score(moderation.computed)),
            moderated=ReportFigure(source.round_score(moderation.moderated)),
            reason=moderation.reason,
        )
        for moderation in source.details.moderations
    )
