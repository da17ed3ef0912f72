"""`assessment compare`: two files as two waves."""

import csv
import json

import pytest

from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests import bakery_questionnaire, questionnaire_files

FULL = "social-media-integration"
PULSE = "social-media-pulse"


@pytest.fixture
def earlier(golden):
    return golden / "gap-50.csv"


@pytest.fixture
def later(golden):
    return golden / "contested-60.csv"


@pytest.fixture
def doubled(tmp_path, golden):
    """Everybody of a golden case twice, so that no role in a function is small."""

    def doubled(name="gap-50", keep=lambda _: True):
        with (golden / f"{name}.csv").open(encoding="utf-8") as file:
            people = [row for row in csv.DictReader(file) if keep(row)]
        path = tmp_path / f"{name}-{len(people)}.csv"
        with path.open("w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, people[0])
            writer.writeheader()
            for copy in (1, 2):
                writer.writerows(row | {"respondent": f"{row['respondent']}-{copy}"} for row in people)
        return path

    return doubled


def test_table_shows_changes_amounts_and_limits(run, earlier, later):
    said = run("compare", earlier, later, "--earlier-date", "2026-01-01", "--date", "2026-11-01")

    assert said.exit_code == 0
    assert said.stderr == ""
    marketing = next(line for line in said.stdout.splitlines() if line.strip().startswith("Marketing"))
    assert "+42.7 (±6.1)  up" in marketing
    assert "is not split up" in said.stdout
    assert "A scenario, not a forecast." in said.stdout
    assert "100% of the later wave’s items" in said.stdout


def test_json_contains_figures_of_table_and_both_files(run, earlier, later):
    found = json.loads(run("compare", earlier, later, "--json").stdout)
    one, two = (json.loads(run("score", each, "--json").stdout) for each in (earlier, later))

    assert found["overall"]["after"] == pytest.approx(two["overall"]["score"])
    assert found["overall"]["before"] == pytest.approx(one["overall"]["score"])
    assert found["functions"]["marketing"]["changed"] is True
    assert found["functions"]["hr"]["changed"] is False
    assert found["overall"]["attribution"]["refused"] == "fewer than 6 people in one role"


def test_attribution_with_enough_answers_per_role_is_shown(run, doubled):
    whole, without = doubled(), doubled(keep=lambda row: row["role"] != "leader")

    found = json.loads(run("compare", whole, without, "--json").stdout)

    parts = [part["attribution"] for part in found["functions"].values()]
    assert any(part["who"] for part in parts)
    assert all(part["answers"] + part["who"] + part["instrument"] == pytest.approx(part["change"]) for part in parts)


def test_unsuppressed_comparison_hides_and_rejects_nothing(run, earlier, later):
    found = json.loads(run("compare", earlier, later, "--unsuppressed", "--json").stdout)

    assert all(part["attribution"]["refused"] is None for part in found["functions"].values())


def test_short_wave_is_compared_with_full_one(run, tmp_path, golden):
    later = golden / "plain-24.csv"
    pulse = tmp_path / "pulse.csv"
    known = load_questionnaire(find_shipped_folder() / PULSE).item.keys() | {"respondent", "role", "functions"}
    with later.open(encoding="utf-8") as file, pulse.open("w", encoding="utf-8") as out:
        people = list(csv.DictReader(file))
        writer = csv.DictWriter(out, [name for name in people[0] if name in known], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(people)

    found = json.loads(run("compare", later, pulse, "--json").stdout)

    assert [found[side]["questionnaire"]["id"] for side in ("earlier", "later")] == [FULL, PULSE]
    assert found["breaks"] == []
    assert {item["change"] for item in found["items"].values()} == {0}


def test_questionnaires_without_common_item_are_rejected_with_remedy(run, tmp_path, earlier):
    other = questionnaire_files.write_questionnaire(
        tmp_path / "bakery", bakery_questionnaire.STRUCTURE, bakery_questionnaire.ADVICE, bakery_questionnaire.TEXTS
    )
    responses = tmp_path / "bakery.csv"
    responses.write_text(bakery_questionnaire.RESPONSES, encoding="utf-8")

    said = run("compare", earlier, responses, "--questionnaire", other, "--earlier-questionnaire", FULL)

    assert said.exit_code == 1
    assert "share no items" in said.stderr
    assert "--earlier-questionnaire" in said.stderr


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (("--unsuppressed", "--minimum-group", "5"), "choose one"),
        (("--earlier-date", "2026-12-01", "--date", "2026-11-01"), "name the earlier file first"),
    ],
)
def test_contradictory_options_are_usage_error(run, earlier, later, options, remedy):
    said = run("compare", earlier, later, *options)

    assert said.exit_code == 2
    assert remedy in said.stderr


def test_mistakes_in_file_are_reported_with_line(run, tmp_path, later):
    broken = tmp_path / "broken.csv"
    broken.write_text(later.read_text("utf-8").replace(",leader,", ",boss,", 1), "utf-8")

    said = run("compare", broken, later)

    assert said.exit_code == 1
    assert "broken.csv:" in said.stderr
