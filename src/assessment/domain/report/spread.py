"""Agreement panel of a contested function: agreement by dimension, lowest first."""

from decimal import Decimal
from typing import get_args

from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Spread, SpreadRow
from assessment.domain.report.source import Source, exact, names
from assessment.domain.result import AgreementClass, FunctionResult


def spread(source: Source, name: str, found: FunctionResult) -> Spread | None:
    """Build the panel; None if no agreement may be shown. The title names the dimensions of least agreement."""
    path = f"functions.{name}.dimensions"
    rows = [
        SpreadRow(
            source.dimension(dimension),
            source.figures.agreement(part.agreement, f"{path}.{dimension}.agreement"),
            agreed(part.agreement_class),
        )
        for dimension, part in found.dimensions.items()
        if part.score is not None
    ]
    known = [(row.agreement.shown, row) for row in rows if row.agreement.shown is not None]
    if not known:
        return None
    scoring = source.questionnaire.scoring
    return Spread(
        title=_title(known),
        rows=tuple(row for _, row in sorted(known, key=lambda entry: entry[0])),
        cuts=tuple(exact(cut) for cut in scoring.agreement_cuts),
        classes=tuple(agreed(name) or say("agreement.none") for name in get_args(AgreementClass)),
        contested_below=exact(scoring.contested_below),
    )


def agreed(found: AgreementClass | None) -> Message | None:
    """Name a class of agreement; None without one."""
    return say(f"agreement.{found.replace(' ', '-')}") if found else None


def _title(known: list[tuple[Decimal, SpreadRow]]) -> Message:
    lowest = min(agreement for agreement, _ in known)
    least = names(row.name for agreement, row in known if agreement == lowest)
    return say("spread.least", dimensions=least)
