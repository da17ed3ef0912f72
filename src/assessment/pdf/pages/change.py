"""Page of the change since the last wave."""

from collections.abc import Sequence

from reportlab.platypus import Flowable

from assessment.charts.change import draw_slope_chart
from assessment.domain.report import Report
from assessment.domain.report.sections.change import ChangeRow, ChangeSection, ItemChangeRow
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    lay_out_key_figures,
    lay_out_remark,
    make_chart_block,
    make_heading,
    make_points,
    start_page,
)
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import CONTENT_WIDTH

SLOPE_HEIGHT = 205.0


def lay_out_change(report: Report, translator: Translator) -> Blocks:
    """Lay out what changed since the last wave, why, and where the pace would lead."""
    part = report.change
    if part is None:
        return []
    subject, title = translator.gettext("Change since the last wave"), translator.render_message(part.title)
    blocks = start_page(subject, title)
    blocks += make_points(part.breaks, translator)
    if part.rows:
        blocks += [
            make_chart_block(draw_slope_chart(part, translator, CONTENT_WIDTH, SLOPE_HEIGHT)),
            make_gap(6),
            _make_change_table(part, translator),
            make_gap(4),
        ]
    blocks += [make_paragraph(" ".join(translator.render_messages(part.notes)), "small")] if part.notes else []
    blocks += _lay_out_moved_items(part, translator)
    if part.projection:
        blocks += [
            make_heading(translator.gettext("Where this pace would lead")),
            *lay_out_key_figures(part.pace, translator),
        ]
        blocks += make_points(part.projection, translator)
    return [*blocks, *lay_out_remark(report, translator, "change")]


def _make_change_table(part: ChangeSection, translator: Translator) -> Flowable:
    titles = (
        "",
        translator.gettext("Then"),
        translator.gettext("Now"),
        translator.gettext("Change"),
        translator.gettext("Verdict"),
        translator.gettext("Answers"),
        translator.gettext("Who answered"),
        translator.gettext("Instrument"),
    )
    split = any(row.parts for row in part.rows)
    head = [make_cell(title, "head") for title in (titles if split else titles[:5])]
    rows = [_make_change_row(row, translator, split=split) for row in part.rows]
    shares = [26, 12, 20, 22, 21, *([17, 23, 23] if split else [])]
    return make_table([head, *rows], share_width(shares), pad=3)


def _make_change_row(row: ChangeRow, translator: Translator, *, split: bool) -> Blocks:
    name = row.name if isinstance(row.name, str) else translator.render_message(row.name)
    change_text = translator.format_figure(row.change, signed=True)
    if row.margin is not None:
        change_text += translator.gettext(" (±{margin})").format(margin=translator.format_number(row.margin))
    cells = [
        make_cell(name or translator.gettext("The whole"), "cell-strong"),
        make_cell(translator.format_figure(row.earlier)),
        make_cell(translator.format_figure(row.later)),
        make_cell(change_text),
        make_cell(translator.render_message(row.verdict), "cell-strong" if row.changed else "cell-muted"),
    ]
    if split:
        cells += (
            [make_cell(translator.format_figure(part, signed=True)) for part in row.parts]
            if row.parts
            else [make_cell("")] * 3
        )
    return cells


def _lay_out_moved_items(part: ChangeSection, translator: Translator) -> Blocks:
    """Lay out the items with the largest changes, gains next to drops."""
    if not part.rising_items and not part.falling_items:
        return []
    sides = (
        (translator.gettext("Biggest gains"), part.rising_items),
        (translator.gettext("Biggest drops"), part.falling_items),
    )
    cells = [[make_cell(title, "head"), *_lay_out_item_changes(items, translator)] for title, items in sides]
    return [
        make_heading(translator.gettext("Items that moved")),
        make_table([cells], share_width([1, 1]), head=0, lines=False, pad=2),
    ]


def _lay_out_item_changes(items: Sequence[ItemChangeRow], translator: Translator) -> Blocks:
    if not items:
        return [make_cell(translator.gettext("none"), "cell-muted")]
    return [
        make_cell(
            f"{translator.format_figure(item.change, signed=True)}  "
            + " · ".join(part for part in (item.name, item.function) if part)
        )
        for item in items
    ]
