"""Part of the appendix on who took part."""

from collections.abc import Sequence

from reportlab.platypus import Flowable

from assessment.domain.report import Report
from assessment.domain.report.sections.participation import PeopleCount
from assessment.i18n import Translator
from assessment.pdf.page_blocks import Blocks, make_points
from assessment.pdf.typesetting.text import make_cell, make_gap, make_paragraph, make_table, share_width
from assessment.pdf.typesetting.theme import COLUMN_WIDTH

SENTENCES = "dense"  # style of what is read; tables are in smaller type


def lay_out_participation(report: Report, translator: Translator) -> Blocks:
    """Count by role or by function, never by both: a combination could identify people."""
    part = report.participation
    blocks = [make_paragraph(f"{translator.render_message(part.title)}.", SENTENCES)]
    if report.consensus:
        return [*blocks, *make_points(part.notes[1:], translator, SENTENCES)]
    note = translator.gettext(
        "People may belong to several functions. They are counted by role or by function, never by both."
    )
    return [
        *blocks,
        make_gap(4),
        _make_counts(translator.gettext("Role"), part.by_role, translator),
        make_gap(6),
        _make_counts(translator.gettext("Function"), part.by_function, translator),
        make_gap(4),
        make_paragraph(note, SENTENCES),
        *make_points([*part.notes[1:], part.careless], translator, SENTENCES),  # the title says how many count
    ]


def _make_counts(label: str, counts: Sequence[PeopleCount], translator: Translator) -> Flowable:
    """Make a table of those who answered, next to those who were invited where that is known."""
    unsaid = translator.gettext("not shown")
    is_invited_known = any(count.invited is not None for count in counts)
    titles = [translator.gettext("Invited")] if is_invited_known else []
    titles.append(translator.gettext("Answered"))
    head = [make_cell(label, "head"), *(make_cell(title, "head-right") for title in titles)]
    rows = [
        [
            make_cell(count.name, "fine"),
            *(
                [make_cell("–" if count.invited is None else translator.format_number(count.invited), "fine-right")]
                if is_invited_known
                else []
            ),
            make_cell(unsaid if count.people is None else translator.format_number(count.people), "fine-right"),
        ]
        for count in counts
    ]
    return make_table([head, *rows], share_width([60, *[25] * len(titles)], COLUMN_WIDTH), pad=1.5)
