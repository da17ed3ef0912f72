"""Moderated scores: computed and moderated value, with the consultant's reason."""

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import say
from assessment.domain.report.parts import Moderated
from assessment.domain.report.source import Source


def moderations(source: Source) -> tuple[Moderated, ...]:
    """Build the moderated scores; both values are rounded like any score."""
    return tuple(
        Moderated(
            place=found.place,
            computed=Figure(None, missing=say("missing.not-valid"))
            if found.computed is None
            else Figure(source.score(found.computed)),
            moderated=Figure(source.score(found.moderated)),
            reason=found.reason,
        )
        for found in source.details.moderations
    )
