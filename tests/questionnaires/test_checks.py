"""Every mistake in a questionnaire's files is found, with its file, its line and a remedy."""

import shutil
from pathlib import Path

import pytest

from assessment.errors import InvalidError, Problem
from assessment.questionnaires import find_problems, find_shipped_folder, load_questionnaire
from tests import questionnaire_files

STRUCTURE = "questionnaire.toml"
ADVICE = "advice.toml"
ENGLISH = "translations/en.toml"

OPTIONS = "".join(
    f'    "{option}",\n'
    for option in ("sales", "service", "recruiting", "reputation", "community", "learning", "presence")
)
STEPS = """\
    "Show the spread of the answers to those who gave them, without names",
    "Compare the evidence behind the highest and the lowest ratings",
    "Rate again together, and note what each rating means",
"""

# file, what is replaced (first place), by what, where the report must point, message, remedy
MISTAKES = {
    "a bracket is missing": (
        STRUCTURE,
        'horizons = ["now", "quarter", "year", "four-year"]',
        'horizons = ["now"\nbroken',
        "broken",
        "not valid TOML",
        "missing quote, comma or bracket",
    ),
    "a key is written twice": (
        STRUCTURE,
        "[disclosure]\n",
        "[disclosure]\nminimum_group = 5\n",
        "minimum_group = 5 #",
        "not valid TOML",
        "Look for",
    ),
    "a table of the file is unknown": (
        STRUCTURE,
        "[benchmark]",
        "[benchmarks]",
        "[benchmarks]",
        "`benchmarks` is not known",
        "Did you mean `benchmark`?",
    ),
    "a key is unknown": (
        STRUCTURE,
        "hand_offs = true",
        "handoffs = true",
        "handoffs = true",
        "`dimensions[4].handoffs` is not known",
        "Did you mean `hand_offs`?",
    ),
    "a key is missing": (
        STRUCTURE,
        "gap_unit = 25\n",
        "",
        "[prioritising]",
        "`prioritising.gap_unit` is missing",
        "Add it: a number.",
    ),
    "a key of a list's element is missing": (
        STRUCTURE,
        'id = "leader"\nweight = 0.25',
        'id = "leader"',
        '[[roles]]\nid = "leader"',
        "`roles[1].weight` is missing",
        "a number",
    ),
    "text stands for a number": (
        STRUCTURE,
        "minimum_rows = 2",
        'minimum_rows = "2"',
        "minimum_rows",
        "must be a whole number, not text",
        "Write a whole number.",
    ),
    "a fraction stands for a whole number": (
        STRUCTURE,
        "minimum_rows = 2",
        "minimum_rows = 2.5",
        "minimum_rows",
        "must be a whole number, not a number",
        "Write a whole number.",
    ),
    "a word stands for true": (
        STRUCTURE,
        "required = true",
        'required = "yes"',
        "required =",
        "must be true or false, not text",
        "Write true or false.",
    ),
    "true stands for a number": (
        STRUCTURE,
        "target = 75",
        "target = true",
        "target = true",
        "must be a number, not true or false",
        "Write a number.",
    ),
    "a number is endless": (
        STRUCTURE,
        "doubt = 0.7",
        "doubt = nan",
        "doubt = nan",
        "must be an ordinary number",
        "such as 0.5",
    ),
    "one text stands for a list": (
        STRUCTURE,
        'roles = ["practitioner"]',
        'roles = "practitioner"',
        'roles = "practitioner"',
        "must be a list in brackets, not text",
        "Write a list",
    ),
    "a kind does not exist": (
        STRUCTURE,
        'kind = "hand-off"',
        'kind = "handoff"',
        'kind = "handoff"',
        "can't be 'handoff'",
        "Did you mean `hand-off`?",
    ),
    "the version is no version": (
        STRUCTURE,
        'version = "1.1.0"',
        'version = "1.0"',
        'version = "1.0"',
        "`1.0` is not a version",
        "such as 1.0.0",
    ),
    "the language is no language": (
        STRUCTURE,
        'source_language = "en"',
        'source_language = "English"',
        "source_language",
        "`English` is not a language",
        "such as `en`",
    ),
    "the source language has no translation": (
        STRUCTURE,
        'source_language = "en"',
        'source_language = "de"',
        "source_language",
        "There is no translation `de`",
        "Add translations/de.toml.",
    ),
    "an id could not be a column": (
        STRUCTURE,
        'id = "X-L1"',
        'id = "X:L1"',
        'id = "X:L1"',
        "`X:L1` can't be an id",
        "letters, digits, hyphens",
    ),
    "an item has the name of another column": (
        STRUCTURE,
        'id = "X-L1"',
        'id = "seconds"',
        'id = "seconds"',
        "can't be called `seconds`",
        "Rename it.",
    ),
    "a role has the name of the consensus": (
        STRUCTURE,
        'id = "leader"',
        'id = "consensus"',
        'id = "consensus"',
        "A role can't be called `consensus`",
        "Rename it.",
    ),
    "an item is there twice": (
        STRUCTURE,
        'id = "CS-P2"',
        'id = "CS-P1"',
        'id = "CS-P1"\nkind = "practice"\nfunction = "customer-service"\ndimension = "purpose"\nroles = ["leader", "st',
        "`CS-P1` is there twice",
        "`items[1].id`",
    ),
    "a role does not exist": (
        STRUCTURE,
        'roles = ["leader", "staff"]',
        'roles = ["leaders", "staff"]',
        "leaders",
        "names `leaders`, which is not among the roles",
        "Did you mean `leader`?",
    ),
    "a function does not exist": (
        STRUCTURE,
        'function = "marketing"',
        'function = "marketeers"',
        "marketeers",
        "not among the functions",
        "Did you mean `marketing`?",
    ),
    "a dimension does not exist": (
        STRUCTURE,
        'dimension = "purpose"',
        'dimension = "porpoise"',
        "porpoise",
        "not among the dimensions",
        "Did you mean `purpose`?",
    ),
    "a channel does not exist": (
        STRUCTURE,
        'channel = "email"',
        'channel = "mail"',
        'channel = "mail"',
        "not among the channels",
        "Did you mean `email`?",
    ),
    "a check checks nothing": (
        STRUCTURE,
        'checks = "MK-M1"',
        'checks = "MK-M9"',
        'checks = "MK-M9"',
        "not among the items",
        "Did you mean",
    ),
    "a check checks a hand-off": (
        STRUCTURE,
        'checks = "MK-M1"',
        'checks = "MK-K-web"',
        'checks = "MK-K-web"',
        "an item of kind hand-off",
        "Name an item of kind practice.",
    ),
    "an index names what does not exist": (
        STRUCTURE,
        'authority = ["X-A1", "X-A2", "X-A3"]',
        'authority = ["X-A1", "X-A2", "X-A4"]',
        "X-A4",
        "names `X-A4`, which is not among the items",
        "Did you mean",
    ),
    "an index takes an item of another kind": (
        STRUCTURE,
        'goals = "X-Q"',
        'goals = "X-L1"',
        'goals = "X-L1"',
        "an item of kind personal",
        "Name an item of kind choice.",
    ),
    "a practice item has no dimension": (
        STRUCTURE,
        'dimension = "purpose"\n',
        "",
        '[[items]]\nid = "CS-P1"',
        "`CS-P1` needs `dimension`",
        "Add `dimension`.",
    ),
    "a personal item has a dimension": (
        STRUCTURE,
        'id = "X-A1"\nkind = "personal"',
        'id = "X-A1"\nkind = "personal"\ndimension = "people"',
        'dimension = "people"\nroles = ["practitioner"]\n\n[[items]]\nid = "X-A2"',
        "`X-A1` can't have `dimension`",
        "Remove `dimension`",
    ),
    "nobody is asked": (
        STRUCTURE,
        'roles = ["leader", "staff"]',
        "roles = []",
        "roles = []",
        "Nobody is asked `CS-P2`",
        "Name the roles",
    ),
    "a choice has one option": (
        STRUCTURE,
        OPTIONS,
        "",
        "options = [",
        "`X-Q` offers no choice",
        "two options",
    ),
    "an option is an answer of its own": (
        STRUCTURE,
        '    "sales",',
        '    "dk",',
        '    "dk",',
        "An option can't be called `dk`",
        "Rename it.",
    ),
    "two rows ask the same": (
        STRUCTURE,
        'channel = "phone"',
        'channel = "email"',
        '[[items]]\nid = "CS-K-phone"',
        "asks the same as `CS-K-email`",
        "one per function and channel",
    ),
    "two dimensions take the hand-offs": (
        STRUCTURE,
        "required = true",
        "required = true\nhand_offs = true",
        "hand_offs = true # no score",
        "Two dimensions take in the hand-offs",
        "one dimension only",
    ),
    "no dimension takes the hand-offs": (
        STRUCTURE,
        "hand_offs = true",
        "hand_offs = false",
        "[[dimensions]]",
        "No dimension takes in the hand-offs",
        "hand_offs = true",
    ),
    "a function has no items": (
        STRUCTURE,
        "[[dimensions]]",
        '[[functions]]\nid = "sales"\n\n[[dimensions]]',
        'id = "sales"',
        "No item belongs to the function `sales`",
        "Add a practice item",
    ),
    "an item is in no section": (
        STRUCTURE,
        '"X-L1", "X-Q"',
        '"X-Q"',
        'id = "X-L1"',
        "`X-L1` is in no section",
        "Add it to the items of a section.",
    ),
    "an item is in two sections": (
        STRUCTURE,
        '"X-L1", "X-Q"',
        '"X-L1", "X-O1", "X-Q"',
        '"X-L1", "X-O1", "X-Q"',
        "the item `X-O1` is there twice",
        "Rename or remove",
    ),
    "a weight is zero": (
        STRUCTURE,
        "weight = 0.25",
        "weight = 0",
        "weight = 0",
        "`roles[1].weight` is 0",
        "It must be above 0.",
    ),
    "a target leaves the scale": (
        STRUCTURE,
        "target = 75",
        "target = 175",
        "target = 175",
        "`functions[1].target` is 175",
        "at most 100",
    ),
    "cut points do not ascend": (
        STRUCTURE,
        "bands = [20, 40, 60, 80]",
        "bands = [20, 60, 40, 80]",
        "bands",
        "`scoring.bands` does not ascend",
        "from low to high",
    ),
    "a cut point leaves the scale": (
        STRUCTURE,
        "agreement_cuts = [0.30, 0.50, 0.70, 0.90]",
        "agreement_cuts = [30, 50, 70, 90]",
        "agreement_cuts",
        "leaves its scale",
        "from 0 to 1",
    ),
    "a cut point is missing": (
        STRUCTURE,
        "bands = [20, 40, 60, 80]",
        "bands = [20, 40, 60]",
        "bands",
        "has 3 cut points",
        "exactly 4",
    ),
    "a class is missing": (
        STRUCTURE,
        '["low", "moderate", "high", "critical"]',
        '["low", "moderate", "high"]',
        'classes = ["low"',
        "has 3 for 3 cut points",
        "Name 4 classes",
    ),
    "two classes have one name": (
        STRUCTURE,
        'high_low = "embedded-unsupported"',
        'high_low = "embedded"',
        'high_low = "embedded"',
        "The class `embedded` is there twice",
        "Rename or remove",
    ),
    "a class does not exist": (
        STRUCTURE,
        'least_class = "high"',
        'least_class = "hihg"',
        "least_class",
        "not among the classes",
        "Did you mean `high`?",
    ),
    "a least is above its most": (
        STRUCTURE,
        "nearest_five_from = 30",
        "nearest_five_from = 300",
        "nearest_five_from",
        "is above `benchmark.percentile_from`",
        "at most 100",
    ),
    "more is wanted than there is": (
        STRUCTURE,
        "minimum_support = 3",
        "minimum_support = 5",
        "minimum_support",
        "is 5, but `indices.set_up_to_fail.support` has 4",
        "Lower it.",
    ),
    "an effort has no number": (
        STRUCTURE,
        "effort = { S = 1, M = 2, L = 3 }",
        "effort = { S = 1, M = 2, X = 3 }",
        "effort = {",
        "`prioritising.effort.L` is missing",
        "a number",
    ),
    "a group would be too small": (
        STRUCTURE,
        "minimum_group = 5",
        "minimum_group = 2",
        "minimum_group",
        "is 2",
        "at least 3",
    ),
    "a questionnaire has constants of disclosure": (
        STRUCTURE,
        "[disclosure]\n",
        "[disclosure]\nhighest = 100\n",
        "highest = 100",
        "`disclosure.highest` is not known",
        "Remove it",
    ),
    "a role outweighs another": (
        STRUCTURE,
        "weight = 0.40",
        "weight = 0.51",
        "weight = 0.51",
        "`roles[2].weight` is 0.51, more than 2 times the lightest role's 0.25",
        "nearer together",
    ),
    "few answers have full weight": (
        STRUCTURE,
        "full_weight_answers = 3",
        "full_weight_answers = 2",
        "full_weight_answers",
        "`scoring.full_weight_answers` is 2",
        "at least 3",
    ),
    "half of the questions is not enough": (
        STRUCTURE,
        "submitted_share = 0.5",
        "submitted_share = 0.8",
        "submitted_share",
        "`scoring.submitted_share` is 0.8",
        "It must be 0.5.",
    ),
    "one sign of carelessness is enough": (
        STRUCTURE,
        "exclude_at = 2",
        "exclude_at = 1",
        "exclude_at",
        "`scoring.careless.exclude_at` is 1",
        "at least 2",
    ),
    "everyone is careless by haste": (
        STRUCTURE,
        "seconds_per_answer = 2.0",
        "seconds_per_answer = 3600.0",
        "seconds_per_answer",
        "`scoring.careless.seconds_per_answer` is 3600",
        "at most 5",
    ),
    "nearly everyone is careless by equal answers": (
        STRUCTURE,
        "long_string = 10",
        "long_string = 2",
        "long_string",
        "`scoring.careless.long_string` is 2",
        "at least 5",
    ),
    "an interval is wider than its floor": (
        STRUCTURE,
        "interval_confidence = 0.95",
        "interval_confidence = 0.999",
        "interval_confidence",
        "`scoring.interval_confidence` is 0.999",
        "at most 0.95",
    ),
    "an item takes free text": (
        STRUCTURE,
        'kind = "practice"',
        'kind = "text"',
        'kind = "text"',
        "`items[1].kind` can't be 'text'",
        "Use one of: `practice`, `hand-off`, `personal`, `check`, `choice`.",
    ),
    "a next step is a third": (
        ADVICE,
        "next_step = 2",
        "next_step = 3",
        "next_step = 3",
        "next_step` is 3",
        "Write 1 or 2.",
    ),
    "a next step has conditions": (
        ADVICE,
        "next_step = 1",
        'next_step = 1\nall = [{ figure = "embedding", below = 50 }]',
        'all = [{ figure = "embedding", below = 50 }]\n\n[[rules]]\nid = "second-step-customer-service"',
        "`next-step-customer-service` is a next step, which has no conditions",
        "Remove `all` or `next_step`",
    ),
    "a next step is of no function": (
        ADVICE,
        'number = 45\nfunction = "customer-service"\n',
        "number = 45\n",
        None,
        "`next-step-customer-service` is a next step of no function",
        "Add `function`",
    ),
    "two rules have one number": (
        ADVICE,
        "number = 2\n",
        "number = 1\n",
        'number = 1\npinned = true\nrisk = true\neffort = "S"\nimpact = "H"\nhorizon = "now"\nall',
        "The number `1` is there twice",
        "Rename or remove",
    ),
    "a rule has no condition": (
        ADVICE,
        'all = [{ figure = "item", item = "X-S1", below = 50 }]\n',
        "",
        '[[rules]]\nid = "train-before-access"',
        "`train-before-access` never fires",
        "Add a condition",
    ),
    "a condition has two comparisons": (
        ADVICE,
        '{ figure = "embedding", below = 50 }',
        '{ figure = "embedding", below = 50, at_most = 50 }',
        "at_most = 50",
        "has 2 comparisons",
        "exactly one of",
    ),
    "a condition compares nothing": (
        ADVICE,
        '{ figure = "embedding", below = 50 }',
        '{ figure = "embedding" }',
        '{ figure = "embedding" }',
        "compares its figure with nothing",
        "exactly one of",
    ),
    "a condition names no item": (
        ADVICE,
        '{ figure = "item", item = "X-S1", below = 50 }',
        '{ figure = "item", below = 50 }',
        '{ figure = "item", below = 50 }',
        "The figure `item` needs `item`",
        "Add `item`",
    ),
    "a condition names too much": (
        ADVICE,
        '{ figure = "embedding", below = 50 }',
        '{ figure = "embedding", function = "hr", below = 50 }',
        'function = "hr", below',
        "The figure `embedding` has no `function`",
        "Remove `function`",
    ),
    "a condition names what is not scored": (
        ADVICE,
        '{ figure = "item", item = "X-S1", below = 50 }',
        '{ figure = "item", item = "X-Q", below = 50 }',
        'item = "X-Q"',
        "`X-Q` has no score",
        "Name a practice or personal item.",
    ),
    "a condition names an unknown item": (
        ADVICE,
        'item = "CS-R1"',
        'item = "CS-R9"',
        'item = "CS-R9"',
        "names `CS-R9`, which is not among the items",
        "Did you mean",
    ),
    "a figure does not exist": (
        ADVICE,
        '"goal-agreement"',
        '"goals-agreement"',
        '"goals-agreement"',
        "can't be 'goals-agreement'",
        "Did you mean `goal-agreement`?",
    ),
    "a horizon does not exist": (
        ADVICE,
        'horizon = "four-year"',
        'horizon = "four-years"',
        "four-years",
        "not among the horizons",
        "Did you mean `four-year`?",
    ),
    "an effort does not exist": (
        ADVICE,
        'effort = "M"',
        'effort = "XL"',
        'effort = "XL"',
        "can't be 'XL'",
        "Did you mean `L`?",
    ),
    "a rung is missing": (
        ENGLISH,
        '    "No goal covers it",\n',
        "",
        None,
        "The ladder of `CS-P1` has 4 rungs",
        "exactly 5",
    ),
    "two rungs read alike": (
        ENGLISH,
        '"Some colleagues set goals of their own"',
        '"no goal  covers it."',
        "no goal  covers",
        "Two rungs of `CS-P1` read alike",
        "sets them apart",
    ),
    "a text is missing": (
        ENGLISH,
        'four-year = "Within four years"\n',
        "",
        "[horizons]",
        "`horizons` has no text for `four-year`",
        "Add `horizons.four-year`.",
    ),
    "a text is for nothing": (
        ENGLISH,
        "[items.CS-P1]",
        "[items.CS-P9]",
        "[items.CS-P9]",
        "`items.CS-P9` is a text for nothing",
        "Did you mean `CS-P1`?",
    ),
    "an option has no text": (
        ENGLISH,
        'learning = "Learning',
        'lerning = "Learning',
        "lerning",
        "`items.X-Q.options.lerning` is a text for nothing",
        "Did you mean `learning`?",
    ),
    "a level is missing": (
        ENGLISH,
        '    "Presence for its own sake",\n',
        "",
        "levels = [",
        "`dimensions.purpose.levels` has 4 levels",
        "levels 1 to 5",
    ),
    "a text is older than its item": (
        STRUCTURE,
        'id = "CS-P1"\n',
        'id = "CS-P1"\nrevision = 2\n',
        None,
        "The text of `CS-P1` is of revision 1, the item is at 2",
        "then set `revision = 2`",
    ),
    "a text is too long": (
        ENGLISH,
        'text = "To what extent do our',
        f'text = "{"very " * 100}what extent do our',
        "text = ",
        "`items.CS-P1.text` has",
        "Shorten it to 500.",
    ),
    "a next step does not name its dimension": (
        ENGLISH,
        'title = "Take {dimension} one step further"',
        'title = "Take one step further"',
        'title = "Take one step further"',
        "`rules.next-step-customer-service.title` does not name the dimension",
        "Put {dimension} where its title belongs.",
    ),
    "a text has a place that nothing fills": (
        ENGLISH,
        'title = "Bring social contacts into the service queue"',
        'title = "Bring {dimension} into the service queue"',
        'title = "Bring {dimension}',
        "`rules.one-queue.title` has a place for a dimension, but its rule is no next step",
        "Remove {dimension}.",
    ),
    "a text is empty": (
        ENGLISH,
        'title = "Put in writing what people may decide alone"',
        'title = " "',
        'title = " "',
        "`rules.authority-limits.title` is empty",
        "Write what people should read.",
    ),
    "a text has a control character": (
        ENGLISH,
        'title = "Put in writing what people may decide alone"',
        'title = "Put\\u0000in writing"',
        "u0000",
        "`rules.authority-limits.title` has a control character",
        "Retype",
    ),
    "a rule has no steps": (
        ENGLISH,
        STEPS,
        "",
        None,
        "`rules.calibrate-first.steps` has 0 steps",
        "Give 1 to 8.",
    ),
}


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
    assert "can't be read" in problems[0].message


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
