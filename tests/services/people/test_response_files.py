"""Responses from a file: every mistake at once, by line and column; nothing taken in where there is one."""

import numpy as np
import pytest

from assessment.domain.answers import BLANK, DONT_KNOW, NOT_APPLICABLE, NOT_ASKED
from assessment.errors import InvalidError
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import read_responses

HEAD = "respondent,role,functions,seconds"


@pytest.fixture(scope="module")
def questionnaire():
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture
def read(questionnaire):
    def read(*lines: str, **options: str):
        return read_responses("\n".join(lines) + "\n", questionnaire, **options)

    return read


@pytest.fixture
def mistakes(read):
    def mistakes(*lines: str, **options: str):
        with pytest.raises(InvalidError) as caught:
            read(*lines, **options)
        return [(problem.line, problem.column) for problem in caught.value.problems]

    return mistakes


def test_answers_are_read_as_codes(questionnaire, read):
    answers = read(f"{HEAD},MK-P1,MK-R1,MK-W1,MK-C1,HR-P1", "r1,staff,marketing,312.5,4,dk,na,,").answers

    row = dict(zip((item.id for item in questionnaire.items), answers.values[0].tolist(), strict=True))
    wanted = {"MK-P1": 4, "MK-R1": DONT_KNOW, "MK-W1": NOT_APPLICABLE, "MK-C1": BLANK, "HR-P1": NOT_ASKED}
    assert {item: row[item] for item in wanted} == wanted
    assert answers.seconds.tolist() == [312.5]


def test_choice_must_be_an_option(questionnaire, read):
    answers = read(f"{HEAD},X-Q", "r1,leader,marketing,,sales").answers

    options = questionnaire.item["X-Q"].options
    column = questionnaire.items.index(questionnaire.item["X-Q"])
    assert options[answers.values[0, column]] == "sales"
    assert np.isnan(answers.seconds[0])


def test_byte_order_mark_and_any_column_order_are_accepted(questionnaire):
    text = "\ufeffMK-P1,functions,role,respondent\r\n3,marketing;hr,staff,r1\r\n"

    answers = read_responses(text, questionnaire).answers

    assert answers.functions.tolist() == [[False, True, True]]


def test_all_mistakes_are_reported_by_line_and_column(mistakes):
    found = mistakes(
        f"{HEAD},MK-P1,MK-P9",
        "r1,boss,marketing,,3,",
        "r2,staff,sales,,5,",
        "r2,staff,,ten,1,",
        ",leader,marketing,-3,1,",
    )

    assert sorted(found) == [
        (1, "MK-P9"),
        (2, "role"),
        (3, "MK-P1"),
        (3, "functions"),
        (4, "functions"),
        (4, "respondent"),
        (4, "seconds"),
        (5, "respondent"),
        (5, "seconds"),
    ]
    assert [line for line, _ in found] == sorted(line for line, _ in found)


def test_answer_to_an_unasked_item_is_refused(mistakes):
    found = mistakes(f"{HEAD},HR-P1,MK-R2", "r1,leader,marketing,,2,3")

    assert found == [(2, "MK-R2"), (2, "HR-P1")]


def test_line_numbers_count_multi_line_cells(mistakes):
    found = mistakes(f"{HEAD},MK-P1,MK-P1:reason", 'r1,staff,marketing,,na,"two', 'lines"', "r2,staff,marketing,,7,")

    assert found == [(4, "MK-P1")]


def test_nul_character_is_reported_by_line(mistakes):
    assert mistakes(f"{HEAD},MK-P1", "r1,staff,marketing,,3", "r\0,staff,marketing,,3") == [(3, "")]


def test_missing_and_duplicate_columns_are_reported(mistakes):
    assert mistakes("respondent,role,MK-P1,MK-P1", "r1,staff,3,3") == [(1, "functions"), (1, "MK-P1")]


def test_broken_quote_raises_invalid_error(mistakes):
    assert mistakes(f"{HEAD},MK-P1", 'r1,staff,"marketing"x,,3')


def test_consensus_mode_allows_only_the_consensus_role(read, mistakes):
    taken = read(f"{HEAD},MK-P1", "c,consensus,marketing,,3", mode="consensus").answers

    assert taken.roles == ("consensus",)
    assert mistakes(f"{HEAD},MK-P1", "c,staff,marketing,,3", mode="consensus") == [(2, "role")]
    assert mistakes(f"{HEAD},MK-P1", "c,consensus,marketing,,3") == [(2, "role")]


def test_consensus_records_in_survey_mode_get_a_remedy(questionnaire):
    with pytest.raises(InvalidError) as caught:
        read_responses(f"{HEAD},MK-P1\nc,consensus,marketing,,3", questionnaire)

    assert 'mode = "consensus"' in str(caught.value.problems[0].remedy)


def test_evidence_is_read_next_to_the_answer(questionnaire, read):
    answers = read(f"{HEAD},MK-P1,MK-P1:evidence", "r1,staff,marketing,,4,data").answers

    column = questionnaire.items.index(questionnaire.item["MK-P1"])
    assert answers.evidence[0, column] == 3


@pytest.mark.parametrize("text", ["", "\n\n", "respondent"])
def test_empty_or_unrelated_file_is_refused_with_the_expected_header(questionnaire, text):
    with pytest.raises(InvalidError) as caught:
        read_responses(text, questionnaire)

    assert "respondent, role, functions" in " ".join(problem.remedy for problem in caught.value.problems)


def test_empty_file_is_reported_as_one_mistake(mistakes):
    assert mistakes("") == [(1, "")]
