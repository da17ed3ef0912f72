"""The report in other languages: as many pages as promised, and not a word left in English."""

import io

import pytest
from pypdf import PdfReader

from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.domain.report.audiences import list_audiences
from assessment.i18n import get_translator
from assessment.pdf import render_report
from tests import pseudo_language, reports

LANGUAGES = ("de", "es", "fr")
SHORT = {"board": 2, "respondents": 1}
TYPED = ("Norden", "2026-11-02", "social-media-integration", "assessment", "SHA", "Jackknife")


def read_pages(case, language, audience):
    details = ReportDetails("Norden", date=reports.DATE, wave="1", release="0" * 64)
    made = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case(case), details, language=language
    )
    return PdfReader(io.BytesIO(render_report(made, audience=audience)))


@pytest.fixture
def _pseudo(monkeypatch):
    pseudo_language.use_pseudo_language(monkeypatch)
    yield
    get_translator.cache_clear()


@pytest.mark.usefixtures("_pseudo")
@pytest.mark.parametrize("case", ["gap-50", "consensus", "contested-60", "small-9", "out-of-scope-30"])
def test_no_edition_has_untranslated_text(case):
    left = {}
    for audience in list_audiences(reports.load_shipped_questionnaire(), reports.score_case(case)):
        read = read_pages(case, pseudo_language.LANGUAGE, audience)
        for number, page in enumerate(read.pages, start=1):
            words = pseudo_language.find_untranslated_words(page.extract_text(), TYPED)
            if words:
                left[audience, number] = words

    assert left == {}


@pytest.mark.parametrize("audience", SHORT)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_short_edition_keeps_page_count_in_every_language(case, language, audience):
    read = read_pages(case, language, audience)

    assert len(read.pages) == SHORT[audience]
    assert read.root_object["/Lang"] == language
