"""The answer page of every format names what moved since the last wave, and what did not."""

from io import BytesIO

import pypdf
import pytest

from assessment.domain import report
from assessment.domain.comparison.waves import Break, FigureChange, WaveComparison
from assessment.domain.report import ConsultantFinding, EarlierWave, ReportDetails
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.office import render_office_file
from assessment.pdf import render_report
from tests import reports
from tests.office import office_files

CASE = "plain-24"
DETAILS = ReportDetails("Norden")
MOVED = WaveComparison(
    (),
    {
        "overall": FigureChange(40, 52.5, 12.5, 4, changed=True),
        "functions.marketing": FigureChange(40, 70, 30, 4, changed=True),
        "functions.hr": FigureChange(40, 42, 2, 4, changed=False),
    },
    {},
    None,
)
HEADLINE = "Norden has risen by 12.5 points since the last wave, from 40.0 to 52.5; up: Marketing; within chance: HR."


def build(comparison, case=CASE, details=DETAILS):
    earlier = EarlierWave(comparison, date="2025-11-02")
    questionnaire = reports.load_shipped_questionnaire()
    return report.build_report(questionnaire, reports.score_case(case), details, earlier=earlier)


def read_answer(file_format, content):
    """Return the text of page, slide, sheet or section of the answer."""
    if file_format is FileFormat.PDF:
        pages = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(content)).pages]
        return next(page for page in pages if "The answer on one page" in page and "What we found" in page)
    if file_format is FileFormat.DECK:
        slides = [office_files.list_texts(slide) for slide in office_files.open_deck(content).slides]
        return "\n".join(next(texts for texts in slides if "What we found" in texts))
    if file_format is FileFormat.WORKBOOK:
        sheet = office_files.open_workbook(content).worksheets[0]
        return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return office_files.read_document_text(content).rpartition("What we found")[0]  # the contents name it too


def render(made, file_format, audience):
    if file_format is FileFormat.PDF:
        return render_report(made, audience=audience)
    return render_office_file(made, file_format, audience)


@pytest.mark.parametrize(
    ("file_format", "audience"),
    [
        (FileFormat.PDF, FULL_EDITION),
        (FileFormat.PDF, BOARD_EDITION),
        (FileFormat.DECK, FULL_EDITION),
        (FileFormat.DECK, BOARD_EDITION),
        (FileFormat.DOCUMENT, FULL_EDITION),
        (FileFormat.DOCUMENT, BOARD_EDITION),
        (FileFormat.WORKBOOK, FULL_EDITION),
    ],
)
def test_answer_states_what_moved_and_what_did_not(file_format, audience):
    content = render(build(MOVED), file_format, audience)

    assert HEADLINE in read_answer(file_format, content)


@pytest.mark.parametrize("file_format", [FileFormat.PDF, FileFormat.DECK, FileFormat.DOCUMENT, FileFormat.WORKBOOK])
def test_answer_says_if_waves_can_not_be_compared(file_format):
    content = render(build(WaveComparison((Break(0.4, 0.7),), {}, {}, None)), file_format, FULL_EDITION)

    text = "The instrument has changed too much to compare Norden with the last wave."
    assert text in read_answer(file_format, content)


@pytest.mark.parametrize("case", ["gap-50", "risk-36"])
def test_deck_with_earlier_wave_and_own_texts_has_sixteen_slides_at_most(case):
    own = ReportDetails(
        "Norden", findings=(ConsultantFinding("Own", "Text"),), remarks={"gap": "Seen in interviews too."}
    )

    slides = office_files.open_deck(render(build(MOVED, case, own), FileFormat.DECK, FULL_EDITION)).slides

    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert len(titles) == 16
    assert "The consultant comments on single results" in titles
