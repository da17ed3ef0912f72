"""`assessment score`: a table for people, JSON for programs, every mistake at once."""

import json
import os
import re
import stat

import pytest
from click.testing import CliRunner

from assessment.cli import main
from tests import bakery_questionnaire, csv_formats, questionnaire_files

MISTAKES = """\
mode = "poll"
weights = 3
[targets]
hr = 200
finance = 50
[contacts.hr]
email = "much"
phone = -1
"""


@pytest.fixture
def responses(golden):
    return golden / "risk-36.csv"


def test_table_shows_levels_reasons_and_advice(run, responses):
    said = run("score", responses)

    assert said.exit_code == 0
    assert said.stderr == ""
    text = said.stdout
    sections = [
        "Levels",
        "Functions by dimension",
        "Indices",
        "Leaders and practitioners",
        "Hand-offs between channels (",
    ]
    places = [
        text.index(f"\n{title}")
        for title in [*sections, "Advice: start now", "Advice: start next", "What is hidden, and why"]
    ]
    assert places == sorted(places)
    assert "Put in writing what people may decide alone" in text
    assert "Set up to fail: " in text


def test_text_fits_terminal_of_80_columns(run, responses):
    said = run("score", responses).stdout.splitlines()

    tables = re.compile(r"\S {2,}\S.*\S {2,}\S")  # as wide as their columns
    assert [line for line in said if len(line) > 80 and not tables.search(line)] == []


def test_table_shows_figures_of_json(run, responses):
    table, figures = run("score", responses).stdout, json.loads(run("score", responses, "--json").stdout)

    for name, title in (("marketing", "Marketing"), ("hr", "HR")):
        found = figures["functions"][name]
        line = next(line for line in table.splitlines() if line.strip().startswith(title))
        assert line.split()[len(title.split())] == f"{found['score']:.1f}"


def test_figures_of_few_people_are_hidden_unless_unsuppressed(run, golden):
    hidden = json.loads(run("score", golden / "small-9.csv", "--json").stdout)
    shown = json.loads(run("score", golden / "small-9.csv", "--json", "--unsuppressed").stdout)

    assert hidden["indices"]["set_up_to_fail"]["score"] is None
    assert hidden["suppressed"]["indices.set_up_to_fail.score"] == "fewer than 6 answers"
    assert shown["indices"]["set_up_to_fail"]["score"] == pytest.approx(32.16145833)
    assert shown["suppressed"] == {}


def test_minimum_group_option_is_applied(run, responses):
    figures = json.loads(run("score", responses, "--minimum-group", 9, "--json").stdout)

    assert figures["disclosure"]["needed"] == 10


def test_minimum_group_too_small_is_rejected(run, responses):
    said = run("score", responses, "--minimum-group", 2)

    assert said.exit_code == 1
    assert "--minimum-group: A group of 2 is too small" in said.stderr


def test_minimum_group_with_unsuppressed_is_usage_error(run, responses):
    assert run("score", responses, "--minimum-group", 9, "--unsuppressed").exit_code == 2


def test_date_option_is_in_result(run, responses):
    dated = json.loads(run("score", responses, "--json", "--date", "2026-11-30").stdout)
    undated = json.loads(run("score", responses, "--json").stdout)

    assert (dated["computed_at"], undated["computed_at"]) == ("2026-11-30", None)


def test_mistakes_in_settings_and_responses_are_reported_together(run, responses, tmp_path):
    settings, broken = tmp_path / "client.toml", tmp_path / "broken.csv"
    settings.write_text(MISTAKES, encoding="utf-8")
    broken.write_text("respondent,role,functions,CS-P9\nr1,boss,hr,2\n", encoding="utf-8")

    said = run("score", broken, "--settings", settings)

    assert said.exit_code == 1
    assert said.stdout == ""
    assert [line for line in (1, 2, 4, 5, 7, 8) if f"{settings}:{line}: " not in said.stderr] == []
    assert f"{broken}:1:CS-P9: " in said.stderr
    assert f"{broken}:2:role: " in said.stderr


def test_settings_with_invalid_toml_are_reported_with_line(run, responses, tmp_path):
    settings = tmp_path / "client.toml"
    settings.write_text('mode = "survey"\n[weights\n', encoding="utf-8")

    said = run("score", responses, "--settings", settings)

    assert said.exit_code == 1
    assert f"{settings}:2: This is not valid TOML" in said.stderr


def test_responses_from_stdin_are_scored(run, responses):
    said = run("score", "-", "--json", given=responses.read_bytes())

    assert said.exit_code == 0
    assert json.loads(said.stdout)["respondents"]["counted"] == 34


def test_file_not_in_utf_8_is_reported_with_line(run, tmp_path):
    file = tmp_path / "latin.csv"
    file.write_bytes("respondent,role,functions\nBjörn,staff,hr\n".encode("latin-1"))

    said = run("score", file)

    assert said.exit_code == 1
    assert f"{file}:2: This line is not UTF-8, but perhaps Windows-1252. Save" in said.stderr


def test_file_without_rows_is_rejected(run, tmp_path):
    file = tmp_path / "empty.csv"
    file.write_text("respondent,role,functions\n", encoding="utf-8")

    said = run("score", file)

    assert said.exit_code == 1
    assert "There are no responses." in said.stderr


