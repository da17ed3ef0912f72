"""CSV formats that are accepted, and those that are refused with line and remedy: inputs of reported failures."""

import tracemalloc
from pathlib import Path

import pytest

from assessment.domain.csv_parser import decode_text
from assessment.errors import InvalidError
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import MAX_REPORTED_PROBLEMS, read_responses
from assessment.services.people.response_table import MAX_PROBLEMS

INPUTS = Path(__file__).parents[2] / "inputs"
HEAD = "respondent,role,functions,seconds,CS-P1,CS-R1,CS-P1:reason"
ROWS = ("p-1,staff,customer-service,300,2,2,", "p-2,staff,customer-service,,1,3,")
PLAIN = "\n".join((HEAD, *ROWS)) + "\n"


@pytest.fixture(scope="module")
def questionnaire():
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture
def read(questionnaire):
    def read(content):
        return read_responses(decode_text(content), questionnaire).answers

    return read


@pytest.fixture
def mistakes(read):
    def mistakes(content):
        with pytest.raises(InvalidError) as caught:
            read(content)
        return [
            (problem.line, problem.column, f"{problem.message} {problem.remedy}") for problem in caught.value.problems
        ]

    return mistakes


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        "\ufeff".encode("utf-16-be") + PLAIN.encode("utf-16-be"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("sep=;\r\n" + PLAIN.replace(",", ";")).encode("utf-8-sig"),
        ("SEP=,\n" + PLAIN).encode(),
        ('"sep=;"\n' + PLAIN.replace(",", ";")).encode(),
        ("sep=\t\n" + PLAIN.replace(",", "\t")).encode(),
        PLAIN.replace("\n", ",,,\n").encode(),
        PLAIN.replace("p-1", '"p-1"').replace("customer-service", '"customer-service"').encode(),
        (PLAIN + "\n,,,,\n \n").encode(),
    ],
)
def test_accepted_formats_give_the_same_responses(read, content):
    expected, answers = read(PLAIN.encode()), read(content)

    assert answers.respondents == ("p-1", "p-2")
    assert (answers.values == expected.values).all()


@pytest.mark.parametrize(
    ("name", "rows"), [("10-trailing-empty-columns.csv", 12), ("11-semicolon.csv", 12), ("08-later.csv", 12)]
)
def test_reported_file_is_accepted(read, name, rows):
    assert len(read((INPUTS / name).read_bytes())) >= rows - 6


def test_stray_quote_is_reported_on_its_opening_line(mistakes):
    found = mistakes((INPUTS / "01-stray-quote-reason.csv").read_bytes())

    assert [(line, column) for line, column, _ in found] == [(4, "CS-P1:reason")]
    assert "takes in the lines below" in found[0][2]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (['p-1,staff,customer-service,300,2,2,"not our job', ROWS[1]], 2),
        ([ROWS[0], 'p-2,staff,customer-service,300,2,2,see "rota"'], 3),
        ([ROWS[0], 'p-2,staff,customer-service,300,2,2,see rota"'], 3),
        (['p-1,staff,customer-service,300,2,2,"see" rota', ROWS[1]], 2),
        (['p-1,staff,customer-service,300,2,2,"not our', 'p-2,staff,customer-service,300,2,2,"see rota'], 2),
        (['"p-1,staff,customer-service,300,2,2,', 'p-2,staff,customer-service,300,2,2,see rota"'], 2),
        (['p-1,staff,customer-service,"300', '",2,2,', ROWS[1]], 2),
        (['p-1,staff,customer-service,300,2,2,"two', 'lines"', 'p-2,staff,customer-service,300,2,"2', ","], 4),
        (['p-1,staff,customer-service,300,2,2,"a', *ROWS[:1], 'p-3,staff,customer-service,,2,2,b"'], 2),
    ],
)
def test_quote_across_lines_or_out_of_place_is_refused(mistakes, rows, line):
    found = mistakes("\n".join((HEAD, *rows)).encode())

    assert found[0][0] == line
    assert "quote" in found[0][2].lower()


