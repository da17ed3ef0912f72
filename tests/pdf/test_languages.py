"""The report in other languages: as many pages as promised, and not a word left in English."""

import io

import pytest
from pypdf import PdfReader

from assessment.domain import report
from assessment.domain.report import Details
from assessment.domain.report.audiences import audiences
from assessment.pdf import render
from assessment.wording import wording
from tests import pseudo, reports

LANGUAGES = ("de", "es", "fr")
SHORT = {"board": 2, "respondents": 1}
TYPED = ("Norden", "2026-11-02", "social-media-integration", "assessment", "SHA", "Jackknife")


def pages(case, language, audience):
    details = Details("Norden", date=reports.DATE, wave="1", release="0" * 64)
    made = report.build(reports.questionnaire(), reports.result(case), details, language=language)
    return PdfReader(io.BytesIO(render(made, audience=audience)))


@pytest.fixture
def _pseudo(monkeypatch):
    pseudo.speak(monkeypatch)
    yield
    wording.cache_clear()


@pytest.mark.usefixtures("_pseudo")
@pytest.mark.parametrize("case", ["gap-50", "consensus", "contested-60", "small-9", "out-of-scope-30"])
def test_no_edition_has_a_word_that_was_never_translated(case):
    left = {}
    for audience in audiences(reports.questionnaire(), reports.result(case)):
        read = pages(case, pseudo.LANGUAGE, audience)
        for number, page in enumerate(read.pages, start=1):
            words = pseudo.untranslated(page.extract_text(), TYPED)
            if words:
                left[audience, number] = words

    assert left == {}


@pytest.mark.parametrize("audience", SHORT)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_a_short_edition_has_its_pages_in_every_language(case, language, audience):
    read = pages(case, language, audience)

    assert len(read.pages) == SHORT[audience]
    assert read.root_object["/Lang"] == language
