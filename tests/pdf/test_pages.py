"""What single pages of the PDF show and what they leave out."""

from decimal import Decimal

from msgspec.structs import replace

from assessment.domain.report.figures import Figure
from assessment.pdf.pages import findings
from assessment.wording import wording
from tests import reports
from tests.consistency.editions import _texts

WORDS = wording("en")


def text_of(blocks):
    return " ".join(_texts(blocks))


def test_dimensions_that_tie_for_the_lowest_score_are_all_shown():
    report = reports.made("gap-50")
    part = report.functions[0]
    rows = tuple(
        replace(row, figure=Figure(Decimal(40 if number < 2 else 60)), next_text="Next")
        for number, row in enumerate(part.dimensions)
    )

    shown = text_of(findings._ladder(replace(report, functions=(replace(part, dimensions=rows),)), WORDS))

    assert [row.name in shown for row in rows] == [True, True, *[False] * (len(rows) - 2)]
    assert "owest" not in shown
