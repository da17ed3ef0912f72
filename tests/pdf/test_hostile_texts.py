"""Hostile texts in every place where someone's text is printed: nothing breaks, nothing runs, nothing is lost."""

import io
import itertools
import os
import re
import unicodedata
from functools import lru_cache

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject
from reportlab.pdfbase.pdfmetrics import getFont

from assessment.domain import report
from assessment.domain.report import ConsultantFinding, ReportDetails, ScoreModeration
from assessment.pdf import render_report
from assessment.pdf.pages.answer import MAX_TITLE_LENGTH
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import JOINERS, REGULAR, STRONG, make_legible, split_by_font
from assessment.pdf.typesetting.text import MAX_TEXT_LENGTH, find_actual_text, truncate_characters
from tests import reports
from tests.pdf.hostile_texts import MARKUP, TEMPLATES, list_hostile_texts
from tests.pdf.structure_reader import read_structure

TEXTS = list_hostile_texts()
REMARKS = ("answer", "targets", "heatmap", "gap", "authority", "hand-offs", "outlook", "roadmap", "change", "next")
SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))  # `make soak` sets it: every text in every place
BATCHES = 150 if SOAK else 5
LONG_ENOUGH = 1200
PARTS = (*REMARKS, "customer-service", "marketing", "hr")
UNPRINTED = {"next", "change"}  # of a first wave's full report
ACTIVE = {
    "/JS", "/JavaScript", "/Launch", "/URI", "/OpenAction", "/AA", "/SubmitForm", "/GoToR", "/RichMedia",
    "/EmbeddedFile", "/Filespec", "/FileAttachment", "/ImportData", "/GoToE", "/Rendition", "/Movie", "/Sound", "/XFA",
}  # fmt: skip


def list_active_content(content):
    """Whatever in a document could do something: keys and names of all of its objects."""
    reader = PdfReader(io.BytesIO(content))
    size = reader.trailer["/Size"]
    return {
        name for number in range(1, size) for name in list_names(IndirectObject(number, 0, reader).get_object())
    } & ACTIVE


def list_names(part):
    """Keys and names inside an object; what it refers to is looked at in its own turn."""
    if isinstance(part, DictionaryObject):
        for key, value in part.items():
            yield str(key)
            yield from list_names(value)
    elif isinstance(part, ArrayObject):
        for value in part:
            yield from list_names(value)
    elif isinstance(part, NameObject):
        yield str(part)


def cycle_texts(start):
    """All texts in turn, from one of them on, without end; the longest are tried whole elsewhere, to save time."""
    return (text[:LONG_ENOUGH] for text in itertools.islice(itertools.cycle(TEXTS), start, None))


def build_report_with_details(details):
    """The report of a worked case about someone."""
    return report.build_report(reports.load_shipped_questionnaire(), reports.score_case("risk-36"), details)


def build_report_with_hostile_texts(start):
    """A report with another hostile text in each place of a questionnaire and of the consultant's own."""
    given = cycle_texts(start)
    asked = reports.load_shipped_questionnaire()
    words = asked.text("en")
    renamed = msgspec.structs.replace(
        words,
        title=next(given),
        functions={name: next(given) for name in words.functions},
        roles={name: next(given) for name in words.roles},
        channels={name: next(given) for name in words.channels},
        classes={name: next(given) for name in words.classes},
        class_meanings={name: next(given) for name in words.class_meanings},
        horizons={name: next(given) for name in words.horizons},
        dimensions={
            name: msgspec.structs.replace(
                text, title=next(given), question=next(given), levels=tuple(next(given) for _ in text.levels)
            )
            for name, text in words.dimensions.items()
        },
        items={
            name: msgspec.structs.replace(
                text, text=next(given), short=next(given), rungs=tuple(next(given) for _ in text.rungs)
            )
            for name, text in words.items.items()
        },
        rules={
            name: msgspec.structs.replace(
                text,
                title=next(given),
                why=next(given),
                owner=next(given),
                indicator=next(given),
                steps=tuple(next(given) for _ in text.steps),
            )
            for name, text in words.rules.items()
        },
    )
    details = ReportDetails(
        organisation=next(given),
        title=next(given),
        date=next(given)[:100],
        wave=next(given),
        author=next(given),
        confidentiality=next(given),
        protection="anonymous",
        remarks={place: next(given) for place in (*REMARKS, *words.functions)},
        findings=tuple(ConsultantFinding(next(given), next(given)) for _ in range(8)),
        moderations=tuple(ScoreModeration(next(given), 40.0, 50.0, next(given)) for _ in range(8)),
        logo=next(given).encode("utf-8", "replace"),
    )
    changed = msgspec.structs.replace(asked, texts={**asked.texts, "en": renamed})
    return report.build_report(changed, reports.score_case("risk-36"), details)


@lru_cache(maxsize=1)
def plain_counts():
    made = reports.build_case_report("risk-36")
    return {
        name: len(PdfReader(io.BytesIO(render_report(made, audience=name))).pages) for name in ("board", "respondents")
    }


