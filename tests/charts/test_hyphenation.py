"""Hyphens in words that no line has room for."""

import pytest

from assessment.charts.primitives.hyphenation import SOFT_HYPHEN, insert_soft_hyphens
from assessment.charts.primitives.text_width import estimate_width, wrap_lines


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Verwaltungsabteilung", "Ver|wal|tungs|abteilung"),
        ("Verantwortungsbereich", "Verant|wor|tungs|bereich"),
        ("Grundstücksverkehr", "Grund|stücks|ver|kehr"),
        ("anticonstitutionnel", "anti|con|sti|tu|tion|nel"),
        ("„Öffentlichkeitsarbeit“,", "„Öffent|lich|keits|arbeit“,"),
    ],
)
def test_words_break_at_joints_and_syllables(word, expected):
    assert insert_soft_hyphens(word).replace(SOFT_HYPHEN, "|") == expected


@pytest.mark.parametrize(
    "text", ["https://example.org/verwaltungsabteilung", "09eda5a077f91d85f4aaf03", "W" * 60, "kurz"]
)
def test_what_is_no_long_word_has_no_hyphens(text):
    assert insert_soft_hyphens(text) == text


@pytest.mark.parametrize(
    "text", ["Personalentwicklungsmaßnahmenverwaltung", "HR · Verantwortungsbereichsabgrenzung", "one two"]
)
def test_lines_fit_and_keep_every_letter(text):
    lines = wrap_lines(text, 8, 100, 4)

    assert all(estimate_width(line, 8) <= 100 for line in lines)
    assert "".join(line.removesuffix("-") for line in lines).replace(" ", "") == text.replace(" ", "")


def test_last_line_keeps_what_is_left():
    assert wrap_lines("one two three four", 8, 24) == ("one", "two three four")
