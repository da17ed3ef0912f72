"""Parsers of what strangers send: whatever the input, the result is typed, and reading what was written returns it."""

import csv
import io
import string

from hypothesis import example, given
from hypothesis import strategies as st

from assessment.domain.csv_parser import CsvError, decode_text, read_rows
from assessment.services.people.list_import.list_columns import ListColumn
from assessment.services.people.list_import.pasted_cells import read_records
from assessment.web.http import client_address, cookies, languages

CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=6)
STRUCTURE = st.text(st.sampled_from('a",;\t\r\n \ufeff\u200bé=s'), max_size=60)
HEADERS = st.text(st.sampled_from(string.ascii_letters + string.digits + ' ,;:=.*-_/"[]%\xff'), max_size=80)


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_csv_that_another_writer_quotes_is_read_back(table, delimiter, end):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(table)

    rows = [row.cells for row in read_rows(f"sep={delimiter}{end}{buffer.getvalue()}")]

    visible = [row for row in table if any(cell.strip() or set(cell) & {"\r", "\n"} for cell in row)]
    assert rows == visible


@given(STRUCTURE)
@example('"\n"')
@example('sep=;\n"";')
def test_any_text_is_read_as_csv_or_refused_with_a_line(text):
    for read in (read_rows, read_records):
        try:
            rows = list(read(text))
        except CsvError as error:
            assert 1 <= error.line <= text.count("\n") + text.count("\r") + 1
            assert error.message
        else:
            assert len(rows) <= text.count("\n") + text.count("\r") + 1


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused_with_a_line(content):
    try:
        text = decode_text(content)
    except CsvError as error:
        assert error.line >= 1
    else:
        assert not text.startswith("\ufeff")
