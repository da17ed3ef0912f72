"""`assessment questionnaire`: check, list, show, schema."""

import json
import re
import shutil

import pytest

from assessment.library import shipped

ID = "social-media-integration"


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(shipped() / ID, tmp_path / ID)


def test_one_without_mistakes_passes(run, copy):
    said = run("questionnaire", "check", copy)

    assert said.exit_code == 0
    assert said.stdout == ""
    assert "No mistakes in 1 checked." in said.stderr


def test_every_mistake_is_named_by_file_and_line_with_its_remedy(run, copy):
    file = copy / "questionnaire.toml"
    text = file.read_text(encoding="utf-8").replace('dimension = "purpose"', 'dimension = "porpoise"')
    file.write_text(text, encoding="utf-8")

    said = run("questionnaire", "check", copy)

    assert said.exit_code == 1
    found = [line for line in said.stdout.splitlines() if "porpoise" in line]
    assert len(found) == text.count('"porpoise"')
    assert all(line.startswith(f"{file}:") and line.endswith("Did you mean `purpose`?") for line in found)


def test_a_folder_without_questionnaire_is_found_wrong(run, tmp_path):
    assert run("questionnaire", "check", tmp_path).exit_code == 1


def test_the_list_names_id_version_and_languages(run):
    said = run("questionnaire", "list")

    found = next(line for line in said.stdout.splitlines() if line.startswith(f"{ID} "))
    assert "1.1.0" in found
    assert "en" in re.findall(r"\w+", found)


def test_an_operators_own_questionnaires_are_listed_too(run, copy, monkeypatch):
    file = copy / "questionnaire.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('version = "1.1.0"', 'version = "1.2.0"'), encoding="utf-8"
    )
    monkeypatch.setenv("ASSESSMENT_QUESTIONNAIRES", str(copy.parent))

    said = run("questionnaire", "list")

    versions = [line.split()[1] for line in said.stdout.splitlines() if line.startswith(f"{ID} ")]
    assert versions == ["1.2.0", "1.1.0"]


def test_a_questionnaire_is_shown_as_people_read_it(run):
    said = run("questionnaire", "show", ID)

    assert "To what extent do our customer service goals cover social media?" in said.stdout


@pytest.mark.parametrize("part", ["questionnaire", "advice", "translation"])
def test_the_schema_of_each_file_is_json(run, part):
    said = run("questionnaire", "schema", part)

    assert json.loads(said.stdout)["$schema"].startswith("https://json-schema.org/")
