"""The shipped questionnaires in every language: whole, of today's wording; consultants are told when theirs are not."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.library import check, load, shipped, warnings
from tests.languages.marks import FAULTS

LANGUAGES = ("de", "es", "fr")
QUESTIONNAIRES = tuple(sorted(path.name for path in shipped().iterdir() if path.is_dir()))
OWN = ("translated_from", "unchanged")


def texts(id_, language):
    """Every text of a translation by its place."""
    file = shipped() / id_ / "translations" / f"{language}.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return dict(_leaves({key: value for key, value in content.items() if key not in OWN}))


def _leaves(node, place=()):
    if isinstance(node, dict | list):
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(inner, (*place, key))
    elif isinstance(node, str):
        yield place, node


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(shipped() / QUESTIONNAIRES[0], tmp_path / QUESTIONNAIRES[0]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id_", QUESTIONNAIRES)
def test_every_text_is_there_and_says_something(id_, language):
    source, found = texts(id_, "en"), texts(id_, language)

    assert found.keys() == source.keys()
    assert [place for place, text in source.items() if text and not found[place].strip()] == []


@pytest.mark.parametrize("id_", QUESTIONNAIRES)
def test_every_translation_is_of_today_s_wording(id_):
    questionnaire = load(shipped() / id_)

    assert set(questionnaire.texts) == {"en", *LANGUAGES}
    assert check([shipped() / id_]) == []
    assert warnings([shipped() / id_]) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id_", QUESTIONNAIRES)
def test_marks_stand_as_the_language_wants_them(id_, language):
    wrong = [
        (fault, text)
        for fault, pattern in FAULTS[language].items()
        for text in texts(id_, language).values()
        if re.search(pattern, text)
    ]

    assert wrong == []


def told(copy, file, old, new):
    """What the check says after a change to one file."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return CliRunner().invoke(main, ["questionnaire", "check", str(copy)])


def test_a_consultant_is_told_of_a_translation_that_fell_behind(copy):
    said = told(
        copy, "translations/en.toml", "Who mainly answers customers on social media?", "Who replies to customers?"
    )

    for language in LANGUAGES:
        assert f"`en` reads otherwise than when `{language}` was last compared with it." in said.output
        assert f"{language}.toml:" in said.output


def test_a_consultant_is_told_of_a_text_that_was_not_translated(copy):
    said = told(
        copy,
        "translations/fr.toml",
        '"Qui répond principalement à la clientèle',
        '"Who mainly answers customers on social media?" #',
    )

    assert "is as in the source language: 'Who mainly answers customers on social media?'" in said.output
    assert "fr.toml:" in said.output


def test_a_consultant_is_told_of_a_text_that_is_missing(copy):
    said = told(copy, "translations/es.toml", 'marketing = "Marketing"\n', "")

    assert said.exit_code == 1
    assert "`functions` has no text for `marketing`." in said.output
