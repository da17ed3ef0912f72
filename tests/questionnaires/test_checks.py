"""Every mistake in a questionnaire's files is found, with its file, its line and a remedy."""

import shutil
from pathlib import Path

import pytest

from assessment.errors import InvalidError, Problem
from assessment.questionnaires import find_problems, find_shipped_folder, load_questionnaire
from tests import questionnaire_files
from tests.questionnaires.mistakes import MISTAKES
from tests.questionnaires.mistakes.files import ADVICE, ENGLISH, STRUCTURE


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "social-media-integration"
    return questionnaire_files.copy_questionnaire(find_shipped_folder() / "social-media-integration", copy)


def edit_file(file: Path, old: str, new: str) -> str:
    text = file.read_text("utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    return text


def find_matching_problems(problems: list[Problem], message: str) -> list[Problem]:
    return [problem for problem in problems if message in problem.message]


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_reported_with_file_line_and_remedy(folder, name):
    file, old, new, place, message, remedy = MISTAKES[name]
    text = edit_file(folder / file, old, new)

    found = find_matching_problems(find_problems([folder]), message)

    assert found, find_problems([folder])
    assert remedy in found[0].remedy
    if place is not None:
        assert (found[0].file, found[0].line) == (str(folder / file), text[: text.index(place)].count("\n") + 1)


def test_mistakes_in_all_files_are_reported_together_in_order(folder):
    edit_file(folder / STRUCTURE, "weight = 0.25", "weight = -1")
    edit_file(folder / STRUCTURE, 'version = "1.1.0"', 'version = "one"')
    edit_file(folder / ADVICE, "number = 2\n", "number = 1\n")
    edit_file(folder / ENGLISH, '    "No goal covers it",\n', "")

    with pytest.raises(InvalidError) as caught:
        load_questionnaire(folder)

    problems = caught.value.problems
    places = [(Path(problem.file).name, problem.line) for problem in problems]
    assert [name for name, _ in places] == ["questionnaire.toml", "questionnaire.toml", "advice.toml", "en.toml"]
    assert places[0][1] < places[1][1]
    assert all(problem.remedy for problem in problems)


def test_unreadable_file_does_not_hide_mistakes_of_others(folder):
    edit_file(folder / STRUCTURE, "[[functions]]", "[[functions")
    edit_file(folder / ADVICE, "number = 2\n", "number = 1\n")

    problems = find_problems([folder])

    assert {Path(problem.file).name for problem in problems} == {"questionnaire.toml", "advice.toml"}


def test_missing_file_is_reported(folder):
    (folder / ADVICE).unlink()

    problems = find_problems([folder])

    assert [problem.file for problem in problems] == [str(folder / ADVICE)]
    assert "can’t be read" in problems[0].message


def test_file_over_one_mebibyte_is_rejected(folder):
    with (folder / ADVICE).open("a") as file:
        file.write("# " + "x" * (1 << 20))

    assert find_matching_problems(find_problems([folder]), "larger than 1 MiB")


def test_file_in_other_encoding_is_rejected_with_line(folder):
    (folder / ENGLISH).write_bytes('title = "x"\n# naïve'.encode("latin-1"))

    found = find_matching_problems(find_problems([folder]), "not UTF-8")

    assert found[0].line == 2


def test_too_deeply_nested_values_are_rejected(folder):
    for depth in (50, 100_000):
        (folder / ADVICE).write_text("rules = " + "[" * depth + "]" * depth)

        assert find_problems([folder])


def test_translation_with_invalid_language_name_is_reported(folder):
    shutil.copy(folder / ENGLISH, folder / "translations/english language.toml")

    assert find_matching_problems(find_problems([folder]), "is not a language")


def test_path_without_questionnaire_is_reported(tmp_path):
    assert "no questionnaire here" in find_problems([tmp_path / "absent"])[0].message


@pytest.mark.parametrize("path", ["", STRUCTURE, ADVICE, ENGLISH, ".."])
def test_questionnaire_is_found_by_folder_file_or_parent(folder, path):
    edit_file(folder / ADVICE, "number = 2\n", "number = 1\n")

    assert len(find_problems([folder / path])) == 1
