"""Empty space: no page is a third empty, in any case, edition and language, except the cover and the last one.

Four cases every day, a language each; every case in every language with ASSESSMENT_TEST_SOAK=1 in the environment.
"""

import os
from itertools import product

import pytest

from assessment.domain.report.audiences import FULL_EDITION, list_audiences
from tests import reports
from tests.pdf.page_shares import measure_used_height

EVERY_DAY = (("gap-50", "de"), ("large-200", "fr"), ("risk-36", "es"), ("small-9", "en"))
ALL = tuple(product(reports.CASES, ("de", "en", "es", "fr")))
SHOWN = ALL if "ASSESSMENT_TEST_SOAK" in os.environ else EVERY_DAY
LEAST = 2 / 3  # of a page
MOST_PAGES = 21


def list_used_heights(case, language):
    """How far down each page reaches, by edition, without the last page and the cover."""
    offered = list_audiences(reports.load_shipped_questionnaire(), reports.score_case(case))
    heights = {one: measure_used_height(reports.render_case(case, one, language)) for one in offered}
    return {one: pages[1 if one == FULL_EDITION else 0 : -1] for one, pages in heights.items()}


@pytest.mark.parametrize(("case", "language"), SHOWN)
def test_no_page_of_any_edition_is_a_third_empty(case, language):
    heights = list_used_heights(case, language)

    assert {one: pages for one, pages in heights.items() if min(pages, default=1.0) < LEAST} == {}
    assert len(heights[FULL_EDITION]) + 2 <= MOST_PAGES


def test_page_that_is_a_third_empty_is_found():
    content = reports.render_case("small-9", "board")  # its last page has a decision and a few lines

    assert measure_used_height(content)[-1] < LEAST
