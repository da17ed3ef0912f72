"""Line numbers in TOML files: key path -> line."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path: TypeAlias = tuple[str | int, ...]

KEYS = ("bare_key", "quoted_key", "dotted_key")


def places(source: bytes) -> Mapping[Path, int]:
    """Map every table, key and element to its line, from 1; the file must be valid TOML."""
    tree = Parser(Language(tree_sitter_toml.language())).parse(source)
    counts: dict[Path, int] = {}
    lines: dict[Path, int] = {}
    for node in tree.root_node.named_children:
        for path, line in _top(node, counts):
            lines[path] = line
            for end in range(1, len(path)):
                lines.setdefault(path[:end], line)  # an implicit table starts with its first key
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of `path`, or of its nearest parent if it is missing."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _top(node: Node, counts: dict[Path, int]) -> Iterator[tuple[Path, int]]:
    if node.type == "pair":
        yield from _pair(node, ())
    elif node.type in ("table", "table_array_element"):
        yield from _table(node, counts)


def _table(node: Node, counts: dict[Path, int]) -> Iterator[tuple[Path, int]]:
    """Walk a table; `counts` has the number of elements of each array of tables so far."""
    names, *pairs = node.named_children[0], *node.named_children[1:]
    path: Path = ()
    keys = _key(names)
    for position, key in enumerate(keys):
        path = (*path, key)
        is_last = position == len(keys) - 1
        if is_last and node.type == "table_array_element":
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    yield path, _line(node)
    for pair in pairs:
        if pair.type == "pair":
            yield from _pair(pair, path)


def _pair(node: Node, above: Path) -> Iterator[tuple[Path, int]]:
    names, *values = (child for child in node.named_children if child.type != "comment")
    path = (*above, *_key(names))
    yield path, _line(node)
    for value in values:
        yield from _value(value, path)


def _value(node: Node, path: Path) -> Iterator[tuple[Path, int]]:
    if node.type == "array":
        elements = (child for child in node.named_children if child.type != "comment")
        for index, element in enumerate(elements):
            yield (*path, index), _line(element)
            yield from _value(element, (*path, index))
    elif node.type == "inline_table":
        for pair in node.named_children:
            if pair.type == "pair":
                yield from _pair(pair, path)


def _key(node: Node) -> tuple[str, ...]:
    if node.type == "dotted_key":
        return tuple(part for child in node.named_children if child.type in KEYS for part in _key(child))
    text = (node.text or b"").decode()
    return (next(iter(tomllib.loads(f"{text} = 0"))),) if node.type == "quoted_key" else (text,)


def _line(node: Node) -> int:
    return node.start_point.row + 1
