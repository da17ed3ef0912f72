"""Every edition states the figures of the result, to the digit: each beside its label, rounded here once more."""

from functools import lru_cache

import msgspec
import pytest
from msgspec.structs import replace

from assessment.pdf import render
from tests import reports
from tests.end_to_end import printed

CASES = ("risk-36", "gap-50")
ANSWER = "The answer on one page"


@lru_cache(maxsize=4)
def figures(case):
    return tuple(printed.figures(reports.questionnaire(), msgspec.to_builtins(reports.result(case))))


@lru_cache(maxsize=16)
def pages(case, audience):
    return printed.pages(render(reports.made(case), audience=audience))


def names(case):
    return [part.name for part in reports.made(case).functions]


def expected(case, audience):
    """What an edition is to state, wherever it does."""
    if audience == "full":
        return list(figures(case))
    if audience == "board":
        kept = [figure for figure in figures(case) if figure.page == ANSWER]
    elif audience == "respondents":
        kept = [figure for figure in figures(case) if figure.page == ANSWER and figure.label in levelled(case)]
    else:
        own = reports.questionnaire().text("en").functions[audience.partition(":")[2]]
        kept = [figure for figure in figures(case) if figure.page == own]
    return [replace(figure, page="") for figure in kept]


def levelled(case):
    return {"The whole", *names(case)}


AUDIENCES = ("full", "board", "respondents", "function:customer-service", "function:marketing", "function:hr")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("case", CASES)
def test_every_figure_stands_beside_its_label(case, audience):
    wanted = expected(case, audience)

    assert len(wanted) >= 6
    assert printed.absent(pages(case, audience), wanted) == []


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("case", CASES)
def test_a_digit_more_would_be_missed(case, audience):
    wanted = [replace(figure, shown=f"{figure.shown}1") for figure in expected(case, audience)]

    assert printed.absent(pages(case, audience), wanted) == wanted


@pytest.mark.parametrize("case", CASES)
def test_a_full_report_states_at_least_two_hundred(case):
    assert len(figures(case)) >= 200
