"""Parsers of what strangers send: typed results for any input, and what another writer wrote is read back."""

import csv
import io
import string
from collections.abc import Callable, Iterable
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from litestar.types import Scope

from assessment.api.http import negotiation
from assessment.domain import csv_parser
from assessment.domain.csv_parser import CsvError, decode_text, read_rows
from assessment.services.people.list_import.list_columns import ListColumn
from assessment.services.people.list_import.list_reading import ListChoices, read_people_list
from assessment.services.people.list_import.list_vocabulary import ListVocabulary
from assessment.services.people.list_import.pasted_cells import read_records
from assessment.web.http import client_address, cookies

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=6)
STRUCTURE = st.text(st.sampled_from('a@.,";\t\r\n \ufeff\u200bé=s'), max_size=60)
HEADER_VALUES = st.text(st.sampled_from(string.ascii_letters + string.digits + ' ,;:=.*-_/"[]%\xff'), max_size=80)
VOCABULARY = ListVocabulary({"name": "name"}, {"staff": "staff"}, {"hr": "hr"}, frozenset({"all"}))


class NoPattern:
    """Pattern that matches no row, so that each cell is read by itself."""

    def fullmatch(self, _: str) -> None: ...


def read_cells(text: str) -> list[Any]:
    try:
        return list(read_rows(text))
    except CsvError as error:
        return [error.line, error.message]


@given(STRUCTURE)
@example('"a,""b""" ,c,\n"x"y,')
@example(' "a", b ,"",\r\n,"\n"\n')
def test_quick_split_of_a_quoted_row_gives_what_reading_by_cell_gives(text: str):
    quick = read_cells(text)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_parser, "ROW_PATTERNS", dict.fromkeys(csv_parser.DELIMITER_NAMES, NoPattern()))
        by_cell = read_cells(text)

    assert quick == by_cell


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_csv_quoted_by_another_writer_is_read_back(table: list[list[str]], delimiter: str, end: str):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(table)

    rows = [row.cells for row in read_rows(f"sep={delimiter}{end}{buffer.getvalue()}")]

    assert rows == [row for row in table if any(cell.strip() or set(cell) & {"\r", "\n"} for cell in row)]


def find_refusal(read: Callable[[], object]) -> CsvError | None:
    try:
        read()
    except CsvError as error:
        return error
    return None


@given(STRUCTURE)
@example('"\n"')
@example('sep=;\n"";')
@example("\r \n,\r\n")
def test_any_text_is_read_as_csv_or_refused_with_a_line(text: str):
    most = text.count("\n") + text.count("\r") + 1
    for read in (read_rows, read_records):
        rows: list[object] = []
        refusal = find_refusal(partial(_read_into, rows, read, text))

        assert len(rows) <= most
        assert refusal is None or (1 <= refusal.line <= most and refusal.message)


def _read_into(rows: list[object], read: Callable[[str], Iterable[object]], text: str) -> None:
    rows.extend(read(text))


@given(STRUCTURE, st.dictionaries(st.integers(0, 9), st.sampled_from(ListColumn)))
def test_columns_of_any_pasted_list_are_found_or_it_is_refused(text: str, columns: dict[int, ListColumn]):
    choices = ListChoices(columns=columns, words={}, fixes={}, left_out=frozenset())
    refusal = find_refusal(lambda: read_people_list(text, VOCABULARY, choices, 10))

    if refusal is None:
        table = read_people_list(text, VOCABULARY, choices, 10).table
        assert len(table.columns) == len(table.headings)
        assert all(len(row.cells) <= len(table.columns) for row in table.rows)
    else:
        assert refusal.line >= 1


@given(st.binary(max_size=60))
@example(b"\xff\xfe\x00")
@example(b"\xfe\xff\xd8\x00")
def test_any_bytes_are_decoded_or_refused_with_a_line(content: bytes):
    refusal = find_refusal(lambda: decode_text(content))

    assert refusal is None or refusal.line >= 1
    assert refusal is not None or not decode_text(content).startswith("\ufeff")


@given(HEADER_VALUES)
@example("application/json;q=1e999")
@example("application/json;q=nan")
@example("*/*;q=")
def test_any_accept_header_is_decided(accept: str):
    assert negotiation.is_acceptable(accept, "application/json") in (True, False)
    assert negotiation.is_acceptable(
        f"application/json;q=1,{accept.replace('application', 'text')}", "application/json"
    )


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_cookies_in_any_number_of_fields_are_one_field(fields: list[bytes]):
    headers = [(b"host", b"x"), *((b"cookie", field) for field in fields), (b"accept", b"*/*")]
    scope = cast("Scope", {"headers": headers})

    cookies.join_cookie_headers(scope)

    sent: list[Any] = [value for name, value in scope["headers"] if name == b"cookie"]
    joined = b"; ".join(fields)
    kept = b";".join(cookie for cookie in joined.split(b";") if b"\\" not in cookie)
    assert sent == ([kept] if fields else [])
    assert [(name, value) for name, value in scope["headers"] if name != b"cookie"] == [headers[0], headers[-1]]


@given(st.ip_addresses(), st.integers(0, 65_535), st.sampled_from(["{}", "{}:{}", "[{}]", "[{}]:{}", '"[{}]:{}"']))
def test_forwarded_address_has_one_key_in_any_notation(address: Any, port: int, notation: str):
    if (address.version == 6) != ("[" in notation) and notation != "{}":  # IPv6 with a port has brackets
        return
    key = client_address.normalise_address(notation.format(address, port))

    mapped = address.ipv4_mapped if address.version == 6 else address
    if mapped is not None:
        assert ip_address(key) == mapped
    else:
        assert address in ip_network(key)
        assert ip_network(key).prefixlen == client_address.IPV6_PREFIX_BITS


@given(HEADER_VALUES)
def test_any_forwarded_text_has_a_short_key(text: str):
    assert len(client_address.normalise_address(text)) <= client_address.MAX_ADDRESS_LENGTH


@pytest.mark.parametrize("text", ["[::1", "::1]", "1.2.3.4:", "1.2.3", "[1.2.3.4]:80x y", "unknown", "_hidden", ""])
def test_text_that_is_no_address_is_not_parsed_as_one(text: str):
    assert client_address.parse_address(text) is None