def test_quoted_reason_can_have_several_lines(questionnaire):
    text = f'{HEAD}\np-1,staff,customer-service,300,na,2,"two, ""three""\nlines"\n{ROWS[1]}\n'

    responses = read_responses(text, questionnaire)

    assert responses.texts["CS-P1"] == ('two, "three"\nlines', "")


def test_cell_without_a_header_is_reported_with_its_position(mistakes):
    content = PLAIN.replace("\n", ",,\n").replace("300,2,2,,,", "300,2,2,,,left over")

    assert [(line, column) for line, column, _ in mistakes(content.encode())] == [(2, "9")]


def test_empty_header_between_others_is_reported_with_its_position(mistakes):
    content = PLAIN.replace("seconds", "")

    assert (1, "4") in [(line, column) for line, column, _ in mistakes(content.encode())]


@pytest.mark.parametrize("name", ["11-windows-1252.csv"])
def test_windows_1252_is_refused_with_line_and_remedy(name):
    content = (INPUTS / name).read_bytes()
    line = next(number for number, each in enumerate(content.split(b"\n"), 1) if any(byte > 127 for byte in each))

    with pytest.raises(ValueError, match=r"not UTF-8, but perhaps Windows-1252") as caught:
        decode_text(content)

    assert (caught.value.line, caught.value.remedy) == (line, "Save the file as “CSV UTF-8”.")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf\xef\xbb\xbfa", b"\xff\xfea", b"\xfe\xff\xd8\x00"])
def test_two_byte_order_marks_and_damaged_utf_16_are_refused(content):
    with pytest.raises(ValueError, match=r"marks|UTF-16"):
        decode_text(content)


def test_utf_16_without_byte_order_mark_is_refused(mistakes):
    assert "NUL" in mistakes(PLAIN.encode("utf-16-le"))[0][2]


def test_names_that_look_the_same_are_one_respondent(mistakes):
    found = mistakes((INPUTS / "09-nfc-nfd-duplicates.csv").read_bytes())

    assert [(line, column) for line, column, _ in found] == [(3, "respondent")]
    assert "stands on line 2 too" in found[0][2]


@pytest.mark.parametrize("other", ["p-1\u200b", "\ufeffp-1", "p\u00ad-1", "p-1\u2060"])
def test_names_that_differ_by_invisible_characters_are_one_respondent(mistakes, other):
    content = PLAIN.replace("p-2", other)

    assert [(line, column) for line, column, _ in mistakes(content.encode())] == [(3, "respondent")]


@pytest.mark.parametrize(
    ("rows", "detail"),
    [
        ("p-1,staff,customer-service,300,9,2,\n", "1 mistake in the responses; nothing was taken in."),
        ("p-1,staff,customer-service,300,9,9,\n", "2 mistakes in the responses; nothing was taken in."),
    ],
)
def test_refused_file_names_the_number_of_its_mistakes(questionnaire, rows, detail):
    with pytest.raises(InvalidError) as caught:
        read_responses(f"{HEAD}\n{rows}", questionnaire)

    assert caught.value.detail == detail


@pytest.mark.slow
@pytest.mark.parametrize("line", ["a", "a,b,c,d,e,f,g,h", '"', "p,staff,customer-service,300,9,9"])
@pytest.mark.parametrize("count", [99_000, 500_000])
def test_validation_stops_after_the_maximum_number_of_problems(questionnaire, line, count):
    text = f"{HEAD}\n" + f"{line}\n" * count

    with pytest.raises(InvalidError) as caught:
        read_responses(text, questionnaire)

    assert len(caught.value.problems) <= MAX_REPORTED_PROBLEMS
    assert str(MAX_PROBLEMS) in caught.value.detail or "more than 100000 rows" in caught.value.problems[0].message


def test_unclosed_quote_in_a_large_file_is_found_in_constant_memory(questionnaire):
    text = f'{HEAD}\np-1,staff,customer-service,300,2,2,"' + "x,y\n" * 4_000_000

    tracemalloc.start()
    with pytest.raises(InvalidError) as caught:
        read_responses(text, questionnaire)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert caught.value.problems[0].line == 2
    assert peak < 4 * len(text)
