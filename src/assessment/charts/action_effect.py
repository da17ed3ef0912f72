"""Small chart of an action's effect: baseline and goal on the 0-100 scale."""

from decimal import Decimal

from assessment.charts.primitives.marks import Chart, ChartLine, ChartMark, Marker
from assessment.charts.primitives.score_axis import HUNDRED, ScoreAxis
from assessment.domain.report.message import Message, Percentage
from assessment.domain.report.sections.goals import ActionGoal
from assessment.i18n import Translator

HEIGHT, MARGIN = 12.0, 5.0


def draw_effect_chart(effect: ActionGoal, translator: Translator, width: float) -> Chart | None:
    """Draw where the indicator is and where it should be; None where either is no number from 0 to 100."""
    baseline, wanted = _read_number(effect.baseline), _read_number(effect.wanted)
    if baseline is None or wanted is None or not 1 < max(baseline, wanted) <= HUNDRED:
        return None
    axis, y = ScoreAxis(MARGIN, width - MARGIN), HEIGHT / 2
    marks: tuple[ChartMark, ...] = (
        ChartLine(axis.left, y, axis.right, y, "faint", 1.0),
        ChartLine(axis.get_position(baseline), y, axis.get_position(wanted), y, "accent", 1.8),
        Marker(axis.get_position(baseline), y, 3.2, "circle", "rule", hollow=True),
        Marker(axis.get_position(wanted), y, 3.6, "diamond", "accent"),
    )
    return Chart(width, HEIGHT, marks, translator.render_message(effect.figure), format_effect(effect, translator))


def format_effect(effect: ActionGoal, translator: Translator) -> str:
    """Format baseline and goal: "20 → 50 or more"."""
    return f"{translator.format_value(effect.baseline)} → {translator.format_value(effect.wanted)}"


def _read_number(value: object) -> Decimal | None:
    """Read the number of a value: a number, a percentage, or the limit of "10 or less"."""
    if isinstance(value, Message):
        return _read_number(value.values.get("cut", value.values.get("value")))
    if isinstance(value, Percentage):
        return value.percent
    return Decimal(value) if isinstance(value, int | Decimal) else None
