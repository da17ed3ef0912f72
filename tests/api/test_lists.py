"""Lists come in pages, by a cursor that only we read."""

import pytest

from assessment.api.lists import paged, read, written
from assessment.api.problems import RefusedError


def walk(names, limit):
    cursor, seen = "", []
    while True:
        page = paged(names, lambda name: (name,), cursor, limit)
        seen.append(list(page.data))
        cursor = page.next_cursor
        if cursor is None:
            return seen


@pytest.mark.parametrize(("limit", "pages"), [(1, 5), (2, 3), (5, 1), (200, 1)])
def test_pages_follow_each_other_without_gap_or_repetition(limit, pages):
    seen = walk(["e", "b", "a", "d", "c"], limit)

    assert [name for page in seen for name in page] == ["a", "b", "c", "d", "e"]
    assert len(seen) == pages


def test_an_empty_list_is_one_empty_page():
    assert walk([], 10) == [[]]


def test_a_cursor_comes_back_as_it_was():
    assert read(written(("2026-11-02", "ä"))) == ("2026-11-02", "ä")


@pytest.mark.parametrize("cursor", ["x", "!!!!", "WzFd", "W10", "e30", "WyJcdTAwMDAiXQ", "ä", "WyJhIl0=="])
def test_what_is_no_cursor_of_ours_is_refused(cursor):
    with pytest.raises(RefusedError, match="cursor"):
        read(cursor)
