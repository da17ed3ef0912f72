"""Paragraphs in several typefaces: broken into lines that fit, nothing lost, and told as they were written."""

import pytest
from reportlab.lib.styles import ParagraphStyle

from assessment.domain import report
from assessment.domain.report import Details, OwnFinding
from assessment.pdf import render
from assessment.pdf.fonts import REGULAR, legible
from assessment.pdf.runs import FUZZ, Runs, broken, measured
from assessment.pdf.text import set_in
from tests import reports
from tests.pdf.hearing import heard

HEBREW = "\u05e9\u05dc\u05d5\u05dd (\u05e2\u05d5\u05dc\u05dd) 12.5% "
THAI = "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22"
STYLE = ParagraphStyle("any", fontName=REGULAR, fontSize=9, leading=12)
ROOM = 120.0


@pytest.mark.parametrize("text", [HEBREW * 40, THAI * 40, "W" * 200, f"one {THAI * 20} two", "a " + "\u05d0" * 90])
def test_every_line_fits_and_no_letter_is_lost(text):
    told = legible(text)

    lines = list(broken(told, REGULAR, 9, ROOM))

    assert len(lines) > 1
    assert all(measured(line, REGULAR, 9) <= ROOM + FUZZ + 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(told.split())


def test_a_mark_stays_with_its_letter():
    lines = list(broken("\u0e01\u0e34" * 200, REGULAR, 9, ROOM))

    assert len(lines) > 1
    assert not any(line.startswith("\u0e34") for line in lines)


def test_the_parts_of_a_split_paragraph_hold_every_line_once():
    whole = Runs(legible(HEBREW * 40), STYLE)
    whole.wrap(ROOM, 1000)

    first, rest = whole.split(ROOM, 5 * STYLE.leading)
    for part in (first, rest):
        part.wrap(ROOM, 1000)

    assert (*first.lines, *rest.lines) == whole.lines
    assert (len(first.lines), first.height) == (5, 5 * STYLE.leading)
    assert whole.split(ROOM, STYLE.leading) == []


def test_only_texts_that_one_typeface_draws_are_left_to_the_library():
    made = [set_in(text, STYLE) for text in ("Plain & <b>simple</b>", HEBREW, THAI)]

    assert [isinstance(each, Runs) for each in made] == [False, True, True]


def test_what_no_typeface_draws_is_named_on_the_page_and_told_as_it_was_written():
    text = "\u682a\u5f0f\u4f1a\u793e \U0001f44d\U0001f3fd done"
    made = report.build(
        reports.questionnaire(), reports.result("risk-36"), Details("Norden", findings=(OwnFinding("Own", text),))
    )

    found = [told for _, told in heard(render(made))]

    assert legible(text) == "[Cjk] [thumbs up sign] done"
    assert text in found
