"""Raw answers as workbook and SPSS file, read back with readers of other projects; the figures of a portfolio."""

import csv
import io
import math

import openpyxl
import pyreadstat
import pytest
from sqlalchemy import event

from assessment.domain.csv_parser import CsvError
from assessment.errors import NotAttributableError
from assessment.services.assessments import closing
from assessment.services.people import response_import
from assessment.services.results import answer_files, portfolio_export
from assessment.services.results.answer_files.spss_format import SpssVariable, make_valid_names, render_system_file
from tests.services.conftest import NOW

LONG = "Grüße, 你好, " * 100


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def take_in(world, survey, lines):
    with world.writing() as session:
        response_import.import_responses(session, survey.key, "\n".join(lines), NOW)
        closing.close_assessment(session, survey.key, NOW, without_results=True)


def make_lines():
    reason = '"=HYPERLINK(1)"'
    return [
        "respondent,role,functions,seconds,CS-P1,CS-P1:evidence,CS-R1,CS-R1:reason",
        *(f"p{number},practitioner,customer-service,61.5,{number % 5},data,," for number in range(10)),
        "=1+1,leader,customer-service;marketing,,dk,,na," + reason,
    ]


@pytest.fixture
def survey(world):
    survey = world.open(confidentiality="attributable")
    try:
        take_in(world, survey, make_lines())
    except CsvError as error:
        pytest.fail(str(error.problems))
    return survey


def export(world, survey, kind):
    with world.writing() as session:
        return answer_files.export_answers(session, survey.key, NOW, kind)


def read_sav(content, tmp_path):
    path = tmp_path / "answers.sav"
    path.write_bytes(content)
    return pyreadstat.read_sav(path, output_format="dict", user_missing=True)


def test_spss_file_has_the_answers_of_the_csv(world, survey, questionnaire, tmp_path):
    rows = list(csv.DictReader(io.StringIO(export(world, survey, "csv").decode())))

    columns, about = read_sav(export(world, survey, "sav"), tmp_path)

    for item in questionnaire.items:
        codes = {"dk": -1.0, "na": -2.0, "": None} | {str(number): float(number) for number in range(5)}
        codes |= {option: float(number) for number, option in enumerate(item.options)}
        values = columns[item.id.replace("-", "_")]
        got = [None if value is None or math.isnan(value) else value for value in values]
        assert got == [codes[row[item.id]] for row in rows], item.id
    assert [row["respondent"].removeprefix("'") for row in rows] == list(columns["respondent"])
    assert about.column_names_to_labels["CS_P1"] == questionnaire.text("en").items["CS-P1"].text


def test_spss_file_has_the_words_of_every_answer(world, survey, questionnaire, tmp_path):
    _, about = read_sav(export(world, survey, "sav"), tmp_path)

    labels = about.variable_value_labels["CS_P1"]
    rungs = questionnaire.text("en").items["CS-P1"].rungs
    assert [labels[float(number)] for number in range(5)] == [rung[:120] for rung in rungs]
    assert (labels[-1.0], labels[-2.0]) == ("I don’t know", "Does not apply")
    assert about.column_names_to_labels["CS_R1_reason"] == questionnaire.text("en").items["CS-R1"].text
    assert about.variable_value_labels["role"][1.0] == questionnaire.text("en").roles[questionnaire.roles[0].id]
    assert about.missing_ranges["CS_P1"] == [{"lo": -1.0, "hi": -1.0}, {"lo": -2.0, "hi": -2.0}]
    assert about.file_encoding == "UTF-8"


@pytest.mark.parametrize("size", [1, 8, 9, 255, 256, 503, 504, 505, 1100, 3000])
def test_texts_of_any_length_are_read_back(tmp_path, size):
    text = ("aäx" * size).encode()[:size].decode("utf-8", "ignore")
    variables = [SpssVariable("first"), SpssVariable("text", "t", text_bytes=size), SpssVariable("last", decimals=1)]

    columns, _ = read_sav(render_system_file(variables, [[1.0, text, 2.5], [None, "", 0.0]], LONG), tmp_path)

    assert list(columns["text"]) == [text, ""]
    assert list(columns["last"]) == [2.5, 0.0]


def test_names_of_variables_are_valid_and_unique():
    names = make_valid_names(["CS-P1", "cs_p1", "1st", "comment:marketing", "ä" * 80, "ä" * 81])

    assert names[:4] == ["CS_P1", "cs_p1_2", "V1st", "comment_marketing"]
    assert len({name.upper() for name in names}) == 6
    assert max(map(len, names)) <= 64


def test_names_of_variables_are_no_words_of_the_syntax():
    assert make_valid_names(["by", "TO", "With", "by_1"]) == ["Vby", "VTO", "VWith", "by_1"]


def test_workbook_has_answers_and_questions_without_formulas(world, survey, questionnaire):
    book = openpyxl.load_workbook(io.BytesIO(export(world, survey, "xlsx")))

    answers, questions = book["Answers"], book["Questions"]
    header = [cell.value for cell in answers[1]]
    by_name = {row[0]: dict(zip(header, row, strict=True)) for row in answers.iter_rows(min_row=2, values_only=True)}
    assert by_name["p3"]["CS-P1"] == 3
    assert by_name["=1+1"]["CS-P1"] == "dk"
    assert by_name["=1+1"]["CS-R1:reason"] == "=HYPERLINK(1)"
    assert {cell.data_type for row in answers.iter_rows() for cell in row} <= {"s", "n"}
    assert questions.max_row == len(questionnaire.items) + 1


@pytest.mark.parametrize("kind", answer_files.MEDIA_TYPES)
def test_confidential_answers_are_exported_in_no_format(world, kind):
    survey = world.open()
    take_in(world, survey, make_lines())

    with pytest.raises(NotAttributableError), world.writing() as session:
        answer_files.export_answers(session, survey.key, NOW, kind)


def test_portfolio_has_released_headline_figures_of_closed_assessments(world, survey):
    world.open()

    with world.reading() as session:
        as_csv = portfolio_export.export_portfolio(session, world.alice, "csv")
        as_book = portfolio_export.export_portfolio(session, world.alice, "xlsx")
        of_bob = portfolio_export.export_portfolio(session, world.bob, "csv")

    rows = list(csv.DictReader(io.StringIO(as_csv.decode("utf-8-sig"))))
    figures = {row["figure"]: row["value"] for row in rows}
    assert {row["assessment"] for row in rows} == {survey.id}
    assert {"overall.score", "functions.customer-service.score"} <= set(figures)
    assert not any("items" in figure or "respondents" in figure for figure in figures)
    assert openpyxl.load_workbook(io.BytesIO(as_book)).active.max_row == len(rows) + 1
    assert len(list(csv.reader(io.StringIO(of_bob.decode("utf-8-sig"))))) == 1


def test_portfolio_takes_as_many_queries_for_three_assessments_as_for_one(world, survey):
    statements = []
    event.listen(world.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))

    def count_queries():
        statements.clear()
        with world.reading() as session:
            portfolio_export.export_portfolio(session, world.alice, "csv")
        return len(statements)

    one = count_queries()
    for _ in range(2):
        take_in(world, world.open(confidentiality="attributable"), make_lines())

    assert count_queries() == one
