"""Tables of the decisions that name a test for each sentence that promises something."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
from jinja2.ext import babel_extract

from assessment.cli import main

ROOT = Path(__file__).parents[1]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
WITHOUT_PROMISE = ROOT / "tests" / "sentences_without_promise.txt"
ROW = re.compile(r"^\| ([\w/ -]+) \| (.+) \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.MULTILINE)
KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
Row = tuple[str, str, str, str]  # where it is said, the sentence, file and name of a test


def read_rows() -> list[Row]:
    """Return the rows of all tables."""
    return [row for decision in DECISIONS for row in ROW.findall(decision.read_text("utf-8"))]


def count_lines() -> int:
    """Count the lines of tables that name a test."""
    lines = [line for decision in DECISIONS for line in decision.read_text("utf-8").splitlines()]
    return sum(line.startswith("|") and "`tests/" in line and "::test_" in line for line in lines)


def read_sentences_without_promise() -> dict[str, set[str]]:
    """Return the texts that promise nothing, by section."""
    sections: dict[str, set[str]] = {}
    for part in WITHOUT_PROMISE.read_text("utf-8").split("\n# ")[1:]:
        name, *texts = part.splitlines()
        sections[name] = {text for text in texts if text}
    return sections


def has_test(file: Path, name: str) -> bool:
    """Return whether the file has a test of this name."""
    return name in _read_test_names(file)


@cache
def _read_test_names(file: Path) -> frozenset[str]:
    return frozenset(
        re.findall(r"^(?:async )?def (\w+)\(", file.read_text("utf-8"), re.MULTILINE) if file.exists() else ()
    )


@cache
def read_texts(template: Path) -> tuple[str, ...]:
    """Return the visible texts of a template, in English; the singular of those that have a plural."""
    with template.open("rb") as source:
        found = list(babel_extract(source, KEYWORDS, [], {}))
    texts = []
    for _, function, message, _ in found:
        if not message or message == (None, None):
            continue
        parts = [message] if isinstance(message, str) else [part for part in message if part]
        texts.append(parts[-1] if function == "pgettext" else parts[0])
    return tuple(texts)


def read_page_sentences(page: Path) -> Iterator[str]:
    """Yield the sentences of a page in Markdown without its code, and the rows of its tables."""
    block: list[str] = []
    is_code = False
    for line in [*page.read_text("utf-8").splitlines(), ""]:
        if line.lstrip().startswith("```"):
            is_code = not is_code
        if is_code or line.lstrip().startswith("```"):
            continue
        is_row, is_point = line.startswith("|"), re.match(r"(- |\d+\. )", line)
        if is_row or is_point or not line.strip() or line.startswith("#"):
            yield from split_sentences(" ".join(block))
            block = []
        if is_row and not re.fullmatch(r"[|\- ]+", line):
            yield join_cells(plain(line.strip("| ")))
        elif line.strip() and not is_row and not line.startswith("#"):
            block.append(re.sub(r"^(- |\d+\. )", "", line).strip())


def split_sentences(text: str) -> list[str]:
    """Split a paragraph after full stops, colons, question marks and semicolons before a capital letter."""
    return re.split(r'(?<=[.:?;]) (?=[A-Z"])', plain(text)) if text else []


def plain(text: str) -> str:
    """Return a text without emphasis and line breaks."""
    return " ".join(text.replace("*", "").split())


def join_cells(text: str) -> str:
    """Put dots between the cells of tables, since the tables of decisions have cells of their own."""
    return text.replace(" | ", " · ")


def list_commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command of the command line with its path, such as `key add`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from list_commands(command, (*path, name))


def read_help_sentences(command: click.Command) -> Iterator[str]:
    """Yield the sentences of a command's help and of its options'."""
    texts = [command.help, *(getattr(option, "help", None) for option in command.params)]
    for text in texts:
        yield from split_sentences(" ".join((text or "").split()))
