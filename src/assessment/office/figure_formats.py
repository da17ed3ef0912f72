"""Figures as numbers of cells and charts: the number with a number format that shows it as all other outputs do."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.display import drop_zero_decimals
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message
from assessment.i18n import Translator

CellValue = str | int | Decimal | None
MINUS = "\N{MINUS SIGN}"


class FigureCell(Struct, frozen=True):
    """A cell value and its number format; an empty format leaves the value as it is."""

    value: CellValue
    number_format: str = ""


def build_figure_cell(
    figure: ReportFigure, translator: Translator, *, signed: bool = False, percent: bool = False
) -> FigureCell:
    """Convert a figure to a cell. A clipped figure stays a number, and its format shows "10 or less"."""
    if figure.word is not None:
        return FigureCell(translator.render_message(figure.word))
    if figure.value is None:
        return FigureCell(None)
    value = figure.value if figure.bound is None else drop_zero_decimals(figure.value)
    pattern = build_number_format(value, signed=signed, suffix=_find_percent_suffix(translator) if percent else "")
    if figure.bound is None:
        return FigureCell(value, pattern)
    name = "bound.at-most" if figure.bound == "at most" else "bound.at-least"
    before, _, after = translator.render_message(Message(name, {"value": "\0"})).partition("\0")
    words = [_quote_text(before), pattern, _quote_text(after)]
    return FigureCell(value, ";".join("".join([words[0], part, words[2]]) for part in pattern.split(";")))


def build_number_cell(value: Decimal | int | None, *, signed: bool = False) -> FigureCell:
    """Convert a rounded number to a cell with all its decimals."""
    return FigureCell(None) if value is None else FigureCell(value, build_number_format(value, signed=signed))


def build_number_format(value: Decimal | int, *, signed: bool = False, suffix: str = "") -> str:
    """Build a number format with the decimals of a value, and U+2212 as minus."""
    places = max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0
    digits = ("0." + "0" * places if places else "0") + _quote_text(suffix)
    return f"{'+' if signed else ''}{digits};{_quote_text(MINUS)}{digits};{digits}"


def explain_figure(figure: ReportFigure, translator: Translator) -> str:
    """Explain why a cell is empty; empty text if it isn't."""
    return translator.explain_missing(figure)


def _find_percent_suffix(translator: Translator) -> str:
    """Return what follows the number in a percentage: "%", with a space in some languages."""
    return translator.format_percent(0).partition("0")[2]


def _quote_text(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""
