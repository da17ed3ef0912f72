"""Summary for respondents."""

from collections.abc import Sequence

from assessment.charts.answer import draw_level_chart
from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    MAX_REMARK_LENGTH,
    Blocks,
    lay_out_remark,
    make_chart_block,
    make_heading,
    make_points,
    make_title,
)
from assessment.pdf.typesetting.text import (
    make_gap,
)
from assessment.pdf.typesetting.theme import CONTENT_WIDTH


def lay_out_summary(report: Report, translator: Translator) -> Blocks:
    """Lay out the summary for respondents."""
    part = report.summary
    sections: tuple[tuple[str, Sequence[Message]], ...] = (
        (translator.gettext("What was asked"), part.subjects),
        (translator.gettext("Results"), part.findings),
        (translator.gettext("What happens next"), part.next_steps),
        (translator.gettext("How your answers were protected"), part.protection),
    )
    blocks = make_title(translator.gettext("For everyone who answered"), translator.render_message(part.title))
    for number, (title, messages) in enumerate(sections):
        blocks += [make_heading(title), *make_points(messages, translator, "plain")]
        if number == 1 and report.answer.overall.figure.value is not None:
            blocks += [make_gap(4), make_chart_block(draw_level_chart(report.answer, translator, CONTENT_WIDTH))]
    return [*blocks, *lay_out_remark(report, translator, "next", MAX_REMARK_LENGTH)]
