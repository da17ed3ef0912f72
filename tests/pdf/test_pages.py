"""What single pages of the PDF show and what they leave out."""

from decimal import Decimal

from msgspec.structs import replace

from assessment.domain.report.figures import ReportFigure
from assessment.i18n import get_translator
from assessment.pdf.pages import ladder
from tests import reports
from tests.consistency.editions import _texts

WORDS = get_translator("en")


def read_text(blocks):
    return " ".join(_texts(blocks))


def test_tied_lowest_dimensions_are_all_shown():
    report = reports.build_case_report("gap-50")
    part = report.functions[0]
    rows = tuple(
        replace(row, figure=ReportFigure(Decimal(40 if number < 2 else 60)), next_text="Next")
        for number, row in enumerate(part.dimensions)
    )

    shown = read_text(ladder.lay_out_ladder(replace(report, functions=(replace(part, dimensions=rows),)), WORDS))

    assert [row.name in shown for row in rows] == [True, True, *[False] * (len(rows) - 2)]
    assert "owest" not in shown
