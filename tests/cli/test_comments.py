"""`assessment report --comments`: what is a consultant's own stands in the report, marked as theirs, or is refused."""

from hashlib import shake_256
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader

from assessment.errors import InvalidError
from assessment.pdf import logo

OWN = """
author = "Anna Berg"
logo = "logo.png"

[remarks]
answer = "We walked two shifts."

[[findings]]
title = "Two tools do the same job"
text = "One inbox would do."

[[moderations]]
figure = "functions.hr"
moderated = 55
reason = "The policy came after the close."
"""


def make_picture(size=(60, 20), **saved):
    target = BytesIO()
    Image.new("RGB", size, "red").save(target, **{"format": "PNG"} | saved)
    return target.getvalue()


@pytest.fixture
def printed(run, golden, tmp_path):
    def printed(text, logo=None, *options):
        (tmp_path / "own.toml").write_text(text)
        if logo is not None:
            (tmp_path / "logo.png").write_bytes(logo)
        out = tmp_path / "out.pdf"
        said = run("report", golden / "risk-36.csv", "-o", out, "--comments", tmp_path / "own.toml", *options)
        return said, out

    return printed


def test_comments_in_report_are_marked_as_the_consultants(printed, run):
    said, out = printed(OWN, make_picture())

    reader = PdfReader(BytesIO(out.read_bytes()))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    own = text[text.index("The consultant adds to the computed findings") :]
    assert said.exit_code == 0
    assert len(reader.pages[0].images) == 1
    for words in ("Anna Berg", "We walked two shifts.", "In the consultant’s own words", "Two tools do the same job"):
        assert words in text
    assert "HR 61.8 55.0 The policy came after the close." in own
    assert run("verify", out).exit_code == 0


def test_computed_figures_with_comments_are_unchanged(printed, run, golden, tmp_path):
    _, out = printed(OWN, make_picture())
    run("report", golden / "risk-36.csv", "-o", tmp_path / "bare.pdf")

    answers = [PdfReader(BytesIO(path.read_bytes())).pages[1].extract_text() for path in (out, tmp_path / "bare.pdf")]

    numbers = [[line for line in text.splitlines() if line.replace(".", "").isdigit()] for text in answers]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('athor = "x"', "Did you mean `author`?"),
        ('[remarks]\nhr2 = "x"', "There is no part 'hr2'"),
        ('[[findings]]\ntitle = " "', "A finding without a title"),
        ('[[moderations]]\nfigure = "functions.x"\nmoderated = 5\nreason = "y"', "There is no score 'functions.x'"),
        ('[[moderations]]\nfigure = "overall"\nmoderated = 101\nreason = "y"', "between 0 and 100"),
        ('[[moderations]]\nfigure = "overall"\nmoderated = 50\nreason = ""', "without a reason"),
        ('logo = "none.png"', "can't be read"),
    ],
)
def test_mistake_in_comments_is_reported_and_no_report_written(printed, text, wrong):
    said, out = printed(text)

    assert said.exit_code == 1
    assert wrong in said.stderr
    assert not out.exists()


def test_every_mistake_in_comments_is_reported_with_its_line(printed):
    said, _ = printed('author = "x"\nlogo = "none.png"\n[remarks]\nhr2 = "x"\n"a/b" = "x"\n[[findings]]\ntitle = ""')

    assert [line.partition(".toml:")[2].partition(":")[0] for line in said.stderr.splitlines()[1:]] == list("2457")


@pytest.mark.parametrize(
    "content",
    [
        b"<svg/>",
        b"",
        make_picture()[:40],
        make_picture(format="GIF"),
        make_picture((2100, 2000)),
        make_picture() + b"\0" * logo.MAX_LOGO_BYTES,
    ],
    ids=["vector", "empty", "cut off", "another kind", "too many pixels", "too large"],
)
def test_logo_that_is_no_small_picture_is_rejected(printed, content):
    said, out = printed('logo = "logo.png"', content)

    assert said.exit_code == 1
    assert "PNG or JPEG" in said.stderr
    assert not out.exists()


def test_start_that_no_plan_can_reckon_with_is_rejected_with_the_range(printed):
    said, out = printed('start = "9999-12-31"')

    assert said.exit_code == 1
    assert "Choose a day in the years 2000 to 2999." in said.stderr
    assert not out.exists()


def test_logo_is_reencoded_without_metadata():
    hidden = PngInfo()
    hidden.add_text("Comment", "canary")
    content = make_picture((2000, 500), pnginfo=hidden) + b"canary behind the end"

    made = logo.reencode_logo(content)

    with Image.open(BytesIO(made)) as image:
        assert image.size == (1200, 300)
        assert not image.info
    assert b"canary" not in made


def test_logo_too_large_after_reencoding_is_scaled_down_and_stable():
    target = BytesIO()
    Image.frombytes("RGB", (1200, 1000), shake_256(b"noise").digest(3_600_000)).save(target, format="JPEG", quality=40)

    made = logo.reencode_logo(target.getvalue())

    with Image.open(BytesIO(made)) as image:
        assert image.size in {(600, 500), (300, 250)}
    assert len(made) <= logo.MAX_LOGO_BYTES
    assert logo.reencode_logo(made) == made


def test_logo_is_rejected_by_content_not_by_file_name():
    with pytest.raises(InvalidError):
        logo.reencode_logo(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