def test_hostile_texts_number_150():
    assert len(set(TEXTS)) == 150


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_field_accepts_every_hostile_text(batch):
    """Some texts further in each batch; at length each place sees all of them."""
    made = build_report_with_hostile_texts(batch * len(TEXTS) // BATCHES)

    for audience in ("full", "board", "respondents", f"function:{made.functions[0].id}"):
        content = render_report(made, audience=audience)
        assert not list_active_content(content)
        pages = len(PdfReader(io.BytesIO(content)).pages)
        assert pages == plain_counts().get(audience, pages)


@pytest.mark.parametrize("start", range(0, len(TEXTS), 10))
def test_hostile_client_text_keeps_short_edition_page_count(start):
    for text in TEXTS[start : start + 10]:
        made = build_report_with_details(
            ReportDetails(text, text, text[:60], text, author=text, confidentiality=text, remarks={"next": text})
        )

        content = render_report(made, audience="respondents")

        assert not list_active_content(content)
        assert len(PdfReader(io.BytesIO(content)).pages) == 1


@pytest.mark.parametrize("start", range(6))
def test_longest_texts_continue_over_pages(start):
    longest = [text for text in TEXTS if len(text) > LONG_ENOUGH][start::6]
    made = build_report_with_details(
        ReportDetails(
            "Norden", remarks={"gap": longest[0]}, findings=tuple(ConsultantFinding("Own", t) for t in longest)
        )
    )

    assert len(PdfReader(io.BytesIO(render_report(made))).pages) >= 20


@pytest.mark.parametrize("text", ["W" * 300, "A very long name of an organisation " * 30, "\u05d0\u05d1\u05d2 " * 200])
def test_long_name_keeps_cover_on_one_page(text):
    content = render_report(
        build_report_with_details(ReportDetails(text, text, "2026-11-02", text, author=text, confidentiality=text))
    )

    pages = PdfReader(io.BytesIO(content)).pages
    assert "Page 2 of" in pages[1].extract_text()
    assert "The answer on one page" in pages[1].extract_text()


@pytest.mark.parametrize("text", TEXTS)
def test_every_character_is_drawn_by_a_font_that_has_it(text):
    for face in (REGULAR, STRONG):
        for drawn_with, run in split_by_font(reorder_for_display(make_legible(text)), face):
            known = getFont(drawn_with).face.charToGlyph
            assert not [character for character in run if ord(character) not in known]


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


@pytest.mark.parametrize("word", ["W" * 200_000, "\u05d0" * 200_000, "&" * 200_000, "e\u0301" * 100_000])
def test_overlong_word_is_truncated(word):
    made = build_report_with_details(
        ReportDetails(
            word,
            word,
            word[:60],
            word,
            author=word,
            remarks=dict.fromkeys(PARTS, word),
            findings=(ConsultantFinding(word, word),),
        )
    )

    assert len(PdfReader(io.BytesIO(render_report(made))).pages) < 60


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


def test_hebrew_is_printed_right_to_left():
    made = build_report_with_details(ReportDetails("\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1"))

    text = PdfReader(io.BytesIO(render_report(made, audience="respondents"))).pages[0].extract_text()

    assert reorder_for_display("\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1") == "\u05d1\u05d0 \u05dd\u05d5\u05dc\u05e9"
    assert "\u05e9\u05dc\u05d5\u05dd" in text or "\u05dd\u05d5\u05dc\u05e9" in text


@pytest.mark.parametrize(
    ("text", "back", "expected"),
    [
        ("\u05d0\u05d1 (12) \u05d2", True, "\u05d2 (12) \u05d1\u05d0"),
        ("\u05d0\u05d1 stands at 3 of 5", False, "\u05d1\u05d0 stands at 3 of 5"),
        ("Caf\u00e9 3 of 5", True, "Caf\u00e9 3 of 5"),
        ("\u05d0\u05d1 (2027)", False, "(2027) \u05d1\u05d0"),
        ("\u05d0\u05d1 (2027)", True, "(2027) \u05d1\u05d0"),
        ("Acme \u05d0\u05d1 (abc)", False, "Acme \u05d1\u05d0 (abc)"),
        ("Acme (\u05d0\u05d1) [2]", False, "Acme (\u05d1\u05d0) [2]"),
    ],
)
def test_right_to_left_name_is_reordered_inside_sentence(text, back, expected):
    assert reorder_for_display(text, right_to_left=back) == expected


@pytest.mark.parametrize("text", ["A\u200dB\u200cC", "Caf\u00e9 \u200d\u0151"])
def test_joiners_of_other_letters_are_not_drawn(text):
    assert not set(make_legible(text)) & set(JOINERS)


def test_persian_non_joiner_parts_letters_and_is_not_drawn():
    parted, joined = (
        reorder_for_display(make_legible(text)) for text in ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u062e")
    )

    assert parted == "\u062e\ufbfd\ufee3"
    assert joined != parted


@pytest.mark.parametrize(
    "logo", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0broken", b"%PDF-1.7", b"<svg onload='x'/>"]
)
def test_invalid_logo_is_left_out(logo):
    content = render_report(build_report_with_details(ReportDetails("Norden", logo=logo)), audience="board")

    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 2
    assert not reader.pages[0].images
