"""Each sentence of the pages on privacy that can be tested has its test (the table of decision 0021)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = next((ROOT / "docs" / "decisions").glob("*-who-counts.md"))
ROW = re.compile(r"^\| (privacy|anonymity) \| (.+) \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.MULTILINE)
ROWS = ROW.findall(TABLE.read_text("utf-8"))
LEAST = 40


def plain(text):
    """Without emphasis and line breaks."""
    return " ".join(text.replace("*", "").split())


def has_test(file, name):
    """Whether the file has a test of this name."""
    return file.exists() and re.search(rf"^(?:async )?def {name}\(", file.read_text("utf-8"), re.MULTILINE) is not None


@pytest.mark.parametrize(("page", "sentence"), sorted({row[:2] for row in ROWS}))
def test_sentence_in_table_is_on_its_page(page, sentence):
    assert sentence in plain((ROOT / "docs" / f"{page}.md").read_text("utf-8"))


def test_tests_in_table_exist():
    missing = {f"{file}::{name}" for _, _, file, name in ROWS if not has_test(ROOT / file, name)}

    assert missing == set()


def test_table_is_parsed_completely():
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if "`tests/" in line and line.startswith("|")]

    assert len(ROWS) == len(lines) >= LEAST
