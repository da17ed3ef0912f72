"""Page, API and PDF state the same numbers, to the digit: those the API gives are rounded here once more."""

import re
from html import unescape

import pytest
from msgspec.structs import replace

from assessment.domain.assessment import AssessmentKey
from assessment.services.reports import report_requests
from assessment.storage import database
from tests import reports
from tests.end_to_end import printed_figures

ON_THE_PAGE = {"Hand-offs, all functions": "Hand-offs of the whole"}  # what has another label there
NEAR = 12  # pieces of text after a label, in its row
SCORE = re.compile(r"[+\u2212]?\d+(\.\d)?%?( or (less|more))?")
UNSEEN = re.compile(r"<(script|style|svg|head)\b.*?</\1>", re.DOTALL)


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
async def doors(world, running):
    """The same assessment by each door: the scores, the lines of the page, the PDF."""
    async with running() as come:
        alice = come("alice")
        at = f"/console/assessments/{world.closed}"
        scores, page, pdf = [await alice.get(f"{at}/{door}") for door in ("figures/json", "results", "report.pdf")]
    return scores.json(), list_text_pieces(page.text), pdf.content


def list_text_pieces(page):
    """The pieces of text that are seen on a page."""
    pieces = re.split(r"<[^>]+>", UNSEEN.sub("", page))
    return [" ".join(unescape(piece).split()) for piece in pieces if piece.strip()]


def list_scores_and_percentages(figures):
    """Scores and percentages, which a page may set in another order than a print.

    How answers lie stands in one line there.
    """
    return [
        replace(figure, page="", label=ON_THE_PAGE.get(figure.label, figure.label), first=1, last=NEAR)
        for figure in figures
        if SCORE.fullmatch(figure.shown) and figure.last != printed_figures.LYING
    ]


async def test_page_api_and_pdf_show_identical_figures(doors):
    scores, page, pdf = doors
    figures = list(printed_figures.list_figures(reports.load_shipped_questionnaire(), scores))
    seen = list_scores_and_percentages(figures)

    assert len(seen) >= 100
    assert printed_figures.find_missing(pdf, figures) == []
    assert printed_figures.find_missing_on_pages([page], seen) == []


async def test_comparison_detects_one_more_digit(doors):
    scores, page, pdf = doors
    wrong = [
        replace(each, shown=f"{each.shown}1")
        for each in printed_figures.list_figures(reports.load_shipped_questionnaire(), scores)
    ]
    unseen = [replace(each, page="", last=NEAR) for each in wrong]

    assert printed_figures.find_missing(pdf, wrong) == wrong
    assert printed_figures.find_missing_on_pages([page], unseen) == unseen


async def test_every_decimal_on_the_page_is_in_the_report(world, doors):
    with database.read_session(world.engine) as session:
        report = report_requests.load_report(session, AssessmentKey(world.home, world.closed))
    number = re.compile(r"(?<![\d.])\d+\.\d(?![\d.])")

    shown = set(number.findall(" ".join(doors[1])))

    assert len(shown) >= 30
    assert shown - set(re.findall(r"\d+\.\d+", str(report))) == set()
