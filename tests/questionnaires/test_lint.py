"""Warnings: what is doubtful in a questionnaire without being wrong, each with its line."""

import re

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.questionnaires import find_problems, find_shipped_folder, lint_folders, load_questionnaire
from assessment.questionnaires.lint.ladders import find_shared_ladders, find_similar_rungs
from tests import questionnaire_files

pytestmark = pytest.mark.slow  # each test lints a whole questionnaire
ID = "social-media-integration"


@pytest.fixture
def copy(tmp_path):
    return questionnaire_files.copy_questionnaire(find_shipped_folder() / ID, tmp_path / ID)


@pytest.fixture
def change(copy):
    def change(file, old, new, count=1):
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), encoding="utf-8")
        assert find_problems([copy]) == []

    return change


def find_line(file, text):
    return 1 + file.read_text(encoding="utf-8").split(text)[0].count("\n")


def find_only_warning(problems):
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_shipped_questionnaires_have_no_warning():
    assert lint_folders([find_shipped_folder()]) == []


def test_questionnaire_with_mistakes_is_not_linted(copy):
    (copy / "advice.toml").write_text("rules = 1", encoding="utf-8")

    assert lint_folders([copy]) == []


@pytest.mark.parametrize(
    "rung",
    [
        "It falls under the same aims as phone and email",
        "It falls under the same service goals as phone and email",
        "As phone and email, it falls under the same goals",
    ],
)
def test_rung_differing_in_one_word_is_reported_with_line(copy, change, rung):
    change("translations/en.toml", '"It has agreed goals, separate from phone and email"', f'"{rung}"')

    doubt = find_only_warning(lint_folders([copy]))

    assert "`CS-P1`" in doubt.message
    assert doubt.line == find_line(copy / "translations/en.toml", '"It falls under the same goals as phone and email"')
    assert doubt.remedy


def test_short_labels_and_different_numbers_are_not_reported(change, copy):
    change("translations/en.toml", '"It has agreed goals, separate from phone and email"', '"In 3 of 10 goals or so"')
    change("translations/en.toml", '"It falls under the same goals as phone and email"', '"In 7 of 10 goals or so"')

    assert list(find_similar_rungs(load_questionnaire(copy))) == []


def test_ladder_shared_outside_one_set_is_reported(copy):
    file = copy / "translations/en.toml"
    text = file.read_text(encoding="utf-8")
    ladders = {name: re.search(rf"\[items.{name}\].*?(rungs = \[.*?\n\])", text, re.DOTALL)[1] for name in
               ("X-S1", "X-S2", "X-V1", "X-V2", "CS-P1", "CS-P2")}  # fmt: skip
    for name, other in (("X-S2", "X-S1"), ("X-V2", "X-V1"), ("CS-P2", "CS-P1")):
        text = text.replace(ladders[name], ladders[other])
    file.write_text(text, encoding="utf-8")

    named = [doubt.message for doubt in find_shared_ladders(load_questionnaire(copy))]

    assert named == ["`CS-P2` has the ladder of `CS-P1`."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bands = [20, 40, 60, 80]", "bands = [0, 40, 60, 80]", "No answers lead anything to level 1."),
        ("bands = [20, 40, 60, 80]", "bands = [20, 40, 60, 95]", "No answers lead a released figure to level 5."),
        ("minimum_dimensions = 4", "minimum_dimensions = 6", None),
    ],
)
def test_unreachable_level_is_reported(copy, change, old, new, said):
    change("questionnaire.toml", old, new)

    found = [doubt.message for doubt in lint_folders([copy])]

    assert found[:1] == ([said] if said else [])


def test_function_without_possible_score_is_reported(copy):
    file = copy / "questionnaire.toml"
    text = file.read_text(encoding="utf-8")
    for item in ("HR-G1", "HR-G2"):
        text = text.replace(f'id = "{item}"\nkind = "practice"\nfunction = "hr"\ndimension = "governance"',
                            f'id = "{item}"\nkind = "practice"\nfunction = "hr"\ndimension = "people"')  # fmt: skip
    file.write_text(text, encoding="utf-8")

    doubt, *silent = lint_folders([copy])

    assert doubt.message == "`hr` can't have a score, however much is answered."
    assert ["-step-hr` fired for none" in other.message for other in silent] == [True, True]
    assert doubt.line == find_line(file, 'id = "hr"')


