"""`assessment questionnaire`: check, list, show, schema."""

import json
import re
import shutil

import pytest

from assessment.cli.commands.questionnaires import FILE_PARTS
from assessment.questionnaires import find_shipped_folder
from assessment.questionnaires.file_formats import FILE_TYPES

ID = "social-media-integration"


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(find_shipped_folder() / ID, tmp_path / ID)


def test_check_of_valid_questionnaire_passes(run, copy):
    said = run("questionnaire", "check", copy)

    assert said.exit_code == 0
    assert said.stdout == ""
    assert "No mistakes in 1 checked." in said.stderr


def test_check_reports_every_mistake_with_file_line_and_remedy(run, copy):
    file = copy / "questionnaire.toml"
    text = file.read_text(encoding="utf-8").replace('dimension = "purpose"', 'dimension = "porpoise"')
    file.write_text(text, encoding="utf-8")

    said = run("questionnaire", "check", copy)

    assert said.exit_code == 1
    found = [line for line in said.stdout.splitlines() if "porpoise" in line]
    assert len(found) == text.count('"porpoise"')
    assert all(line.startswith(f"{file}:") and line.endswith("Did you mean `purpose`?") for line in found)


def test_check_of_folder_without_questionnaire_fails(run, tmp_path):
    assert run("questionnaire", "check", tmp_path).exit_code == 1


def test_list_shows_id_version_and_languages(run):
    said = run("questionnaire", "list")

    found = next(line for line in said.stdout.splitlines() if line.startswith(f"{ID} "))
    assert "1.1.0" in found
    assert "en" in re.findall(r"\w+", found)


def test_list_includes_operators_questionnaires(run, copy, monkeypatch):
    file = copy / "questionnaire.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('version = "1.1.0"', 'version = "1.2.0"'), encoding="utf-8"
    )
    monkeypatch.setenv("ASSESSMENT_QUESTIONNAIRES", str(copy.parent))

    said = run("questionnaire", "list")

    versions = [line.split()[1] for line in said.stdout.splitlines() if line.startswith(f"{ID} ")]
    assert versions == ["1.2.0", "1.1.0"]


def test_show_prints_questionnaire_in_survey_order(run):
    said = run("questionnaire", "show", ID)

    assert "To what extent do our customer service goals cover social media?" in said.stdout


@pytest.mark.parametrize("part", ["questionnaire", "advice", "translation"])
def test_schema_of_each_file_is_json(run, part):
    said = run("questionnaire", "schema", part)

    assert json.loads(said.stdout)["$schema"].startswith("https://json-schema.org/")


def test_schema_is_offered_for_every_file():
    assert tuple(FILE_TYPES) == FILE_PARTS
