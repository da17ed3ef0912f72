"""Agreement panel of a contested function: agreement by dimension, lowest first."""

from decimal import Decimal
from typing import get_args

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.source import ReportSource, list_names, to_exact_decimal
from assessment.domain.result import AgreementClass, FunctionResult


class AgreementRow(Struct, frozen=True):
    """Agreement on one dimension."""

    name: str
    agreement: ReportFigure
    meaning: Message | None = None


class AgreementPanel(Struct, frozen=True):
    """Agreement by dimension in a contested function, lowest first."""

    title: Message
    rows: tuple[AgreementRow, ...]
    cuts: tuple[Decimal, ...]
    classes: tuple[Message, ...]
    contested_below: Decimal


def build_agreement(source: ReportSource, name: str, function: FunctionResult) -> AgreementPanel | None:
    """Build the panel; None if no agreement may be shown. The title names the dimensions of least agreement."""
    path = f"functions.{name}.dimensions"
    rows = [
        AgreementRow(
            source.name_dimension(dimension),
            source.figures.round_agreement(part.agreement, f"{path}.{dimension}.agreement"),
            build_agreement_class(part.agreement_class),
        )
        for dimension, part in function.dimensions.items()
        if part.score is not None
    ]
    visible_rows = [(row.agreement.value, row) for row in rows if row.agreement.value is not None]
    if not visible_rows:
        return None
    scoring = source.questionnaire.scoring
    return AgreementPanel(
        title=_build_title(visible_rows),
        rows=tuple(row for _, row in sorted(visible_rows, key=lambda entry: entry[0])),
        cuts=tuple(to_exact_decimal(cut) for cut in scoring.agreement_cuts),
        classes=tuple(
            build_agreement_class(name) or make_message("agreement.none") for name in get_args(AgreementClass)
        ),
        contested_below=to_exact_decimal(scoring.contested_below),
    )


def build_agreement_class(agreement_class: AgreementClass | None) -> Message | None:
    """Name a class of agreement; None without one."""
    return make_message(f"agreement.{agreement_class.replace(' ', '-')}") if agreement_class else None


def _build_title(visible_rows: list[tuple[Decimal, AgreementRow]]) -> Message:
    lowest = min(agreement for agreement, _ in visible_rows)
    least = list_names(row.name for agreement, row in visible_rows if agreement == lowest)
    return make_message("spread.least", dimensions=least)
