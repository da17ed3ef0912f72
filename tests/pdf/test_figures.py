"""Every edition states the figures of the result, to the digit: each next to its label, rounded here once more."""

from functools import lru_cache

import msgspec
import pytest
from msgspec.structs import replace

from tests import reports
from tests.end_to_end import printed_figures

CASES = ("risk-36", "gap-50")
ANSWER = "The answer on one page"


@lru_cache(maxsize=4)
def list_figures(case):
    return tuple(
        printed_figures.list_figures(
            reports.load_shipped_questionnaire(), msgspec.to_builtins(reports.score_case(case))
        )
    )


@lru_cache(maxsize=16)
def read_pages(case, audience):
    return printed_figures.extract_pages(reports.render_case(case, audience))


def list_names(case):
    return [part.name for part in reports.build_case_report(case).functions]


def list_expected_lines(case, audience):
    """Figures that an edition has to state, with their places."""
    if audience == "full":
        return list(list_figures(case))
    if audience == "board":
        kept = [figure for figure in list_figures(case) if figure.page == ANSWER]
    elif audience == "respondents":
        kept = [
            figure
            for figure in list_figures(case)
            if figure.page == ANSWER and figure.label in list_leveled_lines(case)
        ]
    else:
        own = reports.load_shipped_questionnaire().text("en").functions[audience.partition(":")[2]]
        kept = [figure for figure in list_figures(case) if figure.page == own]
    return [replace(figure, page="") for figure in kept]


def list_leveled_lines(case):
    return {"The whole", *list_names(case)}


AUDIENCES = ("full", "board", "respondents", "function:customer-service", "function:marketing", "function:hr")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("case", CASES)
def test_every_figure_is_next_to_its_label(case, audience):
    wanted = list_expected_lines(case, audience)

    assert len(wanted) >= 6
    assert printed_figures.find_missing_on_pages(read_pages(case, audience), wanted) == []


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("case", CASES)
def test_changed_digit_is_not_found(case, audience):
    wanted = [replace(figure, shown=f"{figure.shown}1") for figure in list_expected_lines(case, audience)]

    assert printed_figures.find_missing_on_pages(read_pages(case, audience), wanted) == wanted


@pytest.mark.parametrize("case", CASES)
def test_full_report_states_at_least_two_hundred_figures(case):
    assert len(list_figures(case)) >= 200
