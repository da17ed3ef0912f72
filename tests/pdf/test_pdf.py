"""The PDF: same bytes, same numbers, sound structure, any text."""

import io
import re
from functools import lru_cache

import pytest
from pypdf import PdfReader

from assessment.domain.display import scales, shown
from assessment.pdf import render
from assessment.pdf.fonts import legible
from assessment.pdf.text import paragraph
from assessment.wording import wording
from tests import reports

HOSTILE = {
    "long word": "W" * 5000,
    "markup": '<b>bold</b> <img src="http://127.0.0.1:9/x.png"/> <a href="javascript:x">x</a> &amp; ]]>',
    "broken markup": "<para><font size=900>huge</b></para",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 GmbH",
    "emoji": "Caf\u00e9 \U0001f600 & Co",
    "combining": "e\u0301\u0302\u0303 Z\u0336\u0335",
    "controls": "a\x00b\x07c\u202ed\u200be",
    "cjk": "\u682a\u5f0f\u4f1a\u793e Example",
    "template": "{0} {organisation} %(x)s ${y}",
    "many lines": "line\n" * 2000,
}


@lru_cache(maxsize=32)
def document(case, *, unsuppressed=False):
    return PdfReader(io.BytesIO(render(reports.made(case, unsuppressed=unsuppressed))))


def pages(reader):
    return [page.extract_text() for page in reader.pages]


def page_of(reader, heading):
    """Text of the page whose heading line, above its title, is this."""
    return next(text for text in pages(reader) if heading in text.splitlines()[:2] and "Contents" not in text)


def test_the_same_report_gives_the_same_bytes():
    assert render(reports.made("gap-50")) == render(reports.made("gap-50"))


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_worked_case_makes_a_document_of_nine_to_thirty_pages(case, unsuppressed):
    reader = document(case, unsuppressed=unsuppressed)

    assert 9 <= len(reader.pages) <= 30
    assert all(len(text) > 60 for text in pages(reader))


@pytest.mark.parametrize("case", ["risk-36", "gap-50", "contested-60", "plain-24"])
def test_each_function_page_states_its_score_beside_the_label(case):
    made, result, reader = reports.made(case), reports.result(case), document(case)
    scale = scales(reports.questionnaire()).score

    for part in made.functions:
        score = shown(result.functions[part.id].score, scale)
        text = page_of(reader, part.name)
        assert re.search(rf"^Score\n{re.escape(str(score))}$", text, re.MULTILINE)


def test_each_dimension_is_beside_its_label_on_its_page():
    made, reader = reports.made("risk-36"), document("risk-36")

    for part in made.functions:
        text = page_of(reader, part.name)
        for row in part.dimensions:
            assert f"{row.name}\n{row.figure.shown}" in text


def test_the_answer_states_the_whole_and_the_functions():
    made, text = reports.made("gap-50"), pages(document("gap-50"))[1]

    assert f"The whole\n{made.answer.overall.figure.shown}" in text
    for row in made.answer.functions:
        assert f"{row.name}\n{row.figure.shown}" in text
    for action in made.answer.actions:
        assert action.title in text


def test_the_heatmap_row_lists_the_scores_in_order():
    made, reader = reports.made("gap-50"), document("gap-50")
    text = page_of(reader, "Where practice is strong and where it is missing")

    for row in made.heatmap.rows:
        scores = [wording().figure(figure) for figure in (row.whole.figure, *(cell.figure for cell in row.cells))]
        assert "\n".join([row.name, *scores]) in text


def test_every_action_is_in_the_roadmap_with_the_figure_that_fired_it():
    made, reader = reports.made("risk-36"), document("risk-36")
    text = re.sub(r"\s+", " ", " ".join(pages(reader)))

    for action in made.roadmap.actions:
        assert action.title in text
        for step in action.steps:
            assert step in text


def test_fonts_are_embedded_and_none_of_the_built_in_ones_is_left():
    names = set()
    for page in document("risk-36").pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            found = font.get_object()
            names.add(str(found["/BaseFont"]))
            assert "/FontFile2" in found["/FontDescriptor"].get_object()
            assert "/ToUnicode" in found
    assert names
    assert all(re.match(r"/[A-Z]{6}\+FiraSans-", name) for name in names)


def test_language_title_and_bookmarks_are_set():
    made, reader = reports.made("gap-50"), document("gap-50")

    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata.title == "Norden · Autumn"
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert len(titles) >= 12
    assert {part.name.split()[0] for part in made.functions} <= {title.split()[0].rstrip(",") for title in titles}


def test_pages_are_numbered_out_of_all():
    reader = document("gap-50")
    total = len(reader.pages)

    for number, text in enumerate(pages(reader)[1:], start=2):
        assert f"Page {number} of {total}" in text


def test_contents_name_the_pages_where_things_are():
    reader = document("gap-50")
    contents = next(text for text in pages(reader) if "\nContents\n" in f"\n{text}")

    listed = [int(line) for line in contents.splitlines() if line.isdigit()]
    assert len(listed) >= 12
    assert max(listed) <= len(reader.pages)


def test_too_few_people_still_get_a_document_that_says_so():
    text = " ".join(" ".join(pages(document("small-9"))).split())

    assert "Norden: too few people took part to show where it stands" in text
    assert "hidden: fewer than 6 answers" in text


def test_consensus_mode_prints_no_interval():
    text = " ".join(" ".join(pages(document("consensus"))).split())

    assert "Each function agreed on one record" in text
    assert "In parentheses: the 95% interval" not in text


def test_cut_points_are_marked_as_judgements():
    text = " ".join(" ".join(pages(document("gap-50"))).split())

    assert "judgements of design, not findings of science" in text
    assert "1 below 20, 2 from 20, 3 from 40, 4 from 60 and 5 from 80" in text


def test_provenance_names_questionnaire_version_digest_and_engine():
    result = reports.result("gap-50")
    text = "".join("".join(pages(document("gap-50"))).split())

    for value in (result.questionnaire.id, result.questionnaire.version, result.questionnaire.digest, result.engine):
        assert value in text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_and_titles_do_not_break_the_document(kind):
    made = reports.made("gap-50", organisation=HOSTILE[kind], title=HOSTILE[kind])

    content = render(made)

    reader = PdfReader(io.BytesIO(content))
    assert 10 <= len(reader.pages) <= 30
    assert b"/JavaScript" not in content
    assert b"/URI" not in content
    assert b"/Launch" not in content


def test_markup_in_a_name_is_printed_as_it_was_written():
    made = reports.made("gap-50", organisation="<b>A&B</b> {x}")

    text = PdfReader(io.BytesIO(render(made))).pages[0].extract_text()

    assert "<b>A&B</b> {x}" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café Šárka Ωμέγα Юлия", "Café Šárka Ωμέγα Юлия"),
        ("e\u0301", "é"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u682a\u5f0f", "[Cjk]"),
        ("a \U0001f600 b", "a [grinning face] b"),
        ("x\u200by\x00z\tq", "xyz q"),
        ("\uff21\uff22", "AB"),
        ("a\u202eb", "ab"),
    ],
)
def test_what_the_typeface_lacks_is_named_rather_than_boxed(text, expected):
    assert legible(text) == expected


@pytest.mark.parametrize("text", ["&" * 500, "a < b & c > d"])
def test_what_has_to_be_escaped_is_still_drawn_in_one_piece(text):
    """A piece for each sign took half a minute where there are thousands."""
    made = paragraph(text)

    assert [fragment.text for fragment in made.frags] == [text]
