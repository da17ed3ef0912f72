"""Who is asked what, and on which page (method 2)."""

from itertools import combinations, product

import pytest

from assessment.domain.answers import CONSENSUS
from assessment.domain.routing import SECTION_LEAST, SECTION_MOST, asked_items, sections

ALL = ("customer-service", "marketing", "hr")
PREFIX = {"customer-service": "CS", "marketing": "MK", "hr": "HR"}
ROWS = ("K-email", "K-phone", "K-web", "K-in-person", "K-post")
DEEPER = ("R1", "R2", "W1", "W2", "C1", *ROWS, "G1", "G2", "M1", "M2")
OWN = ("A1", "A2", "A3", "S1", "S2", "S3", "S4", "O1", "O2", "O3", "O4", "L1", "Q")
SUBSETS = [subset for size in (1, 2, 3) for subset in combinations(ALL, size)]
PEOPLE = list(product(("leader", "practitioner", "staff"), SUBSETS))


def ids(questionnaire, role, functions):
    return [item.id for item in asked_items(questionnaire, role, functions)]


def pages(questionnaire, role, functions):
    return [[id_ for section in page for id_ in section.items] for page in sections(questionnaire, role, functions)]


@pytest.mark.parametrize("function", ALL)
def test_a_leader_of_one_function_is_asked_its_first_items_and_the_joint_ones(questionnaire, function):
    p = PREFIX[function]

    asked = ids(questionnaire, "leader", [function])

    assert asked == [f"{p}-{key}" for key in ("P1", "P2", "R1", "W1", "C1", "G1", "M1")] + ["X-L1", "X-Q"]


def test_staff_of_one_function_are_asked_all_its_items_and_its_check(questionnaire):
    asked = ids(questionnaire, "staff", ["customer-service"])

    assert asked == [f"CS-{key}" for key in ("P1", "P2", *DEEPER)] + ["X-V2"]


def test_a_practitioner_is_asked_about_the_function_and_about_themselves(questionnaire):
    asked = ids(questionnaire, "practitioner", ["hr"])

    assert asked == [f"HR-{key}" for key in ("P1", *DEEPER)] + [f"X-{key}" for key in OWN]


def test_the_checks_are_asked_in_their_function_alone(questionnaire):
    assert "X-V1" in ids(questionnaire, "staff", ["marketing"])
    assert "X-V1" not in ids(questionnaire, "staff", ["customer-service", "hr"])
    assert "X-V2" in ids(questionnaire, "practitioner", ALL)
    assert "X-V2" not in ids(questionnaire, "leader", ALL)


def test_a_consensus_record_holds_every_item_and_row_of_its_functions_and_nothing_else(questionnaire):
    asked = ids(questionnaire, CONSENSUS, ["hr"])

    assert len(asked) == 16
    assert all(id_.startswith("HR-") for id_ in asked)


def test_whoever_belongs_to_no_function_is_asked_what_belongs_to_none(questionnaire):
    assert ids(questionnaire, "leader", []) == ["X-L1", "X-Q"]
    assert ids(questionnaire, "staff", []) == []


@pytest.mark.parametrize(("role", "functions"), PEOPLE)
def test_the_pages_show_every_item_asked_once_and_in_order(questionnaire, role, functions):
    shown = [id_ for page in pages(questionnaire, role, functions) for id_ in page]

    assert shown == ids(questionnaire, role, functions)


@pytest.mark.parametrize(("role", "functions"), PEOPLE)
def test_a_page_holds_four_to_eight_items_but_for_a_short_last_one(questionnaire, role, functions):
    sizes = [len(page) for page in pages(questionnaire, role, functions)]

    assert max(sizes) <= SECTION_MOST
    assert min(sizes[:-1]) >= SECTION_LEAST
    assert sizes[-1] >= 2


@pytest.mark.parametrize(
    ("role", "functions", "sizes"),
    [
        ("leader", ["customer-service"], [7, 2]),
        ("leader", ALL, [7, 7, 7, 2]),
        ("staff", ["marketing"], [6, 6, 5]),
        ("staff", ALL, [6, 6, 4, 6, 6, 4, 6, 6, 6]),
        ("practitioner", ["hr"], [5, 6, 4, 7, 6]),
        ("practitioner", ALL, [5, 6, 4, 5, 6, 4, 5, 6, 4, 7, 4, 4]),
    ],
)
def test_the_survey_has_pages_of_a_sensible_size(questionnaire, role, functions, sizes):
    assert [len(page) for page in pages(questionnaire, role, functions)] == sizes