def test_rule_with_contradictory_conditions_is_reported(copy, change):
    change(
        "advice.toml",
        'all = [{ figure = "item", item = "X-L1", below = 50 }]',
        'all = [{ figure = "item", item = "X-L1", below = 50 }, { figure = "item", item = "X-L1", at_least = 60 }]',
    )

    doubt = find_only_warning(lint_folders([copy]))

    assert "`decision-review`" in doubt.message
    assert doubt.line == find_line(copy / "advice.toml", 'id = "decision-review"')


def test_unused_item_is_reported(copy, change):
    change("questionnaire.toml", 'goals = "X-Q"\n', "")
    change("advice.toml", '{ figure = "goal-agreement", below = 50 }', '{ figure = "balance", below = 60 }')
    change("advice.toml", 'only_if = [{ figure = "goal-answers", at_least = 12 }] # on each side', "")

    assert "`X-Q`" in find_only_warning(lint_folders([copy])).message


def test_check_item_asked_of_other_people_is_reported(copy, change):
    change(
        "questionnaire.toml",
        'checks = "CS-R1"\nroles = ["practitioner", "staff"]',
        'checks = "CS-P2"\nroles = ["practitioner"]',
    )

    assert "both `X-V2` and `CS-P2`" in find_only_warning(lint_folders([copy])).message


def test_index_without_people_is_reported(copy):
    file = copy / "questionnaire.toml"
    text = re.sub(
        r'(id = "X-S\d"\nkind = "personal"\nroles = )\["practitioner"\]', r'\1["leader"]', file.read_text("utf-8")
    )
    file.write_text(text, encoding="utf-8")

    said = [doubt.message for doubt in lint_folders([copy])]

    assert "No role is asked for authority and support both, so the index has no people." in said


def test_empty_and_too_long_surveys_are_reported(copy):
    file = copy / "questionnaire.toml"
    text = file.read_text(encoding="utf-8").replace('"leader", "practitioner", "staff"', '"practitioner", "staff"')
    text = text.replace('["leader", "staff"]', '["practitioner", "staff"]')
    text = text.replace('["leader", "practitioner"]', '["practitioner"]')
    for number in range(10):
        text = text.replace(
            "# Across functions\n",
            f'# Across functions\n\n[[items]]\nid = "N{number}"\nkind = "personal"\nroles = ["practitioner"]\n',
        )
    text = text.replace('items = ["X-O1",', "items = [" + "".join(f'"N{number}", ' for number in range(10)) + '"X-O1",')
    file.write_text(text, encoding="utf-8")
    english = copy / "translations/en.toml"
    items = "".join(
        f'\n[items.N{n}]\ntext = "N{n}"\nshort = "N{n}"\nrungs = ["{n}a", "{n}b", "{n}c", "{n}d", "{n}e"]\n'
        for n in range(10)
    )
    english.write_text(english.read_text(encoding="utf-8") + items, encoding="utf-8")
    assert find_problems([copy]) == []

    said = [doubt.message for doubt in lint_folders([copy])]

    assert "`leader` in `hr` has nothing to answer." in said
    everywhere = "`practitioner` in `customer-service` and `marketing` and `hr` reads "
    assert any(text.startswith(everywhere) and "gives 73 answers: 2" in text for text in said)


def test_check_command_with_warnings_prints_durations_and_succeeds(copy, change):
    change("questionnaire.toml", "bands = [20, 40, 60, 80]", "bands = [20, 40, 60, 95]")

    said = CliRunner().invoke(main, ["questionnaire", "check", str(copy)])

    assert said.exit_code == 0
    assert "warning: " in said.stdout
    assert re.search(r"Practitioner +All functions +60 +\d+ +17 to 31", said.stderr)
    assert "Warnings: 1." in said.stderr
