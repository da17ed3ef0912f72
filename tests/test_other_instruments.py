"""The engine knows no instrument: other ids give the same figures, and a made-up one those worked out by hand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.library import load, shipped
from tests import bakery, instruments
from tests.golden_figures import differences

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
    source = shipped() / "social-media-integration"
    structure, advice = (instruments.read(source / f"{part}.toml") for part in ("questionnaire", "advice"))
    names = instruments.new_names(structure, advice)
    folder = instruments.write(
        tmp_path_factory.mktemp("disguised") / "questionnaire",
        instruments.renamed(structure, names),
        instruments.renamed(advice, names),
        instruments.renamed_texts(instruments.read(source / "translations" / "en.toml"), names),
    )
    return folder, names


@pytest.mark.parametrize("case", CASES)
def test_the_shipped_instrument_gives_the_same_figures_under_other_ids(case, disguised, tmp_path):
    folder, names = disguised
    responses = tmp_path / "responses.csv"
    text = (GOLDEN / f"{case}.csv").read_text(encoding="utf-8")
    responses.write_text(instruments.renamed_responses(text, names), encoding="utf-8")
    settings = GOLDEN / f"{case}.settings.toml"
    more = []
    if settings.exists():
        (tmp_path / "settings.toml").write_text(
            instruments.toml(instruments.renamed(instruments.read(settings), names, keys=True)), encoding="utf-8"
        )
        more = ["--settings", str(tmp_path / "settings.toml")]

    given = score(folder, responses, "--unsuppressed", *more)

    former = {new: old for old, new in names.items()}
    expected = json.loads((GOLDEN / f"{case}.json").read_text(encoding="utf-8"))
    assert list(differences(expected, instruments.renamed(given, former, keys=True))) == []


def test_every_id_of_the_shipped_instrument_gets_another_name(disguised):
    folder, names = disguised

    found = load(folder)

    parts = (found.functions, found.dimensions, found.roles, found.channels, found.items, found.sections, found.rules)
    ids = [found.id, *(each.id for part in parts for each in part), *found.horizons]
    assert set(ids) <= set(names.values())
    assert set(names).isdisjoint(names.values())


def test_a_made_up_instrument_gives_the_figures_worked_out_by_hand(tmp_path):
    folder = instruments.write(tmp_path / "bakery", bakery.STRUCTURE, bakery.ADVICE, bakery.TEXTS)
    responses = tmp_path / "responses.csv"
    responses.write_text(bakery.RESPONSES, encoding="utf-8")

    given = score(folder, responses, "--unsuppressed")

    assert list(differences(bakery.EXPECTED, given)) == []
