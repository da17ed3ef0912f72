"""Names a newcomer can guess: functions are verb and object, classes unique, variables no participles or pronouns.

Docstrings begin with a verb or a noun, not with a clause like "What a worker does".
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.containers import ROOT

SOURCES = ROOT / "src" / "assessment"
MIGRATIONS = SOURCES / "storage" / "migrations"

BANNED_VARIABLES = frozenset(
    ["found", "held", "each", "given", "made", "told", "said", "who", "kept", "shown", "whole"]
)

CLAUSES = ("What ", "Whether ", "Who ", "Whoever ", "Where ")

# One-word functions, each with its reason.
ONE_WORD_FUNCTIONS = {
    "storage.results.releases.latest": "reads `releases.latest(…)`: the module supplies the object",
    "cli.root.main": "what the package's entry point is called everywhere",
    "i18n.messages.markers.N_": "gettext's own name for a text that is translated later",
    "i18n.messages.markers.NN_": "the same with a plural",
    "cli.support.messages.N_": "gettext's own name for a text that is translated later",
}

# Variables with a banned name, each with its reason.
BANNED_BUT_NEEDED = {
    "domain.comparison.attribution": "`who` is a field of the results API: a change of the mix of people"
}


@cache
def parse_modules(folder: Path = SOURCES) -> dict[str, ast.Module]:
    """Syntax trees by dotted module name, without migrations: Alembic fixes their names."""
    return {
        ".".join(path.relative_to(folder).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
        if not path.is_relative_to(MIGRATIONS)
    }


def find_one_word_functions(name: str, module: ast.Module) -> Iterator[str]:
    """Public functions of a module, `module.function`, whose name is a single word."""
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and "_" not in node.name.rstrip("_"):
            yield f"{name}.{node.name}"


def find_banned_variables(module: ast.Module) -> Iterator[str]:
    """Variables, parameters and loop targets with a banned name, as `name:line`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in BANNED_VARIABLES:
            yield f"{node.id}:{node.lineno}"
        elif isinstance(node, ast.arg) and node.arg in BANNED_VARIABLES:
            yield f"{node.arg}:{node.lineno}"


def find_repeated_classes(modules: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Class names that more than one module defines."""
    places = defaultdict(list)
    for name, module in modules.items():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    return {name: where for name, where in places.items() if len(where) > 1}


def find_clauses(module: ast.Module) -> Iterator[str]:
    """Docstrings of a module, its classes and functions that begin with a clause."""
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            docstring = ast.get_docstring(node) or ""
            if docstring.startswith(CLAUSES):
                yield docstring.splitlines()[0]


def test_public_functions_have_a_verb_and_an_object():
    one_word = {place for name, module in parse_modules().items() for place in find_one_word_functions(name, module)}

    assert one_word - set(ONE_WORD_FUNCTIONS) == set()


def test_exceptions_for_one_word_functions_all_exist():
    one_word = {place for name, module in parse_modules().items() for place in find_one_word_functions(name, module)}

    assert set(ONE_WORD_FUNCTIONS) - one_word == set()


def test_class_names_are_used_once():
    assert find_repeated_classes(parse_modules()) == {}


def test_variables_are_not_named_by_participles_or_pronouns():
    banned = {name: list(find_banned_variables(module)) for name, module in parse_modules().items()}

    assert {name: places for name, places in banned.items() if places and name not in BANNED_BUT_NEEDED} == {}
    assert [name for name in BANNED_BUT_NEEDED if not banned[name]] == []


@pytest.mark.parametrize("folder", [SOURCES, ROOT / "tests", ROOT / "benchmarks"], ids=lambda folder: folder.name)
def test_docstrings_begin_with_a_verb_or_a_noun(folder):
    assert [line for module in parse_modules(folder).values() for line in find_clauses(module)] == []


def test_search_for_clauses_reports_docstrings_of_modules_and_functions():
    module = ast.parse('"""What it does."""\ndef run():\n    """Whether it runs."""\nclass A:\n    """A thing."""')

    assert list(find_clauses(module)) == ["What it does.", "Whether it runs."]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("found = 1", ["found:1"]),
        ("for each in (): pass", ["each:1"]),
        ("def f(who): pass", ["who:1"]),
        ("x = found", []),
        ("[kept for kept in ()]", ["kept:1"]),
    ],
)
def test_search_for_banned_variables_reports_names_with_lines(source: str, names: list[str]):
    assert list(find_banned_variables(ast.parse(source))) == names


def test_search_for_one_word_functions_ignores_methods_and_two_words():
    module = ast.parse("def save(): pass\ndef save_answer(): pass\nclass A:\n    def run(self): pass")

    assert list(find_one_word_functions("m", module)) == ["m.save"]


def test_search_for_repeated_classes_names_both_modules():
    module = ast.parse("class Answer: pass")

    assert find_repeated_classes({"a": module, "b": module}) == {"Answer": ["a", "b"]}
