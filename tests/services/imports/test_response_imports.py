"""Ten exports of the same answers give the same responses; what does not map is named."""

import csv
import io

import pytest

from assessment.errors import InvalidError
from assessment.services.imports.responses.import_mapping import ImportMapping, read_mapping
from assessment.services.imports.responses.response_conversion import convert_responses
from assessment.services.imports.responses.source_tables import read_json_results, read_source_table
from assessment.services.people.response_files import read_responses
from tests.services.imports import exports

NAMES = (
    "codes", "UTF-16 with tabs", "German with semicolons", "German Excel", "sep line", "French", "Spanish", "workbook",
    "code and text, from 1 to 5, ticked areas", "SurveyJS", "own names with a mapping",
)  # fmt: skip


@pytest.fixture(scope="module")
def short(catalogue):
    return catalogue.get("social-media-pulse")


@pytest.fixture(scope="module")
def contents(short):
    return exports.write_all(short)


def convert(content, questionnaire, mapping=None):
    read = read_json_results if content.startswith(b"[") else read_source_table
    return convert_responses(read(content), questionnaire, mapping or ImportMapping())


def make_table(*rows):
    header = ["respondent", "role", "areas", "CS-P1", "CS-R1"]
    return exports.write_csv([header, *([f"r{number}", *row] for number, row in enumerate(rows))]).encode()


def test_all_exports_are_tested(contents):
    assert set(NAMES) == set(contents)
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_export_contains_the_answers(short, contents, name):
    mapping = read_mapping(exports.MAPPING) if name == "own names with a mapping" else None

    converted = convert(contents[name], short, mapping)

    rows = list(csv.DictReader(io.StringIO(converted.csv)))
    expected = [row | {"seconds": ""} for row in exports.expect_rows(short)]
    assert [str(problem) for problem in converted.report.problems] == []
    assert [row | {"seconds": ""} for row in rows] == expected
    assert len(read_responses(converted.csv, short).answers) == len(expected)


def test_incomplete_responses_are_left_out_and_counted(short, contents):
    report = convert(contents["codes"], short).report

    assert (report.rows, report.incomplete) == (len(exports.PEOPLE), 1)


def test_windows_encoding_is_reported(contents):
    assert read_source_table(contents["German Excel"]).is_guessed


def test_report_names_columns_items_and_values(short):
    content = make_table(["leader", "marketing", "2", "often"], ["leader", "marketing", "0", "often"])
    content = (
        content.replace(b'"role"', b'"role"')
        .replace(b"\r\n", b',"Shoe size"\r\n', 1)
        .replace(b'"often"', b'"often","43"')
    )

    report = convert(content, short).report

    assert report.columns["CS-P1"] == "CS-P1"
    assert report.unused == ["Shoe size"]
    assert "HR-P1" in report.missing_items
    assert report.unknown_values["CS-R1"]["often"] == 2
    assert any("'often' (2)" in problem.message for problem in report.problems)


def test_numbers_without_a_scale_are_refused(short):
    converted = convert(make_table(["leader", "customer-service", "2", "3"]), short)

    assert all('scale = "0-4"' in problem.remedy for problem in converted.report.problems)
    assert len(converted.report.problems) == 2


@pytest.mark.parametrize(("scale", "code"), [("0-4", "2"), ("1-5", "1")])
def test_scale_of_the_mapping_decides(short, scale, code):
    converted = convert(make_table(["leader", "customer-service", "2", "3"]), short, ImportMapping(scale=scale))

    (row,) = csv.DictReader(io.StringIO(converted.csv))
    assert row["CS-P1"] == code


@pytest.mark.parametrize(
    ("cells", "scale", "codes"),
    [
        (("A0", "A3"), "", ("0", "3")),
        (("A0", "A3"), "0-4", ("0", "3")),
        (("A1", "A5"), "", ("0", "4")),
        (("A1", "A3"), "0-4", ("1", "3")),
        (("A1", "A3"), "1-5", ("0", "2")),
    ],
)
def test_codes_of_answers_follow_the_scale(short, cells, scale, codes):
    converted = convert(make_table(["leader", "customer-service", *cells]), short, ImportMapping(scale=scale))

    (row,) = csv.DictReader(io.StringIO(converted.csv))
    assert (row["CS-P1"], row["CS-R1"]) == codes
    assert not converted.report.problems


@pytest.mark.parametrize("cells", [("A1", "A4"), ("A0", "A5")])
def test_codes_without_a_scale_are_refused(short, cells):
    problems = convert(make_table(["leader", "customer-service", *cells]), short).report.problems

    assert len(problems) == 2
    assert all('scale = "0-4"' in problem.remedy for problem in problems)


def test_missing_role_and_functions_are_named(short):
    table = exports.write_csv([["CS-P1"], ["0"]]).encode()

    problems = convert(table, short).report.problems

    assert {problem.column for problem in problems} == {"role", "functions"}


def test_answer_that_is_not_asked_is_named_by_column(short):
    problems = convert(make_table(["leader", "hr", "0", "4"]), short).report.problems

    assert {problem.column for problem in problems} == {"CS-P1", "CS-R1"}


@pytest.mark.parametrize(
    "text",
    [b"scale = '2-6'", b"nonsense = 1", b"[items]\n'CS-P1' = 3", b"= broken", b"[role]\nkolumn = 'x'", b"\xff"],
)
def test_mapping_with_a_mistake_is_refused(text):
    with pytest.raises(InvalidError):
        read_mapping(text)


def test_mapping_to_unknown_columns_or_items_is_named(short):
    mapping = read_mapping(b'[items]\n"CS-P1" = "nowhere"\n"XX-9" = "role"')

    problems = convert(make_table(["leader", "customer-service", "0", "4"]), short, mapping).report.problems

    assert {problem.column for problem in problems} >= {"nowhere", "items.XX-9"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b'"a"b,c\n', b"a,b\n1,2,3\n", b"PK\x03\x04 no workbook", b"\xff\xfea", b'{"a": 1}', b"[1]"],
)
def test_file_that_can_not_be_read_is_refused(content):
    read = read_json_results if content[:1] in (b"[", b"{") else read_source_table
    with pytest.raises(InvalidError):
        read(content)


STRAY_QUOTE = b"""respondent;role;areas;CS-P1;note
r1;leader;marketing;0;"unfinished
r2;leader;marketing;1;
r3;leader;marketing;2;nice"
r4;leader;marketing;4;
"""


def test_stray_quote_that_takes_in_rows_is_refused_by_line():
    with pytest.raises(InvalidError) as refused:
        read_source_table(STRAY_QUOTE)

    assert [problem.line for problem in refused.value.problems] == [2]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_line_breaks_in_an_answer_stay_text(delimiter):
    answer = "Yes, mostly.\nBut mornings, evenings, weekends; also holidays, feasts, nights.\n\n- a;b"
    content = exports.write_csv(
        [["respondent", "role", "areas", "CS-P1", "note"], ["r1", "a", "b", "0", answer]], delimiter
    )

    assert read_source_table(content.encode()).rows[0][4] == answer
