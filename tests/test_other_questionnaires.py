"""The engine knows no instrument: other ids give the same figures, and a made-up one those worked out by hand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests import bakery_questionnaire, questionnaire_files
from tests.golden_figures import find_differences

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.csv"))


def score(questionnaire, responses, *more):
    arguments = ["score", str(responses), "--questionnaire", str(questionnaire), *more, "--json"]
    said = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert said.exit_code == 0, said.stderr
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def disguised(tmp_path_factory):
    """The shipped questionnaire with another name for each of its ids, and the names."""
    source = find_shipped_folder() / "social-media-integration"
    structure, advice = (questionnaire_files.read_toml(source / f"{part}.toml") for part in ("questionnaire", "advice"))
    names = questionnaire_files.make_new_names(structure, advice)
    folder = questionnaire_files.write_questionnaire(
        tmp_path_factory.mktemp("disguised") / "questionnaire",
        questionnaire_files.rename_ids(structure, names),
        questionnaire_files.rename_ids(advice, names),
        questionnaire_files.rename_texts(questionnaire_files.read_toml(source / "translations" / "en.toml"), names),
    )
    return folder, names


@pytest.mark.parametrize("case", CASES)
def test_shipped_questionnaire_with_other_ids_gives_equal_figures(case, disguised, tmp_path):
    folder, names = disguised
    responses = tmp_path / "responses.csv"
    text = (GOLDEN / f"{case}.csv").read_text(encoding="utf-8")
    responses.write_text(questionnaire_files.rename_responses(text, names), encoding="utf-8")
    settings = GOLDEN / f"{case}.settings.toml"
    more = []
    if settings.exists():
        (tmp_path / "settings.toml").write_text(
            questionnaire_files.format_toml(
                questionnaire_files.rename_ids(questionnaire_files.read_toml(settings), names, keys=True)
            ),
            encoding="utf-8",
        )
        more = ["--settings", str(tmp_path / "settings.toml")]

    given = score(folder, responses, "--unsuppressed", *more)

    former = {new: old for old, new in names.items()}
    expected = json.loads((GOLDEN / f"{case}.json").read_text(encoding="utf-8"))
    assert list(find_differences(expected, questionnaire_files.rename_ids(given, former, keys=True))) == []


def test_every_id_of_shipped_questionnaire_is_renamed(disguised):
    folder, names = disguised

    found = load_questionnaire(folder)

    parts = (found.functions, found.dimensions, found.roles, found.channels, found.items, found.sections, found.rules)
    ids = [found.id, *(each.id for part in parts for each in part), *found.horizons]
    assert set(ids) <= set(names.values())
    assert set(names).isdisjoint(names.values())


def test_synthetic_questionnaire_matches_figures_computed_by_hand(tmp_path):
    folder = questionnaire_files.write_questionnaire(
        tmp_path / "bakery", bakery_questionnaire.STRUCTURE, bakery_questionnaire.ADVICE, bakery_questionnaire.TEXTS
    )
    responses = tmp_path / "responses.csv"
    responses.write_text(bakery_questionnaire.RESPONSES, encoding="utf-8")

    given = score(folder, responses, "--unsuppressed")

    assert list(find_differences(bakery_questionnaire.EXPECTED, given)) == []
