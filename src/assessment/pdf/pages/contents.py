"""Page of the contents with a reading guide."""

from collections.abc import Sequence

from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.document import ContentsLine, DeferredPages
from assessment.pdf.page_blocks import (
    Blocks,
    make_heading,
)
from assessment.pdf.table_of_contents import make_contents_entries
from assessment.pdf.typesetting.page_filling import BlockStack
from assessment.pdf.typesetting.text import (
    make_cell,
    make_paragraph,
    make_table,
    share_width,
)


def lay_out_contents(report: Report, translator: Translator) -> Blocks:
    title = translator.gettext("Contents")

    def lay_out(lines: Sequence[ContentsLine]) -> Blocks:
        guide = BlockStack(lay_out_reading_guide(report, translator))
        return [make_paragraph(title, "title"), *make_contents_entries(lines), guide]

    return [DeferredPages(title, lay_out)]


def lay_out_reading_guide(report: Report, translator: Translator) -> Blocks:
    """Lay out what a reader needs to know before the first figure."""
    guide = [
        (
            translator.gettext("Score"),
            translator.gettext(
                "0 to 100, from a five-step scale of observable practice; levels 1 to 5 are bands of it."
            ),
        ),
        (
            translator.gettext("Level"),
            translator.gettext("A band of the score, capped by the weakest area: at most one level above it."),
        ),
    ]
    if not report.consensus:
        interval = translator.gettext(
            "In parentheses behind a score: the {percent}% interval. A function or dimension is called ahead, behind, "
            "strongest or weakest only where the difference is large enough and sure enough."
        )
        guide.append(
            (
                translator.gettext("Interval"),
                interval.format(percent=translator.format_number(report.interval_percent)),
            )
        )
    if report.needed is not None:
        hidden = translator.gettext(
            "A dash: fewer than {needed} answers, so nothing is shown. n: how many answers stand behind a figure."
        )
        if report.appendix.has_decided_figures:
            hidden = translator.gettext(
                "A dash: fewer than {needed} answers, or an answer could be worked out, so nothing is shown. n: how "
                "many answers stand behind a figure."
            )
        guide.append((translator.gettext("Hidden"), hidden.format(needed=translator.format_number(report.needed))))
    rows = [[make_cell(name, "row-strong"), make_cell(text, "row")] for name, text in guide]
    table = make_table(rows, share_width([18, 100]), head=0, pad=3)
    return [make_heading(translator.gettext("How to read this report")), table]
