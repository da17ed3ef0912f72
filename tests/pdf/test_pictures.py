"""Golden pictures: four key pages look as they did when they were looked at."""

import numpy as np
import pytest

from tests.pdf.picturing import PAGES, distance, drawn, kept

TOLERATED = 40.0  # edges of letters may be smoothed otherwise; a word that moved differs by 60 and more


@pytest.mark.parametrize("name", PAGES)
def test_a_key_page_looks_as_it_did(name):
    now, then = drawn()[name], kept(name)

    assert now.shape == then.shape
    assert distance(now, then) < TOLERATED


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_slipped_by_a_line_is_seen(name):
    then = kept(name)

    assert distance(np.roll(then, 8, axis=0), then) > TOLERATED
