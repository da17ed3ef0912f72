"""Routing: which items a respondent is asked, on which page (method 2)."""

from itertools import combinations, product

import pytest

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.survey.routing import MAX_PAGE_ITEMS, MIN_PAGE_ITEMS, build_survey_pages, list_asked_items

ALL = ("customer-service", "marketing", "hr")
PREFIX = {"customer-service": "CS", "marketing": "MK", "hr": "HR"}
ROWS = ("K-email", "K-phone", "K-web", "K-in-person", "K-post")
DEEPER = ("R1", "R2", "W1", "W2", "C1", *ROWS, "G1", "G2", "M1", "M2")
OWN = ("A1", "A2", "A3", "S1", "S2", "S3", "S4", "O1", "O2", "O3", "O4", "L1", "Q")
SUBSETS = [subset for size in (1, 2, 3) for subset in combinations(ALL, size)]
PEOPLE = list(product(("leader", "practitioner", "staff"), SUBSETS))


def ids(questionnaire, role, functions):
    return [item.id for item in list_asked_items(questionnaire, role, functions)]


def pages(questionnaire, role, functions):
    return [
        [id_ for section in page for id_ in section.items]
        for page in build_survey_pages(questionnaire, role, functions)
    ]


@pytest.mark.parametrize("function", ALL)
def test_leader_is_asked_first_items_of_function_and_joint_items(questionnaire, function):
    p = PREFIX[function]

    asked = ids(questionnaire, "leader", [function])

    assert asked == [f"{p}-{key}" for key in ("P1", "P2", "R1", "W1", "C1", "G1", "M1")] + ["X-L1", "X-Q"]


def test_staff_are_asked_all_items_and_check_of_their_function(questionnaire):
    asked = ids(questionnaire, "staff", ["customer-service"])

    assert asked == [f"CS-{key}" for key in ("P1", "P2", *DEEPER)] + ["X-V2"]


def test_practitioner_is_asked_function_and_personal_items(questionnaire):
    asked = ids(questionnaire, "practitioner", ["hr"])

    assert asked == [f"HR-{key}" for key in ("P1", *DEEPER)] + [f"X-{key}" for key in OWN]


def test_check_items_are_asked_only_in_their_function(questionnaire):
    assert "X-V1" in ids(questionnaire, "staff", ["marketing"])
    assert "X-V1" not in ids(questionnaire, "staff", ["customer-service", "hr"])
    assert "X-V2" in ids(questionnaire, "practitioner", ALL)
    assert "X-V2" not in ids(questionnaire, "leader", ALL)


def test_consensus_record_contains_only_items_and_rows_of_its_functions(questionnaire):
    asked = ids(questionnaire, CONSENSUS_ROLE, ["hr"])

    assert len(asked) == 16
    assert all(id_.startswith("HR-") for id_ in asked)


def test_respondent_without_function_is_asked_only_items_without_function(questionnaire):
    assert ids(questionnaire, "leader", []) == ["X-L1", "X-Q"]
    assert ids(questionnaire, "staff", []) == []


@pytest.mark.parametrize(("role", "functions"), PEOPLE)
def test_survey_pages_contain_every_asked_item_once_in_order(questionnaire, role, functions):
    shown = [id_ for page in pages(questionnaire, role, functions) for id_ in page]

    assert shown == ids(questionnaire, role, functions)


@pytest.mark.parametrize(("role", "functions"), PEOPLE)
def test_survey_page_has_four_to_eight_items_except_a_short_remainder(questionnaire, role, functions):
    sizes = [len(page) for page in pages(questionnaire, role, functions)]

    assert max(sizes) <= MAX_PAGE_ITEMS
    assert min(sizes[:-1]) >= MIN_PAGE_ITEMS
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
def test_survey_pages_have_expected_sizes(questionnaire, role, functions, sizes):
    assert [len(page) for page in pages(questionnaire, role, functions)] == sizes
