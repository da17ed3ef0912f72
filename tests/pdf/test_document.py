"""The PDF: same bytes, same numbers, sound structure, any text."""

import io
import re
from functools import lru_cache

import pytest
from pypdf import PdfReader

from assessment.domain.display import build_scales, round_figure
from assessment.i18n import get_translator
from assessment.pdf import render_report
from assessment.pdf.typesetting.fonts import make_legible
from assessment.pdf.typesetting.text import make_paragraph
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
def read_document(case, *, unsuppressed=False):
    return PdfReader(io.BytesIO(reports.render_case(case, unsuppressed=unsuppressed)))


@lru_cache(maxsize=32)
def read_pages(reader):
    return [page.extract_text() for page in reader.pages]


def find_page(reader, heading):
    """Text of the page whose heading line, above its title, is this."""
    return next(text for text in read_pages(reader) if heading in text.splitlines()[:2] and "Contents" not in text)


def test_same_report_gives_same_bytes():
    assert render_report(reports.build_case_report("gap-50")) == render_report(reports.build_case_report("gap-50"))


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_golden_case_has_6_to_30_pages(case, unsuppressed):
    reader = read_document(case, unsuppressed=unsuppressed)

    assert 6 <= len(reader.pages) <= 30
    assert all(len(text) > 60 for text in read_pages(reader))


@pytest.mark.parametrize("case", ["risk-36", "gap-50", "contested-60", "plain-24"])
def test_function_page_states_score_next_to_label(case):
    made, result, reader = reports.build_case_report(case), reports.score_case(case), read_document(case)
    scale = build_scales(reports.load_shipped_questionnaire()).score

    for part in made.functions:
        score = round_figure(result.functions[part.id].score, scale)
        text = find_page(reader, part.name)
        assert re.search(rf"^Score\n{re.escape(str(score))}$", text, re.MULTILINE)


def test_dimension_score_is_next_to_its_label():
    made, reader = reports.build_case_report("risk-36"), read_document("risk-36")

    for part in made.functions:
        text = find_page(reader, part.name)
        for row in part.dimensions:
            assert f"{row.name}\n{row.figure.value}" in text


def test_answer_page_states_overall_and_function_scores():
    made, text = reports.build_case_report("gap-50"), read_pages(read_document("gap-50"))[1]

    assert f"The whole\n{made.answer.overall.figure.value}" in text
    for row in made.answer.functions:
        assert f"{row.name}\n{row.figure.value}" in text
    for action in made.answer.actions:
        assert action.title in " ".join(text.split())


def test_heatmap_row_lists_scores_in_order():
    made, reader = reports.build_case_report("gap-50"), read_document("gap-50")
    text = find_page(reader, "Where practice is strong and where it is missing")

    for row in made.heatmap.rows:
        scores = [
            get_translator().format_figure(figure)
            for figure in (row.level_score.figure, *(cell.figure for cell in row.cells))
        ]
        assert "\n".join([row.name, *scores]) in text


def test_roadmap_contains_every_action_with_its_figures():
    made, reader = reports.build_case_report("risk-36"), read_document("risk-36")
    text = re.sub(r"\s+", " ", " ".join(read_pages(reader)))

    for action in made.roadmap.actions:
        assert action.title in text
        for step in action.steps:
            assert step in text


def test_fonts_are_embedded_and_no_built_in_font_is_used():
    names = set()
    for page in read_document("risk-36").pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            found = font.get_object()
            names.add(str(found["/BaseFont"]))
            assert "/FontFile2" in found["/FontDescriptor"].get_object()
            assert "/ToUnicode" in found
    assert names
    assert all(re.match(r"/[A-Z]{6}\+FiraSans-", name) for name in names)


def test_language_title_and_bookmarks_are_set():
    made, reader = reports.build_case_report("gap-50"), read_document("gap-50")

    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata.title == "Norden · Autumn · Full report"
    assert reader.metadata.creation_date.date().isoformat() == reports.DATE
    assert reader.trailer["/Root"]["/PageMode"] == "/UseOutlines"
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert len(titles) >= 12
    assert {part.name.split()[0] for part in made.functions} <= {title.split()[0].rstrip(",") for title in titles}


def test_pages_are_numbered_with_total():
    reader = read_document("gap-50")
    total = len(reader.pages)

    for number, text in enumerate(read_pages(reader)[1:], start=2):
        assert f"Page {number} of {total}" in text


def test_contents_list_the_right_pages():
    reader = read_document("gap-50")
    contents = next(text for text in read_pages(reader) if "\nContents\n" in f"\n{text}")

    listed = [int(line) for line in contents.splitlines() if line.isdigit()]
    assert len(listed) >= 12
    assert max(listed) <= len(reader.pages)


def test_report_with_too_few_people_states_the_reason():
    text = " ".join(" ".join(read_pages(read_document("small-9"))).split())

    assert "Norden: too few people took part to show where it stands" in text
    assert "An item is shown once 6 people or more have given it a number." in text


def test_consensus_report_has_no_intervals():
    text = " ".join(" ".join(read_pages(read_document("consensus"))).split())

    assert "Each function agreed on one record" in text
    assert "In parentheses: the 95% interval" not in text


def test_cut_points_are_labelled_as_judgements():
    text = " ".join(" ".join(read_pages(read_document("gap-50"))).split())

    assert "judgements of design, not findings of science" in text
    assert "1 below 20, 2 from 20, 3 from 40, 4 from 60 and 5 from 80" in text


def test_provenance_names_questionnaire_version_digest_and_engine():
    result = reports.score_case("gap-50")
    text = "".join("".join(read_pages(read_document("gap-50"))).split())

    for value in (result.questionnaire.id, result.questionnaire.version, result.questionnaire.digest, result.engine):
        assert value in text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_and_titles_do_not_break_the_document(kind):
    made = reports.build_case_report("gap-50", organisation=HOSTILE[kind], title=HOSTILE[kind])

    content = render_report(made)

    reader = PdfReader(io.BytesIO(content))
    assert 10 <= len(reader.pages) <= 30
    assert b"/JavaScript" not in content
    assert b"/URI" not in content
    assert b"/Launch" not in content


def test_markup_in_name_is_printed_literally():
    made = reports.build_case_report("gap-50", organisation="<b>A&B</b> {x}")

    text = PdfReader(io.BytesIO(render_report(made))).pages[0].extract_text()

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
def test_characters_missing_in_font_are_named(text, expected):
    assert make_legible(text) == expected


@pytest.mark.parametrize("text", ["&" * 500, "a < b & c > d"])
def test_escaped_text_is_drawn_as_one_fragment(text):
    """A piece for each sign took half a minute where there are thousands."""
    made = make_paragraph(text)

    assert [fragment.text for fragment in made.frags] == [text]
