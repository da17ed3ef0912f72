"""Rules that no linter knows: no id of an instrument in the code, no trace of a machine, a short README."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers import ROOT

SOURCES = ROOT / "src" / "assessment"
DEMO = SOURCES / "demo"
README_MOST = 120

# Ids that are also everyday words, and where a whole string of that word means something else.
ALSO_ENGLISH = {
    "channels": ("questionnaires/",),  # a section of the format
    "email": ("",),  # a person's address, as the contract's field names it
    # A side of the gap, as the result names it.
    "leader": ("domain/report/sections/perception_gap.py", "questionnaires/checks/structure.py"),
    "people": (
        "domain/report/",
        "web/console/",
        "services/assessments/client_erasure.py",
    ),  # what is counted; a step of setting up
    "practitioner": ("domain/report/sections/perception_gap.py", "questionnaires/checks/structure.py"),
}
# Built from parts, so that this file does not trip over itself.
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org"))
]
PLACES = ["/".join(("", *parts, "")) for parts in (("root",), ("home", "runner"), ("opt", "wheels"), ("opt", "pypi"))]
TRACES = re.compile("|".join(re.escape(trace) for trace in (*REGISTRIES, *PLACES, str(ROOT.parent) + "/")))


def list_questionnaire_ids() -> set[str]:
    """Every id that the shipped questionnaires define: of items, functions, dimensions, roles, options, rules."""
    ids: set[str] = set()
    for path in (ROOT / "questionnaires").glob("*/*.toml"):
        ids |= set(_ids(tomllib.loads(path.read_text(encoding="utf-8"))))
    return ids


def _ids(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        if isinstance(content.get("id"), str):
            yield content["id"]
        for key, value in content.items():
            if key == "options":
                yield from (option for option in value if isinstance(option, str))
            yield from _ids(value)
    elif isinstance(content, list):
        for value in content:
            yield from _ids(value)


def is_unambiguous_id(text: str) -> bool:
    """Return whether a word can only be an id and no English word: it has a hyphen, a digit or a capital."""
    return not re.fullmatch(r"[a-z]+", text)


def select_forbidden_ids(module: str, ids: set[str]) -> set[str]:
    """Ids that no string of this module may equal: all but those that are English words there (`ALSO_ENGLISH`)."""
    return {name for name in ids if not module.startswith(ALSO_ENGLISH.get(name, ()))}


def find_ids_in_python(text: str, ids: set[str]) -> list[str]:
    """Ids in string constants: the whole string, or an unambiguous id as one of its words."""
    constants = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    strings = [value for value in constants if isinstance(value, str)]
    whole = [text for text in strings if text in ids]
    return whole + [found for text in strings if text not in ids for found in find_unambiguous_ids(text, ids)]


def find_unambiguous_ids(text: str, ids: set[str]) -> list[str]:
    """Unambiguous ids among the words of a text."""
    words = re.findall(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", text)
    return [word for word in words if word in ids and is_unambiguous_id(word)]


def list_tracked_files(*patterns: str) -> list[Path]:
    """Files that git knows, and that are still there."""
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def find_local_traces(text: str) -> list[str]:
    """Registry hosts and places of one machine."""
    return TRACES.findall(text)


def has_opening_line(text: str) -> bool:
    """Return True if the module has a docstring of one line or more."""
    docstring = ast.get_docstring(ast.parse(text))
    return bool(docstring and docstring.splitlines()[0].strip())


def list_paths(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def test_shipped_questionnaires_have_ids_to_search_for():
    assert len(list_questionnaire_ids()) > 100


def test_code_contains_no_questionnaire_ids():
    ids = list_questionnaire_ids()

    found = {
        module: names
        for path in SOURCES.rglob("*.py")
        if not path.is_relative_to(DEMO)
        and (module := path.relative_to(SOURCES).as_posix())
        and (names := find_ids_in_python(path.read_text(encoding="utf-8"), select_forbidden_ids(module, ids)))
    }

    assert found == {}


def test_templates_contain_no_questionnaire_ids():
    ids = list_questionnaire_ids()
    pages = [*(ROOT / "templates").rglob("*.html"), *SOURCES.rglob("*.js"), *SOURCES.rglob("*.css")]

    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in pages
        if (names := find_unambiguous_ids(path.read_text(encoding="utf-8"), ids))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("role = 'leader'", ["leader"]),
        ("ask(f'how is {x} in customer-service')", ["customer-service"]),
        ("hint = 'see CS-P1, then go on'", ["CS-P1"]),
        ("title = 'a leader reads this'", []),
        ("leader = 1", []),
    ],
)
def test_id_search_finds_ids_and_skips_common_words(text, found):
    assert find_ids_in_python(text, {"leader", "customer-service", "CS-P1"}) == found


def test_tracked_files_name_no_registry_or_local_path():
    readable = [path for path in list_tracked_files() if b"\0" not in path.read_bytes()]

    found = {
        list_paths([path])[0]: hits
        for path in readable
        if (hits := find_local_traces(path.read_text(encoding="utf-8", errors="replace")))
    }

    assert found == {}


def test_common_word_is_allowed_only_in_its_other_meaning():
    modules = ("questionnaires/checks/structure.py", "domain/survey/routing.py")

    passing = [module for module in modules if not select_forbidden_ids(module, {"leader"})]

    assert passing == ["questionnaires/checks/structure.py"]


@pytest.mark.parametrize("text", [f"https://files.{REGISTRIES[1]}/x", f"cd {PLACES[0]}x", f"open('{ROOT}/x')"])
def test_trace_search_finds_local_traces(text):
    assert find_local_traces(text)


def test_readme_is_short():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert len(lines) <= README_MOST


def test_readme_and_docs_have_no_dead_links():
    links = [
        (path, target.partition("#")[0])
        for path in list_tracked_files("*.md")
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("#", "mailto:"))
    ]

    assert [f"{path.name}: {target}" for path, target in links if not (path.parent / target).exists()] == []


def test_every_module_has_a_docstring():
    modules = [*SOURCES.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "hatch_build.py"]

    silent = [path for path in modules if not has_opening_line(path.read_text(encoding="utf-8"))]

    assert list_paths(silent) == []


@pytest.mark.parametrize("text", ["", "x = 1", '"""   """'])
def test_module_without_docstring_is_detected(text):
    assert not has_opening_line(text)


def test_build_tools_have_one_pinned_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = set(project["build-system"]["requires"])
    lock = (ROOT / "requirements" / "build.txt").read_text(encoding="utf-8")

    assert wanted <= set(project["dependency-groups"]["build"])
    assert [pin for pin in wanted if f"{pin} " not in lock] == []


def test_every_dependency_has_a_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    asked = {re.split(r"[>=;\[]", line)[0] for lines in (project["project"]["dependencies"], *groups) for line in lines}
    text = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")

    told = {name.partition("[")[0] for name in re.findall(r"`([a-z0-9\[\]-]+)`", text)}

    assert asked - told == set()


def test_lock_files_are_pinned_and_hashed():
    for path in (ROOT / "requirements").glob("*.txt"):
        entries = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8")).splitlines()

        assert entries
        assert [entry for entry in entries if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", entry)] == []
