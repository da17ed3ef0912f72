"""Packed rows: each place finds its row again, however far apart places lie."""

import numpy as np

from assessment.storage.row_packing import LINE_MASK, PAGE_BITS, BinaryPacking, RowIndex

FAR = 4_000_000  # pages: a table of 30 gigabytes


def test_positions_at_both_ends_of_huge_table_map_to_their_rows():
    places = np.array([7, (FAR << PAGE_BITS) | 3, (FAR << PAGE_BITS) | LINE_MASK, (12 << PAGE_BITS) | 1])

    rows = RowIndex(places)

    assert rows[places].tolist() == [0, 1, 2, 3]
    assert rows[places[::-1]].tolist() == [3, 2, 1, 0]


def test_row_index_without_positions_is_empty():
    rows = RowIndex(np.zeros(0, dtype=np.int64))

    assert rows[np.zeros(0, dtype=np.int64)].tolist() == []


def test_packed_positions_and_figures_are_unpacked_in_order():
    packing = BinaryPacking()

    places = packing.read_places(b"\0\0\0\0\0\1\0\0\0\0\0\5\0\0\0\0\0\2")
    figures = packing.read_figures(np.array([0.5, -1, 3], dtype=">f8").tobytes())

    assert places.tolist() == [1, 5, 2]
    assert figures.tolist() == [0.5, -1.0, 3.0]
