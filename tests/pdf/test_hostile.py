"""Hostile texts in every place where somebody's text is printed: nothing breaks, nothing runs, nothing is lost."""

import io
import itertools
import re
from functools import lru_cache

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject
from reportlab.pdfbase.pdfmetrics import getFont

from assessment.domain import report
from assessment.domain.report import Details, Moderation, OwnFinding
from assessment.pdf import render
from assessment.pdf.direction import visual
from assessment.pdf.fonts import REGULAR, STRONG, legible, pieces
from tests import reports
from tests.pdf.hostile import MARKUP, TEMPLATES, texts

TEXTS = texts()
REMARKS = ("answer", "targets", "heatmap", "gap", "authority", "hand-offs", "outlook", "roadmap", "change", "next")
BATCHES = 10
LONG_ENOUGH = 1200
ACTIVE = {"/JS", "/JavaScript", "/Launch", "/URI", "/OpenAction", "/AA", "/SubmitForm", "/GoToR", "/RichMedia"}


def active(content):
    """Whatever in a document could do something: keys and names of all of its objects."""
    reader = PdfReader(io.BytesIO(content))
    size = reader.trailer["/Size"]
    return {
        name for number in range(1, size) for name in names(IndirectObject(number, 0, reader).get_object())
    } & ACTIVE


def names(part):
    """Keys and names inside an object; what it refers to is looked at in its own turn."""
    if isinstance(part, DictionaryObject):
        for key, value in part.items():
            yield str(key)
            yield from names(value)
    elif isinstance(part, ArrayObject):
        for value in part:
            yield from names(value)
    elif isinstance(part, NameObject):
        yield str(part)


def turned(start):
    """All texts in turn, from one of them on, without end; the longest are tried whole elsewhere, to save time."""
    return (text[:LONG_ENOUGH] for text in itertools.islice(itertools.cycle(TEXTS), start, None))


def told(details):
    """The report of a worked case about somebody."""
    return report.build(reports.questionnaire(), reports.result("risk-36"), details)


def everywhere(start):
    """A report with another hostile text in each place of a questionnaire and of the consultant's own."""
    given = turned(start)
    asked = reports.questionnaire()
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
    details = Details(
        organisation=next(given),
        title=next(given),
        date=next(given)[:100],
        wave=next(given),
        author=next(given),
        confidentiality=next(given),
        protection="anonymous",
        remarks={place: next(given) for place in (*REMARKS, *words.functions)},
        findings=tuple(OwnFinding(next(given), next(given)) for _ in range(8)),
        moderations=tuple(Moderation(next(given), 40.0, 50.0, next(given)) for _ in range(8)),
        logo=next(given).encode("utf-8", "replace"),
    )
    changed = msgspec.structs.replace(asked, texts={**asked.texts, "en": renamed})
    return report.build(changed, reports.result("risk-36"), details)


@lru_cache(maxsize=1)
def plain_counts():
    made = reports.made("risk-36")
    return {name: len(PdfReader(io.BytesIO(render(made, audience=name))).pages) for name in ("board", "respondents")}


def test_there_are_150_of_them():
    assert len(set(TEXTS)) == 150


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_place_takes_every_text(batch):
    """Fifteen texts further in each batch: whatever there is fifteen times or more sees all 150."""
    made = everywhere(batch * len(TEXTS) // BATCHES)

    for audience in ("full", "board", "respondents", f"function:{made.functions[0].id}"):
        content = render(made, audience=audience)
        assert not active(content)
        pages = len(PdfReader(io.BytesIO(content)).pages)
        assert pages == plain_counts().get(audience, pages)


@pytest.mark.parametrize("start", range(0, len(TEXTS), 10))
def test_no_text_about_the_client_pushes_a_short_edition_over_its_pages(start):
    for text in TEXTS[start : start + 10]:
        made = told(Details(text, text, text[:60], text, author=text, confidentiality=text, remarks={"next": text}))

        content = render(made, audience="respondents")

        assert not active(content)
        assert len(PdfReader(io.BytesIO(content)).pages) == 1


@pytest.mark.parametrize("start", range(6))
def test_the_longest_texts_flow_over_pages(start):
    longest = [text for text in TEXTS if len(text) > LONG_ENOUGH][start::6]
    made = told(Details("Norden", remarks={"gap": longest[0]}, findings=tuple(OwnFinding("Own", t) for t in longest)))

    assert len(PdfReader(io.BytesIO(render(made))).pages) >= 20


@pytest.mark.parametrize("text", ["W" * 300, "A very long name of an organisation " * 30, "\u05d0\u05d1\u05d2 " * 200])
def test_a_long_name_never_pushes_the_cover_to_a_second_page(text):
    content = render(told(Details(text, text, "2026-11-02", text, author=text, confidentiality=text)))

    pages = PdfReader(io.BytesIO(content)).pages
    assert "Page 2 of" in pages[1].extract_text()
    assert "The answer on one page" in pages[1].extract_text()


@pytest.mark.parametrize("text", TEXTS)
def test_every_character_is_drawn_by_a_face_that_has_it(text):
    for face in (REGULAR, STRONG):
        for drawn_with, run in pieces(visual(legible(text)), face):
            known = getFont(drawn_with).face.charToGlyph
            assert not [character for character in run if ord(character) not in known]


@pytest.mark.parametrize("text", [*MARKUP, *TEMPLATES])
def test_what_looks_like_markup_is_printed_as_it_was_written(text):
    squeezed = "".join(text.split())
    made = told(Details("Norden", findings=(OwnFinding("Own", text),)))

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(made))).pages]

    assert squeezed in "".join("".join(page.split()) for page in pages)


def test_a_comment_of_5000_characters_comes_back_whole():
    text = " ".join(f"word{number}" for number in range(600))[:5000].rsplit(" ", 1)[0]
    made = told(Details("Norden", remarks={"gap": text}, findings=(OwnFinding("Own", text),)))

    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(render(made))).pages)

    words = re.findall(r"\bword\d+\b", pages)
    assert [words.count(word) for word in text.split()] == [2] * len(text.split())


def test_sixty_findings_are_all_printed_and_numbered():
    findings = tuple(OwnFinding(f"Finding no. {number} of sixty", "Because. " * 20) for number in range(1, 61))

    content = render(told(Details("Norden", findings=findings)))

    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert not [finding.title for finding in findings if finding.title not in text]


def test_hebrew_is_printed_from_right_to_left():
    made = told(Details("\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1"))

    text = PdfReader(io.BytesIO(render(made, audience="respondents"))).pages[0].extract_text()

    assert visual("\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1") == "\u05d1\u05d0 \u05dd\u05d5\u05dc\u05e9"
    assert "\u05e9\u05dc\u05d5\u05dd" in text or "\u05dd\u05d5\u05dc\u05e9" in text


@pytest.mark.parametrize(
    ("text", "back", "expected"),
    [
        ("\u05d0\u05d1 (12) \u05d2", True, "\u05d2 (12) \u05d1\u05d0"),
        ("\u05d0\u05d1 stands at 3 of 5", False, "\u05d1\u05d0 stands at 3 of 5"),
        ("Caf\u00e9 3 of 5", True, "Caf\u00e9 3 of 5"),
    ],
)
def test_a_name_runs_back_inside_a_sentence_that_does_not(text, back, expected):
    assert visual(text, back=back) == expected


@pytest.mark.parametrize(
    "logo", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0broken", b"%PDF-1.7", b"<svg onload='x'/>"]
)
def test_a_logo_that_is_no_picture_is_left_out(logo):
    content = render(told(Details("Norden", logo=logo)), audience="board")

    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 2
    assert not reader.pages[0].images
