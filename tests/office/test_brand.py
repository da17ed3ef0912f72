"""The firm's colour: on covers and headings of PDF, slides, document and workbook; charts keep their own."""

import re
from io import BytesIO
from zipfile import ZipFile

import pikepdf
import pytest

from assessment.charts.primitives import brand
from assessment.charts.primitives.palette import PALETTE, compute_contrast
from assessment.domain.report import ReportDetails
from assessment.services.reports.office_verification import verify_file
from assessment.services.reports.rendering import render_file
from tests import reports
from tests.office.office_files import make_job

COLOUR = "#8A1538"
CASE = "small-9"
FORMATS = ("pdf", "pptx", "docx", "xlsx")


def render(ending, **values):
    details = ReportDetails("Norden", "Autumn", reports.DATE, "1", **values)
    return render_file(reports.load_shipped_questionnaire(), make_job(CASE, ending, details=details))


def read_all(ending, content):
    """Read all that is drawn: parts of a package, or operators of the pages."""
    if ending != "pdf":
        with ZipFile(BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("customXml")]  # the record names it too
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in names).upper()
    with pikepdf.open(BytesIO(content)) as pdf:
        return "\n".join(
            " ".join(map(str, operands)) + f" {operator}"
            for page in pdf.pages
            for operands, operator in pikepdf.parse_content_stream(page)
        )


@pytest.mark.parametrize("ending", FORMATS)
def test_colour_of_the_firm_is_in_every_format(ending):
    ours, theirs = read_all(ending, render(ending)), read_all(ending, render(ending, accent=COLOUR))
    name = re.escape(COLOUR[1:]) if ending != "pdf" else r"0?\.541\d* 0?\.082\d* 0?\.21\d* rg"

    assert not re.search(name, ours)
    assert re.search(name, theirs)


@pytest.mark.parametrize("ending", ["pptx", "docx"])
def test_charts_keep_their_own_colours(ending):
    with ZipFile(BytesIO(render(ending, accent=COLOUR))) as archive:
        charts = [
            archive.read(name).decode() for name in archive.namelist() if re.search(r"/charts?/?chart\d+\.xml", name)
        ]

    assert charts
    assert not any(COLOUR[1:] in chart for chart in charts)
    assert any(PALETTE["accent"][1:] in chart for chart in charts)


@pytest.mark.parametrize("ending", FORMATS)
def test_file_in_the_colour_of_the_firm_is_verified(ending):
    assert verify_file(render(ending, accent=COLOUR), lambda _: reports.load_shipped_questionnaire()).is_valid


@pytest.mark.parametrize("colour", ["", "red", '#8A1538"/><x', "#8a1538"])
def test_anything_else_than_a_colour_leaves_our_own(colour):
    with brand.use_brand(colour):
        assert brand.find_colour("accent") == PALETTE["accent"]


@pytest.mark.parametrize("colour", [COLOUR, "#767676", "#000000", "#0B3D63", "#B30000"])
def test_texts_on_the_cover_can_be_read(colour):
    with brand.use_brand(colour):
        shades = brand.build_panel_palette()
        panel = brand.find_panel_colour()

    assert compute_contrast(PALETTE["paper"], panel) >= brand.NEEDED_CONTRAST
    assert compute_contrast(shades["level-2"], shades["level-4"]) >= brand.NEEDED_CONTRAST
    assert compute_contrast(shades["level-5"], shades["level-3"]) >= 3.0  # numbers of steps, large and strong
    assert compute_contrast(shades["level-5"], PALETTE["paper"]) >= brand.NEEDED_CONTRAST


def test_colour_is_that_of_one_file_only():
    render("docx", accent=COLOUR)

    assert brand.get_brand() == ""
    assert COLOUR[1:] not in read_all("docx", render("docx"))
