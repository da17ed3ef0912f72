"""Paragraphs in several typefaces: broken into lines that fit, nothing lost, and told as they were written."""

import pytest
from reportlab.lib.styles import ParagraphStyle

from assessment.domain import report
from assessment.domain.report import ConsultantFinding, ReportDetails
from assessment.pdf import render_report
from assessment.pdf.typesetting.fonts import REGULAR, make_legible, register_fonts
from assessment.pdf.typesetting.line_breaking import WIDTH_TOLERANCE, MultiFontParagraph, break_lines, measure_word
from assessment.pdf.typesetting.paragraphs import Paragraph
from assessment.pdf.typesetting.text import make_bullets, make_labelled_paragraph, make_paragraph, make_styled_paragraph
from assessment.pdf.typesetting.theme import CONTENT_WIDTH
from tests import reports
from tests.pdf.structure_reader import read_structure

HEBREW = "\u05e9\u05dc\u05d5\u05dd (\u05e2\u05d5\u05dc\u05dd) 12.5% "
THAI = "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22"
STYLE = ParagraphStyle("any", fontName=REGULAR, fontSize=9, leading=12)
ROOM = 120.0
UNBOUNDED = 800.0
TITLES = (
    "6 traspasos comparten la puntuación más baja: 10 o menos",
    "28 actions, pourquoi elles comptent et comment commencer",
)


@pytest.mark.parametrize("text", [HEBREW * 40, THAI * 40, "W" * 200, f"one {THAI * 20} two", "a " + "\u05d0" * 90])
def test_broken_lines_fit_and_keep_every_letter(text):
    told = make_legible(text)

    lines = list(break_lines(told, REGULAR, 9, ROOM))

    assert len(lines) > 1
    assert all(measure_word(line, REGULAR, 9) <= ROOM + WIDTH_TOLERANCE + 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(told.split())


def test_combining_mark_stays_with_its_letter():
    lines = list(break_lines("\u0e01\u0e34" * 200, REGULAR, 9, ROOM))

    assert len(lines) > 1
    assert not any(line.startswith("\u0e34") for line in lines)


def test_split_paragraph_contains_every_line_once():
    whole = MultiFontParagraph(make_legible(HEBREW * 40), STYLE)
    whole.wrap(ROOM, 1000)

    first, rest = whole.split(ROOM, 5 * STYLE.leading)
    for part in (first, rest):
        part.wrap(ROOM, 1000)

    assert (*first.lines, *rest.lines) == whole.lines
    assert (len(first.lines), first.height) == (5, 5 * STYLE.leading)
    assert whole.split(ROOM, STYLE.leading) == []


def test_text_in_one_font_uses_plain_paragraph():
    made = [make_styled_paragraph(text, STYLE) for text in ("Plain & <b>simple</b>", HEBREW, THAI)]

    assert [isinstance(each, MultiFontParagraph) for each in made] == [False, True, True]


def test_undrawable_text_is_named_and_keeps_actual_text():
    text = "\u682a\u5f0f\u4f1a\u793e \U0001f44d\U0001f3fd done"
    made = report.build_report(
        reports.load_shipped_questionnaire(),
        reports.score_case("risk-36"),
        ReportDetails("Norden", findings=(ConsultantFinding("Own", text),)),
    )

    found = [told for _, told in read_structure(render_report(made))]

    assert make_legible(text) == "[Cjk] [thumbs up sign] done"
    assert text in found


@pytest.mark.parametrize("title", TITLES)
def test_heading_does_not_end_in_a_lone_word(title):
    heading = make_paragraph(title, "title")

    height = heading.wrap(CONTENT_WIDTH, UNBOUNDED)[1]
    balanced, greedy = heading.blPara.lines, heading.breakLines(CONTENT_WIDTH).lines

    assert len(greedy[-1][1]) == 1
    assert len(balanced[-1][1]) > 1
    assert len(balanced) == len(greedy)
    assert height == len(greedy) * heading.style.leading


def test_last_word_of_split_paragraph_with_emphasis_wraps_again():
    """ReportLab has broken such a paragraph into words before it splits it."""
    register_fonts()
    whole = Paragraph("<b>Measurement</b> needs more than one look: HR-G1", STYLE)
    whole.wrap(40.0, UNBOUNDED)
    lines = len(whole.blPara.lines)

    _, rest = whole.split(40.0, (lines - 1) * STYLE.leading)

    assert [fragment[-1][-1] for fragment in rest.frags] == ["HR-G1"]
    assert rest.wrap(ROOM, UNBOUNDED)[1] == STYLE.leading


@pytest.mark.parametrize(
    "make_text",
    [
        lambda count: make_paragraph("few words " * count, "small"),
        lambda count: make_paragraph("few words " * count),
        lambda count: make_paragraph(HEBREW * count),
        lambda count: make_bullets(["few words " * count])[0],
    ],
    ids=["note", "text", "scripts", "point"],
)
def test_short_text_continues_on_no_other_page_and_a_long_one_does(make_text):
    def split_in_middle(count):
        text = make_text(count)
        _, height = text.wrap(CONTENT_WIDTH, UNBOUNDED)
        lines = round(height / text.style.leading)
        return lines, len(text.split(CONTENT_WIDTH, (lines // 2) * text.style.leading))

    texts = dict(split_in_middle(count) for count in range(20, 100, 4))

    assert {parts for lines, parts in texts.items() if lines < 6} == {0}
    assert {parts for lines, parts in texts.items() if lines >= 6} == {2}


COMPOUND = "Kundenbeschwerdebearbeitungsabteilungsangelegenheit"


def list_lines(paragraph):
    """The lines of a paragraph of one kind or the other, as texts."""
    if isinstance(paragraph, MultiFontParagraph):
        return list(paragraph.lines)
    lines = paragraph.blPara.lines
    if paragraph.blPara.kind == 0:
        return [" ".join(words) for _, words in lines]
    return ["".join(part.text for part in line.words) for line in lines]


@pytest.mark.parametrize(
    "paragraph",
    [make_paragraph(COMPOUND, "small"), make_labelled_paragraph("a", COMPOUND, "small"),
     make_paragraph(f"{THAI} {COMPOUND}", "small")],
    ids=["plain", "emphasis", "scripts"],
)  # fmt: skip
def test_long_compound_breaks_with_hyphens_that_are_not_read_aloud(paragraph):
    paragraph.wrap(ROOM, UNBOUNDED)

    lines = [line.split()[-1] for line in list_lines(paragraph) if line.split()[-1:] not in ([THAI], ["a"])]
    assert len(lines) > 1
    assert all(line.endswith("-") for line in lines[:-1])
    assert "".join(line.removesuffix("-") for line in lines) == COMPOUND
    assert paragraph.actual_text.endswith(COMPOUND)


def test_word_that_fits_on_a_line_is_not_hyphenated_to_balance_lines():
    heading = make_paragraph(f"{COMPOUND[:40]} ist am weit", "title")

    heading.wrap(CONTENT_WIDTH, UNBOUNDED)

    assert COMPOUND[:40] in list_lines(heading)[0].split()
    assert heading.actual_text == ""
