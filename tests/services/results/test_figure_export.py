"""Released figures in a spreadsheet: the same figures, hidden ones with their reason, no formulas."""

import csv
import io
import itertools
import re
import zipfile

import msgspec
import pytest

from assessment.domain.result import CarelessRow
from assessment.services.results import figure_export
from assessment.services.results.figure_export import FigureRow
from tests import reports

BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "|", "%", "=+", "@=")
ENDS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://127.0.0.1/")',
    "SUM(A1:A9)",
    "IMPORTXML(CONCAT(A1))",
    'WEBSERVICE("http://127.0.0.1/")',
    "1;2",
    "A1",
    "DDE(1)",
    '"=1"',
)
FORMULAS = ["".join(parts) for parts in itertools.product(BEGINNINGS, ENDS)]


def release(case):
    return msgspec.json.encode(reports.score_case(case))


def sheet(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()


def test_formula_samples_are_a_hundred_and_twenty():
    assert len(set(FORMULAS)) == 120


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula_is_read_back_as_text(formula):
    written = figure_export.render_csv([FigureRow("name", formula)])
    cells, _ = sheet(figure_export.render_workbook([FigureRow("name", formula)]))

    [_, row] = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert row[1] == f"'{formula}"
    assert "<f>" not in cells
    assert re.search(r'<c r="B2" t="s">', cells)


def test_table_has_every_figure_of_the_release():
    result = reports.score_case("risk-36")
    rows = dict(
        row[:2]
        for row in csv.reader(io.StringIO(figure_export.export_release(release("risk-36"), "csv").decode("utf-8-sig")))
    )

    assert rows["overall.score"] == str(result.overall.score)
    assert all(rows[f"functions.{name}.score"] == str(found.score) for name, found in result.functions.items())
    assert rows["advice[0].id"] == result.advice[0].id


def test_withheld_figure_has_its_reason():
    hidden = {line.path: line.reason for line in figure_export.iterate_figures(release("small-9")) if line.reason}

    assert hidden
    assert hidden["overall.score"] == reports.score_case("small-9").suppressed["overall.score"]


def test_json_export_equals_the_release_and_every_format_is_deterministic():
    assert figure_export.export_release(release("risk-36"), "json") == release("risk-36")
    for kind in figure_export.MEDIA_TYPES:
        assert figure_export.export_release(release("risk-36"), kind) == figure_export.export_release(
            release("risk-36"), kind
        )


def test_workbook_cells_of_numbers_are_numeric():
    cells, _ = sheet(figure_export.render_workbook([FigureRow("overall.score", 46.5)]))

    assert '<c r="B2"><v>46.5</v></c>' in cells


@pytest.mark.parametrize("kind", figure_export.MEDIA_TYPES)
def test_exports_contain_no_names_of_careless_respondents(kind):
    result = reports.score_case("risk-36", unsuppressed=True)
    named = msgspec.structs.replace(result.respondents, careless_log=(CarelessRow("Ann-Example", ("speed",)),))
    content = figure_export.export_release(
        msgspec.json.encode(msgspec.structs.replace(result, respondents=named)), kind
    )

    texts = [content, *(part.encode() for part in sheet(content))] if kind == "xlsx" else [content]
    assert not any(b"Ann-Example" in text for text in texts)
