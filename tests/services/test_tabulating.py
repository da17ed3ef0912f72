"""Released figures in a spreadsheet: the same figures, hidden ones with their reason, no formulas."""

import csv
import io
import itertools
import re
import zipfile

import msgspec
import pytest

from assessment.domain.result import CarelessRow
from assessment.services import tabulating
from assessment.services.tabulating import Line
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
    return msgspec.json.encode(reports.result(case))


def sheet(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()


def test_there_are_a_hundred_and_twenty_formulas():
    assert len(set(FORMULAS)) == 120


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_comes_back_as_text(formula):
    written = tabulating.as_csv([Line("name", formula)])
    cells, _ = sheet(tabulating.as_workbook([Line("name", formula)]))

    [_, row] = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert row[1] == f"'{formula}"
    assert "<f>" not in cells
    assert re.search(r'<c r="B2" t="s">', cells)


def test_every_figure_of_the_release_is_in_the_table():
    result = reports.result("risk-36")
    rows = dict(
        row[:2] for row in csv.reader(io.StringIO(tabulating.exported(release("risk-36"), "csv").decode("utf-8-sig")))
    )

    assert rows["overall.score"] == str(result.overall.score)
    assert all(rows[f"functions.{name}.score"] == str(found.score) for name, found in result.functions.items())
    assert rows["advice[0].id"] == result.advice[0].id


def test_what_is_hidden_says_why():
    hidden = {line.path: line.reason for line in tabulating.lines(release("small-9")) if line.reason}

    assert hidden
    assert hidden["overall.score"] == reports.result("small-9").suppressed["overall.score"]


def test_json_is_the_release_itself_and_every_kind_gives_the_same_bytes_again():
    assert tabulating.exported(release("risk-36"), "json") == release("risk-36")
    for kind in tabulating.MEDIA_TYPES:
        assert tabulating.exported(release("risk-36"), kind) == tabulating.exported(release("risk-36"), kind)


def test_numbers_stay_numbers_in_the_workbook():
    cells, _ = sheet(tabulating.as_workbook([Line("overall.score", 46.5)]))

    assert '<c r="B2"><v>46.5</v></c>' in cells


@pytest.mark.parametrize("kind", tabulating.MEDIA_TYPES)
def test_names_of_the_careless_are_in_no_export(kind):
    result = reports.result("risk-36", unsuppressed=True)
    named = msgspec.structs.replace(result.respondents, careless_log=(CarelessRow("Ann-Example", ("speed",)),))
    content = tabulating.exported(msgspec.json.encode(msgspec.structs.replace(result, respondents=named)), kind)

    texts = [content, *(part.encode() for part in sheet(content))] if kind == "xlsx" else [content]
    assert not any(b"Ann-Example" in text for text in texts)
