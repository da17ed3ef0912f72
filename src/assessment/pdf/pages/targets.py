"""Page of the targets: distances by function and by dimension."""

from reportlab.platypus import CondPageBreak

from assessment.charts.targets import draw_target_chart
from assessment.domain.report import Report
from assessment.domain.report.sections.targets import TargetRow, TargetsSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    MIN_ROOM,
    Blocks,
    SectionLayout,
    has_any_value,
    lay_out_remark,
    make_chart_block,
    make_heading,
    start_page,
)
from assessment.pdf.pages.ladder import lay_out_ladder
from assessment.pdf.pages.target_paths import lay_out_target_paths
from assessment.pdf.typesetting.text import make_gap, make_paragraph
from assessment.pdf.typesetting.theme import CONTENT_WIDTH

MAX_DISTANCES = 4


def lay_out_targets(report: Report, translator: Translator, layout: SectionLayout) -> Blocks:
    """Lay out the distance to target by function, then the largest distances by dimension."""
    part = report.targets
    title = translator.render_message(part.title)
    blocks = start_page(translator.gettext("Now against target"), title)
    if has_any_value(row.now for row in part.functions):
        chart = draw_target_chart(part.functions, translator, CONTENT_WIDTH, title, page_rows=_list_drawn_rows(part))
        blocks += [make_chart_block(chart), make_gap(2)]
        blocks += [make_paragraph(_format_key(part, translator), "small")]
    blocks += [make_paragraph(translator.render_message(part.balance))] if part.balance else []
    # Before the blocks that may move: after them, a remark could end up alone on the next page.
    blocks += lay_out_remark(report, translator, "targets")
    lift = lay_out_target_paths(report, report.target_paths.rows, report.target_paths.prospects, translator)
    if part.dimensions:
        blocks += [CondPageBreak(MIN_ROOM), *_lay_out_widest_distances(part, translator)]
    ladder = lay_out_ladder(report, translator) if layout.has_ladder_with_targets else []
    return [*blocks, *lift, *ladder]


def _format_key(part: TargetsSection, translator: Translator) -> str:
    """Explain the marks of both charts."""
    key = [translator.gettext("Circle: score now."), translator.render_message(part.origin)]
    if any(row.now.moderated is not None for row in _list_drawn_rows(part)):
        key.append(translator.gettext("Hollow square: moderated score."))
    return " ".join(key)


def _list_drawn_rows(part: TargetsSection) -> tuple[TargetRow, ...]:
    return (*part.functions, *part.dimensions[:MAX_DISTANCES])


def _lay_out_widest_distances(part: TargetsSection, translator: Translator) -> Blocks:
    """Lay out the dimensions furthest from target; a fixed number, so that all languages show the same."""
    label = translator.gettext("The widest distances, dimension by dimension")
    return [
        make_heading(label),
        make_chart_block(
            draw_target_chart(
                part.dimensions[:MAX_DISTANCES],
                translator,
                CONTENT_WIDTH,
                label,
                group=True,
                page_rows=_list_drawn_rows(part),
            )
        ),
    ]
