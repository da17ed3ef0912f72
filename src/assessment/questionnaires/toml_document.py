"""TOML documents, read within limits; anything unreadable becomes a problem with its line."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, TypeAlias

from assessment.errors import Problem
from assessment.questionnaires.toml_lines import KeyPath, find_line, find_overlong_line, map_lines

MAX_FILE_BYTES = 1 << 20
MAX_DEPTH = 12
# Control characters (category Cc) other than line feed; and bidi controls, which display text in another order.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

ReportProblem: TypeAlias = Callable[[KeyPath, str, str], None]


class TomlDocument:
    """One TOML file: its content, and the problems found in it so far."""

    def __init__(self, file: FilePath) -> None:
        self.file = file
        self.content: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.source = b""
        self.is_readable = self._read_file()

    def report(self, path: KeyPath, message: str, remedy: str = "") -> None:
        """Add a problem at the line of `path`."""
        self._add(message, remedy, find_line(self.lines, path))

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """Lines by key path; computed only if there is a problem to report."""
        return map_lines(self.source)

    def _add(self, message: str, remedy: str, line: int | None) -> None:
        self.problems.append(Problem(message, remedy, file=str(self.file), line=line))

    def _read_file(self) -> bool:
        try:
            with self.file.open("rb") as opened:
                source = opened.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            self._add(f"The file can’t be read: {error.strerror}.", "Check that it exists and may be read.", None)
            return False
        if len(source) > MAX_FILE_BYTES:
            self._add("The file is larger than 1 MiB.", "Remove what does not belong in a questionnaire.", None)
            return False
        return self._parse_source(source)

    def _parse_source(self, source: bytes) -> bool:
        # The parser normalises \r\n itself; line numbers are unaffected.
        self.source = source.removeprefix(b"\xef\xbb\xbf")
        if (line := find_overlong_line(self.source)) is not None:
            self._add("This line has too many dots.", "Write short keys.", line)
            return False
        try:
            content = tomllib.loads(self.source.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            self._add("The file is not UTF-8 text.", "Save it as UTF-8.", line)
        except tomllib.TOMLDecodeError as error:
            self._add(*_describe_syntax_error(str(error)), _find_syntax_line(str(error), self.source))
        except (RecursionError, ValueError):
            self._add("The file can’t be read as TOML.", "Look for a value that is nested or large beyond reason.", 1)
        else:
            return self._accept_content(content)
        return False

    def _accept_content(self, content: dict[str, Any]) -> bool:
        if _measure_depth(content) > MAX_DEPTH:
            self._add("Values are nested too deeply.", "Use the keys that the format knows.", 1)
            return False
        self.content = content
        for path, text in iterate_texts(content):
            if FORBIDDEN.search(text):
                self.report(path, f"`{format_path(path)}` has a control character.", "Retype the text without it.")
        return True


def format_path(path: KeyPath) -> str:
    """Format a key path as in TOML, elements counted from 1: `items[3].roles`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def iterate_texts(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield path and value of every string in a document, keys included."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from iterate_texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from iterate_texts(inner, (*path, index))


def _measure_depth(value: object) -> int:
    """Return the nesting depth, breadth first: recursion would reach Python's own limit."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [inner for outer in level for inner in _iterate_children(outer) if isinstance(inner, dict | list)]
    return depth


def _iterate_children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _describe_syntax_error(error: str) -> tuple[str, str]:
    reason = re.sub(r" \(at .*\)$", "", error)
    return f"This is not valid TOML: {reason}.", "Look for a missing quote, comma or bracket here or just above."


def _find_syntax_line(error: str, source: bytes) -> int:
    match = re.search(r"\(at line (\d+)", error)
    return int(match[1]) if match else source.rstrip(b"\n").count(b"\n") + 1
