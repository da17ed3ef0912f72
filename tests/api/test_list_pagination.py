"""Lists come in pages, by a cursor that only we read."""

import pytest

from assessment.api.http.list_pagination import ListName, parse_sort_key, slice_page
from assessment.api.http.problems import InvalidParametersError
from assessment.storage.cursor_pagination import encode_cursor


def collect_pages(names, limit):
    cursor, seen = "", []
    while True:
        page = slice_page(names, lambda name: (name,), ListName("/names"), cursor, limit)
        seen.append(list(page.data))
        cursor = page.next_cursor
        if cursor is None:
            return seen


@pytest.mark.parametrize(("limit", "pages"), [(1, 5), (2, 3), (5, 1), (200, 1)])
def test_pages_cover_all_rows_exactly_once(limit, pages):
    seen = collect_pages(["e", "b", "a", "d", "c"], limit)

    assert [name for page in seen for name in page] == ["a", "b", "c", "d", "e"]
    assert len(seen) == pages


def test_empty_list_is_one_empty_page():
    assert collect_pages([], 10) == [[]]


def test_cursor_round_trips():
    assert parse_sort_key(encode_cursor(("2026-11-02", "ä"))) == ("2026-11-02", "ä")


@pytest.mark.parametrize("cursor", ["x", "!!!!", "WzFd", "W10", "e30", "WyJcdTAwMDAiXQ", "ä", "WyJhIl0=="])
def test_invalid_cursor_is_refused(cursor):
    with pytest.raises(InvalidParametersError, match="cursor"):
        parse_sort_key(cursor)
