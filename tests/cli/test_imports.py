"""`assessment import`: a dry run says what maps; then the file is written."""

import pytest

from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder, load_questionnaire
from tests.services.imports import exports
from tests.services.imports.test_question_imports import CHOICES, OLD_LSS, REPEATED_CHOICES, SURVEY, make_workbook


@pytest.fixture(scope="module")
def contents():
    return exports.write_all(QuestionnaireCatalogue([find_shipped_folder()]).get("social-media-pulse"))


def test_dry_run_says_what_maps_and_writes_nothing(run, tmp_path, contents):
    file = tmp_path / "results.csv"
    file.write_bytes(contents["German with semicolons"])

    said = run("import", "limesurvey", file, "--dry-run", "-o", tmp_path / "out.csv")

    assert said.exit_code == 0, said.stderr
    assert "role: role question" in said.stderr
    assert "4 responses.\n1 incomplete one is left out." in said.stderr
    assert said.stdout == ""
    assert not (tmp_path / "out.csv").exists()


def test_imported_responses_are_scored(run, tmp_path, contents):
    file, out = tmp_path / "results.json", tmp_path / "out.csv"
    file.write_bytes(contents["SurveyJS"])

    imported = run("import", "surveyjs", file, "-o", out)
    scored = run("score", out, "--questionnaire", "social-media-pulse", "--unsuppressed", "--json")

    assert (imported.exit_code, scored.exit_code) == (0, 0), imported.stderr + scored.stderr
    assert '"counted": 4' in scored.stdout


def test_what_does_not_map_is_named_and_nothing_written(run, tmp_path):
    file = tmp_path / "results.csv"
    file.write_text("respondent,role,functions,CS-P1\nr1,leader,marketing,perhaps\n")

    said = run("import", "limesurvey", file, "-o", tmp_path / "out.csv")

    assert said.exit_code == 1
    assert "'perhaps' (1)" in said.stderr
    assert not (tmp_path / "out.csv").exists()


def test_definition_with_half_a_character_writes_no_folder(run, tmp_path):
    file, folder = tmp_path / "survey.json", tmp_path / "our-cafe"
    file.write_text('{"title":"a\\ud800b","elements":[{"type":"rating","name":"r","title":"How good?"}]}')

    said = run("import", "surveyjs", file, "-o", folder)

    assert said.exit_code == 1
    assert "half a character" in said.stderr
    assert not folder.exists()


@pytest.mark.parametrize("tool", ["xlsform", "limesurvey"])
def test_questions_become_a_folder_that_passes_the_check(run, tmp_path, tool):
    file, folder = tmp_path / "form", tmp_path / "our-cafe"
    file.write_bytes(OLD_LSS.encode() if tool == "limesurvey" else make_workbook(survey=SURVEY, choices=CHOICES))

    dry = run("import", tool, file, "--dry-run", "-o", folder)
    said = run("import", tool, file, "-o", folder)
    again = run("import", tool, file, "-o", folder)

    assert (dry.exit_code, said.exit_code, again.exit_code) == (0, 0, 1), said.stderr
    assert "Left out:" in said.stderr
    assert load_questionnaire(folder).id == "our-cafe"


def test_questionnaire_from_an_xlsform_is_printed(run, tmp_path):
    file, folder, out = tmp_path / "form.xlsx", tmp_path / "our-cafe", tmp_path / "out.pdf"
    file.write_bytes(make_workbook(survey=SURVEY, choices=CHOICES))
    run("import", "xlsform", file, "-o", folder)
    items = [item.id for item in load_questionnaire(folder).items]
    lines = [f"respondent,role,functions,seconds,{','.join(items)}"]
    for number in range(8):
        cells = ",".join(str((number + place) % 5) for place in range(len(items)))
        lines.append(f"r{number},practitioner,customer-care;shop,,{cells}")
    (tmp_path / "responses.csv").write_text("\n".join(lines))

    said = run("report", tmp_path / "responses.csv", "--questionnaire", folder, "-o", out)

    assert said.exit_code == 0, said.stderr
    assert out.read_bytes().startswith(b"%PDF-")


def test_dry_run_names_the_mistakes_of_the_draft(run, tmp_path):
    file = tmp_path / "form.xlsx"
    file.write_bytes(make_workbook(survey=SURVEY, choices=REPEATED_CHOICES))

    said = run("import", "xlsform", file, "--dry-run")

    assert said.exit_code == 1
    assert "The draft has mistakes to fix first." in said.stderr
    assert "translations/en.toml" in said.stderr


def test_single_question_and_response_are_counted_in_the_singular(run, tmp_path):
    form, results = tmp_path / "form.xlsx", tmp_path / "results.csv"
    form.write_bytes(make_workbook(survey=SURVEY[:4], choices=CHOICES))
    results.write_text("respondent,role,functions,CS-P1\nr1,leader,customer-service,0\n")

    questions = run("import", "xlsform", form, "--dry-run")
    responses = run("import", "limesurvey", results, "--dry-run")

    assert "1 question can become an item." in questions.stderr
    assert "1 response.\n" in responses.stderr
    assert "incomplete" not in responses.stderr
