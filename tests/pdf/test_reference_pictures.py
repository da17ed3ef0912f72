"""Golden pictures: four key pages look as they did when they were looked at."""

import numpy as np
import pytest

from tests.pdf.reference_pictures import PAGES, draw_pages, load_picture, measure_distance

TOLERATED = 40.0  # edges of letters may be smoothed otherwise; a word that moved differs by 60 and more


@pytest.mark.parametrize("name", PAGES)
def test_page_matches_its_reference_picture(name):
    now, then = draw_pages()[name], load_picture(name)

    assert now.shape == then.shape
    assert measure_distance(now, then) < TOLERATED


@pytest.mark.parametrize("name", PAGES)
def test_page_shifted_by_a_line_is_detected(name):
    then = load_picture(name)

    assert measure_distance(np.roll(then, 8, axis=0), then) > TOLERATED