def test_missing_file_is_usage_error(run):
    assert run("score", "nowhere.csv").exit_code == 2


@pytest.mark.parametrize("named", ["nothing", "social-media-integration@9.9.9"])
def test_unknown_questionnaire_is_usage_error_with_known_ones(run, responses, named):
    said = run("score", responses, "--questionnaire", named)

    assert said.exit_code == 2
    assert "social-media-integration@1.1.0" in said.stderr


def test_questionnaire_is_found_by_id_and_version(run, responses):
    said = run("score", responses, "--questionnaire", "social-media-integration@1.1.0", "--json")

    assert json.loads(said.stdout)["questionnaire"]["version"] == "1.1.0"


def test_questionnaire_without_option_is_found_by_columns(run, tmp_path, monkeypatch):
    questionnaire_files.write_questionnaire(
        tmp_path / "own" / "bakery",
        bakery_questionnaire.STRUCTURE,
        bakery_questionnaire.ADVICE,
        bakery_questionnaire.TEXTS,
    )
    monkeypatch.setenv("ASSESSMENT_QUESTIONNAIRES", str(tmp_path / "own"))
    responses = tmp_path / "responses.csv"
    responses.write_text(bakery_questionnaire.RESPONSES, encoding="utf-8")

    figures = json.loads(run("score", responses, "--json").stdout)

    assert figures["questionnaire"]["id"] == "bakery"


def test_columns_matching_several_questionnaires_are_usage_error(run, tmp_path, monkeypatch):
    for name in ("bakery", "patisserie"):
        questionnaire_files.write_questionnaire(
            tmp_path / "own" / name,
            bakery_questionnaire.STRUCTURE | {"id": name},
            bakery_questionnaire.ADVICE,
            bakery_questionnaire.TEXTS,
        )
    monkeypatch.setenv("ASSESSMENT_QUESTIONNAIRES", str(tmp_path / "own"))
    responses = tmp_path / "responses.csv"
    responses.write_text(bakery_questionnaire.RESPONSES, encoding="utf-8")

    said = run("score", responses)

    assert said.exit_code == 2
    assert "Add --questionnaire" in said.stderr


def test_colour_is_used_on_terminals_and_can_be_disabled(responses, monkeypatch):
    coloured = CliRunner().invoke(main, ["score", str(responses)], color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    plain = CliRunner().invoke(main, ["score", str(responses)], color=True).stdout

    assert "\x1b[" in coloured
    assert "\x1b[" not in plain


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_figures_are_exported_in_addition_to_table(run, responses, tmp_path, kind):
    made = run("score", responses, "--export", tmp_path / f"figures.{kind}")

    assert made.exit_code == 0
    assert (tmp_path / f"figures.{kind}").stat().st_size > 1000


@pytest.fixture
def set_umask():
    """Set the umask of this process; afterwards it is what it was."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_new_file_has_the_mode_that_the_umask_leaves(run, responses, tmp_path, set_umask, umask, mode):
    file = tmp_path / "figures.csv"
    set_umask(umask)

    run("score", responses, "--export", file)

    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert os.umask(umask) == umask


def test_file_that_is_replaced_keeps_its_mode(run, responses, tmp_path, set_umask):
    file = tmp_path / "figures.csv"
    file.touch(mode=0o600)
    set_umask(0o022)

    run("score", responses, "--export", file)

    assert file.stat().st_size > 1000
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(("command", "option"), [("score", "--date"), ("compare", "--earlier-date")])
@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", ""])
def test_invalid_date_is_reported_with_example(run, responses, command, option, day):
    files = [responses] * (2 if command == "compare" else 1)

    said = run(command, *files, option, day)

    assert said.exit_code == 2
    assert f"“{day}” is not a date. Write it like 2026-11-02." in said.stderr


@pytest.mark.parametrize(
    ("command", "option"), [("score", "--date"), ("report", "--date"), ("compare", "--earlier-date")]
)
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_day_that_no_plan_can_reckon_with_is_reported_with_the_range(run, responses, tmp_path, command, option, day):
    files = [responses] * (2 if command == "compare" else 1)
    output = ["-o", tmp_path / "report.docx"] if command == "report" else []

    said = run(command, *files, option, day, *output)

    assert said.exit_code == 2
    assert "Choose a day in the years 2000 to 2999." in said.stderr


def test_export_with_unknown_suffix_is_rejected_before_scoring(run, responses, tmp_path):
    made = run("score", responses, "--export", tmp_path / "figures.ods")

    assert made.exit_code == 2
    assert not (tmp_path / "figures.ods").exists()


@pytest.mark.parametrize("name", csv_formats.ACCEPTED)
def test_every_accepted_format_gives_the_same_scores(run, name):
    plain = run("score", "-", "--json", given=csv_formats.ACCEPTED["UTF-8"])

    said = run("score", "-", "--json", given=csv_formats.ACCEPTED[name])

    assert said.exit_code == 0
    assert said.stdout == plain.stdout


@pytest.mark.parametrize("name", csv_formats.REFUSED)
def test_refused_format_is_explained_with_its_line(run, tmp_path, name):
    content, line, text = csv_formats.REFUSED[name]
    file = tmp_path / "responses.csv"
    file.write_bytes(content)

    said = run("score", file)

    assert said.exit_code == 1
    assert f"{file}:{line or ''}" in said.stderr
    assert text in said.stderr
