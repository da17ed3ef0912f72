"""Hostile texts in every place where somebody's text is printed: nothing breaks, nothing runs, nothing is lost."""

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
from assessment.domain.report import Details, Moderation, OwnFinding
from assessment.pdf import render
from assessment.pdf.direction import visual
from assessment.pdf.fonts import REGULAR, STRONG, legible, pieces
from assessment.pdf.pages.front import LONGEST_TITLE
from assessment.pdf.text import LONGEST, bounded, spoken
from tests import reports
from tests.pdf.hearing import heard
from tests.pdf.hostile import MARKUP, TEMPLATES, texts

TEXTS = texts()
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
    """Some texts further in each batch; at length each place sees all of them."""
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


def test_what_looks_like_markup_is_printed_as_it_was_written():
    written = [*MARKUP, *TEMPLATES]
    made = told(Details("Norden", findings=tuple(OwnFinding("Own", text) for text in written)))

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(made))).pages]

    squeezed = "".join("".join(page.split()) for page in pages)
    assert [text for text in written if "".join(text.split()) not in squeezed] == []


def seen(text):
    """A text without what is not seen: space, and signs that have no look."""
    return "".join(letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf")


def printed(text, limit=LONGEST):
    """What a text of somebody's own should read like: the same, where what is drawn is another as well."""
    return seen("".join(spoken(line) or legible(line) for line in bounded(text, limit).splitlines() if line.strip()))


def between(blocks, begins):
    """The texts of all blocks behind each one that begins like this, up to the next, by its number."""
    found, current = {}, None
    for role, text in blocks:
        if match := re.match(begins, text):
            current = int(match[1])
            found[current] = ""
        elif current is not None and role in ("P", "LBody", "TD"):
            found[current] += text
    return {number: seen(text) for number, text in found.items()}


def test_every_text_of_a_finding_comes_back_whole():
    findings = [OwnFinding(f"Own {number}", text) for number, text in enumerate((*TEXTS, "last"))]

    blocks = heard(render(told(Details("Norden", findings=tuple(findings)))))

    found = between(blocks, r"\d+\s+Own (\d+)$")
    assert [number for number, text in enumerate(TEXTS) if found[number] != printed(text)] == []


def test_every_title_of_a_finding_comes_back_as_far_as_titles_go():
    findings = tuple(OwnFinding(text, "") for text in TEXTS)

    blocks = heard(render(told(Details("Norden", findings=findings))))

    titles = [seen(text) for role, text in blocks if role == "H2" and re.match(r"\d+(\s|$)", text)]
    whole = [f"{number}  {bounded(text, LONGEST_TITLE)}" for number, text in enumerate(TEXTS, start=1)]
    assert [
        place
        for place, (title, text) in enumerate(zip(titles[: len(whole)], whole, strict=True))
        if title != printed(text)
    ] == []


def test_every_reason_of_a_moderated_score_comes_back_whole():
    moderations = [Moderation(f"Place {number}", 40.0, 50.0, text) for number, text in enumerate((*TEXTS, "last"))]

    blocks = heard(render(told(Details("Norden", moderations=tuple(moderations)))))

    found = between(blocks, r"Place (\d+)$")
    assert [number for number, text in enumerate(TEXTS) if not found[number].endswith(printed(text))] == []


@pytest.mark.parametrize("start", range(0, len(TEXTS), 13 if SOAK else 52))
def test_every_remark_comes_back_whole(start):
    """Each place with another text."""
    given = dict(zip(PARTS, itertools.islice(itertools.cycle(TEXTS), start, None), strict=False))

    blocks = heard(render(told(Details("Norden", remarks=given, findings=(OwnFinding("Own", "x"),)))))

    everything = seen("".join(text for _, text in blocks))
    lost = [place for place, text in given.items() if place not in UNPRINTED and printed(text) not in everything]
    assert lost == []


def test_no_sign_stands_for_one_that_is_missing():
    findings = tuple(OwnFinding(text, text) for text in TEXTS)

    blocks = heard(render(told(Details("Norden", findings=findings))))

    assert not [text for _, text in blocks if "\0" in text]


@pytest.mark.parametrize("word", ["W" * 200_000, "\u05d0" * 200_000, "&" * 200_000, "e\u0301" * 100_000])
def test_a_word_without_end_is_cut(word):
    made = told(
        Details(
            word,
            word,
            word[:60],
            word,
            author=word,
            remarks=dict.fromkeys(PARTS, word),
            findings=(OwnFinding(word, word),),
        )
    )

    assert len(PdfReader(io.BytesIO(render(made))).pages) < 60


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
