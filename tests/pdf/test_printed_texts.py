"""Texts of users are printed completely, in reading order, and as they were written."""

import io
import itertools
import re
import unicodedata

import pytest
from pypdf import PdfReader

from assessment.domain.report import ConsultantFinding, ReportDetails, ScoreModeration
from assessment.pdf import render_report
from assessment.pdf.pages.answer import MAX_TITLE_LENGTH
from assessment.pdf.typesetting.fonts import make_legible
from assessment.pdf.typesetting.text import MAX_TEXT_LENGTH, find_actual_text, truncate_characters
from tests.pdf.hostile_texts import MARKUP, TEMPLATES
from tests.pdf.structure_reader import read_structure
from tests.pdf.test_hostile_texts import PARTS, SOAK, TEXTS, build_report_with_details

UNPRINTED = {"next", "change"}  # of a first wave's full report


def test_markup_in_text_is_printed_literally():
    written = [*MARKUP, *TEMPLATES]
    made = build_report_with_details(
        ReportDetails("Norden", findings=tuple(ConsultantFinding("Own", text) for text in written))
    )

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render_report(made))).pages]

    squeezed = "".join("".join(page.split()) for page in pages)
    assert [text for text in written if "".join(text.split()) not in squeezed] == []


def list_visible_text(text):
    """A text without what is not seen: space, and signs that have no look."""
    return "".join(letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf")


def normalize_printed_text(text, limit=MAX_TEXT_LENGTH):
    """Return the text expected from a reader of the PDF for a user's text, where glyphs differ from characters too."""
    return list_visible_text(
        "".join(
            find_actual_text(line) or make_legible(line)
            for line in truncate_characters(text, limit).splitlines()
            if line.strip()
        )
    )


def select_blocks(blocks, begins):
    """The texts of all blocks behind each one that begins like this, up to the next, by its number."""
    found, current = {}, None
    for role, text in blocks:
        if match := re.match(begins, text):
            current = int(match[1])
            found[current] = ""
        elif current is not None and role in ("P", "LBody", "TD"):
            found[current] += text
    return {number: list_visible_text(text) for number, text in found.items()}


def test_finding_text_is_printed_completely():
    findings = [ConsultantFinding(f"Own {number}", text) for number, text in enumerate((*TEXTS, "last"))]

    blocks = read_structure(render_report(build_report_with_details(ReportDetails("Norden", findings=tuple(findings)))))

    found = select_blocks(blocks, r"\d+\s+Own (\d+)$")
    assert [number for number, text in enumerate(TEXTS) if found[number] != normalize_printed_text(text)] == []


def test_finding_title_is_printed_up_to_its_limit():
    findings = tuple(ConsultantFinding(text, "") for text in TEXTS)

    blocks = read_structure(render_report(build_report_with_details(ReportDetails("Norden", findings=findings))))

    titles = [list_visible_text(text) for role, text in blocks if role == "H2" and re.match(r"\d+(\s|$)", text)]
    whole = [f"{number} {truncate_characters(text, MAX_TITLE_LENGTH)}" for number, text in enumerate(TEXTS, start=1)]
    assert [
        place
        for place, (title, text) in enumerate(zip(titles[-len(whole) :], whole, strict=True))
        if title != normalize_printed_text(text)
    ] == []


def test_moderation_reason_is_printed_completely():
    moderations = [ScoreModeration(f"Place {number}", 40.0, 50.0, text) for number, text in enumerate((*TEXTS, "last"))]

    blocks = read_structure(
        render_report(build_report_with_details(ReportDetails("Norden", moderations=tuple(moderations))))
    )

    found = select_blocks(blocks, r"Place (\d+)$")
    assert [
        number for number, text in enumerate(TEXTS) if not found[number].endswith(normalize_printed_text(text))
    ] == []


@pytest.mark.parametrize("start", range(0, len(TEXTS), 13 if SOAK else 52))
def test_remark_is_printed_completely(start):
    """Each place with another text."""
    given = dict(zip(PARTS, itertools.islice(itertools.cycle(TEXTS), start, None), strict=False))

    blocks = read_structure(
        render_report(
            build_report_with_details(ReportDetails("Norden", remarks=given, findings=(ConsultantFinding("Own", "x"),)))
        )
    )

    everything = list_visible_text("".join(text for _, text in blocks))
    lost = [
        place
        for place, text in given.items()
        if place not in UNPRINTED and normalize_printed_text(text) not in everything
    ]
    assert lost == []


def test_missing_glyph_is_never_drawn():
    findings = tuple(ConsultantFinding(text, text) for text in TEXTS)

    blocks = read_structure(render_report(build_report_with_details(ReportDetails("Norden", findings=findings))))

    assert not [text for _, text in blocks if "\0" in text]


def test_comment_of_5000_characters_is_printed_completely():
    text = " ".join(f"word{number}" for number in range(600))[:5000].rsplit(" ", 1)[0]
    made = build_report_with_details(
        ReportDetails("Norden", remarks={"gap": text}, findings=(ConsultantFinding("Own", text),))
    )

    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(render_report(made))).pages)

    words = re.findall(r"\bword\d+\b", pages)
    assert [words.count(word) for word in text.split()] == [2] * len(text.split())


def test_sixty_findings_are_printed_and_numbered():
    findings = tuple(ConsultantFinding(f"Finding no. {number} of sixty", "Because. " * 20) for number in range(1, 61))

    content = render_report(build_report_with_details(ReportDetails("Norden", findings=findings)))

    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert not [finding.title for finding in findings if finding.title not in text]
