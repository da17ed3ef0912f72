"""Line numbers in TOML files: key path -> line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

MAX_DOTS = 100  # in the keys and numbers of one line
TRIPLE_QUOTES = (b'"""', b"'''")
# An open string reaches to the end of its line: a pattern that tried again from every quote would take long.
STRING_PATTERN = re.compile(rb"""\"(?:[^"\\]|\\.)*+(?:"|$)|'[^']*+(?:'|$)""")
KeyPath: TypeAlias = tuple[str | int, ...]

KEY_NODE_TYPES = ("bare_key", "quoted_key", "dotted_key")


def map_lines(source: bytes) -> Mapping[KeyPath, int]:
    """Map every table, key and element to its line, from 1; the file must be valid TOML."""
    tree = Parser(Language(tree_sitter_toml.language())).parse(source)
    counts: dict[KeyPath, int] = {}
    lines: dict[KeyPath, int] = {}
    for node in tree.root_node.named_children:
        for path, line in _walk_top_level(node, counts):
            lines[path] = line
            for end in range(1, len(path)):
                lines.setdefault(path[:end], line)  # an implicit table starts with its first key
    return lines


def find_line(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return the line of `path`, or of its nearest parent if it is missing."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _walk_top_level(node: Node, counts: dict[KeyPath, int]) -> Iterator[tuple[KeyPath, int]]:
    if node.type == "pair":
        yield from _walk_pair(node, ())
    elif node.type in ("table", "table_array_element"):
        yield from _walk_table(node, counts)


def _walk_table(node: Node, counts: dict[KeyPath, int]) -> Iterator[tuple[KeyPath, int]]:
    """Walk a table; `counts` has the number of elements of each array of tables so far."""
    names, *pairs = node.named_children[0], *node.named_children[1:]
    path: KeyPath = ()
    keys = _parse_key(names)
    for position, key in enumerate(keys):
        path = (*path, key)
        is_last = position == len(keys) - 1
        if is_last and node.type == "table_array_element":
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    yield path, _find_line_number(node)
    for pair in pairs:
        if pair.type == "pair":
            yield from _walk_pair(pair, path)


def _walk_pair(node: Node, above: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    names, *values = (child for child in node.named_children if child.type != "comment")
    path = (*above, *_parse_key(names))
    yield path, _find_line_number(node)
    for value in values:
        yield from _walk_value(value, path)


def _walk_value(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if node.type == "array":
        elements = (child for child in node.named_children if child.type != "comment")
        for index, element in enumerate(elements):
            yield (*path, index), _find_line_number(element)
            yield from _walk_value(element, (*path, index))
    elif node.type == "inline_table":
        for pair in node.named_children:
            if pair.type == "pair":
                yield from _walk_pair(pair, path)


def _parse_key(node: Node) -> tuple[str, ...]:
    if node.type == "dotted_key":
        return tuple(
            part for child in node.named_children if child.type in KEY_NODE_TYPES for part in _parse_key(child)
        )
    text = (node.text or b"").decode()
    return (next(iter(tomllib.loads(f"{text} = 0"))),) if node.type == "quoted_key" else (text,)


def _find_line_number(node: Node) -> int:
    return node.start_point.row + 1


def find_overlong_line(source: bytes) -> int | None:
    """Return the first line with more than `MAX_DOTS` dots outside texts; None if there is none.

    `tomllib` takes time that grows with the square of the parts of a dotted key: 20,000 of them take many seconds.
    """
    if source.count(b".") <= MAX_DOTS:
        return None
    lines = enumerate(source.splitlines(), start=1)
    return next((number for number, line in lines if line.count(b".") > MAX_DOTS and _has_many_dots(line)), None)


def _has_many_dots(line: bytes) -> bool:
    """Count dots outside strings; all of them next to triple quotes, where a string may have begun lines before."""
    keys = line if any(quotes in line for quotes in TRIPLE_QUOTES) else STRING_PATTERN.sub(b"", line)
    return keys.count(b".") > MAX_DOTS
