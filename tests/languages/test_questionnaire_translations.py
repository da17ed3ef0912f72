"""The shipped questionnaires in every language: whole, of today's wording; consultants are told when theirs are not."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.questionnaires import find_problems, find_shipped_folder, lint_folders, load_questionnaire
from tests.languages.punctuation import FAULTS

LANGUAGES = ("de", "es", "fr")
QUESTIONNAIRES = tuple(sorted(path.name for path in find_shipped_folder().iterdir() if path.is_dir()))
OWN = ("translated_from", "unchanged")


def load_texts(id_, language):
    """Every text of a translation by its place."""
    file = find_shipped_folder() / id_ / "translations" / f"{language}.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return dict(_list_leaves({key: value for key, value in content.items() if key not in OWN}))


def _list_leaves(node, place=()):
    if isinstance(node, dict | list):
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _list_leaves(inner, (*place, key))
    elif isinstance(node, str):
        yield place, node


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(find_shipped_folder() / QUESTIONNAIRES[0], tmp_path / QUESTIONNAIRES[0]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id_", QUESTIONNAIRES)
def test_every_questionnaire_text_is_translated(id_, language):
    source, found = load_texts(id_, "en"), load_texts(id_, language)

    assert found.keys() == source.keys()
    assert [place for place, text in source.items() if text and not found[place].strip()] == []


@pytest.mark.parametrize("id_", QUESTIONNAIRES)
def test_translations_match_the_current_source(id_):
    questionnaire = load_questionnaire(find_shipped_folder() / id_)

    assert set(questionnaire.texts) == {"en", *LANGUAGES}
    assert find_problems([find_shipped_folder() / id_]) == []
    assert lint_folders([find_shipped_folder() / id_]) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id_", QUESTIONNAIRES)
def test_punctuation_follows_language_rules(id_, language):
    wrong = [
        (fault, text)
        for fault, pattern in FAULTS[language].items()
        for text in load_texts(id_, language).values()
        if re.search(pattern, text)
    ]

    assert wrong == []


def check_with_change(copy, file, old, new):
    """Return the check's messages after a change to one file."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return CliRunner().invoke(main, ["questionnaire", "check", str(copy)])


@pytest.mark.slow
def test_lint_warns_of_outdated_translation(copy):
    said = check_with_change(
        copy, "translations/en.toml", "Who mainly answers customers on social media?", "Who replies to customers?"
    )

    for language in LANGUAGES:
        assert f"`en` reads otherwise than when `{language}` was last compared with it." in said.output
        assert f"{language}.toml:" in said.output


@pytest.mark.slow
def test_lint_warns_of_untranslated_text(copy):
    said = check_with_change(
        copy,
        "translations/fr.toml",
        '"Qui répond principalement à la clientèle',
        '"Who mainly answers customers on social media?" #',
    )

    assert "is as in the source language: 'Who mainly answers customers on social media?'" in said.output
    assert "fr.toml:" in said.output


def test_lint_warns_of_missing_text(copy):
    said = check_with_change(copy, "translations/es.toml", 'marketing = "Marketing"\n', "")

    assert said.exit_code == 1
    assert "`functions` has no text for `marketing`." in said.output
