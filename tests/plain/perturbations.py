"""Perturb each number of the method in turn: a questionnaire with this number slightly changed."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.questionnaire import Questionnaire

ELSEWHERE = {  # numbers that one result says nothing of
    "scoring.submitted_share",  # who counts at the close
    "indices.outlook.years",  # over waves
    "indices.outlook.reached_at",
}


def nudged(questionnaire: Questionnaire) -> Iterator[tuple[str, Questionnaire]]:
    """By the path of the number."""
    for part in ("scoring", "indices", "prioritising", "roles"):
        for path, other in _nudged(getattr(questionnaire, part), part):
            if path not in ELSEWHERE:
                yield path, replace(questionnaire, **{part: other})


def _nudged(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, int | float) and not isinstance(node, bool):
        yield path, node + 1 if isinstance(node, int) else node * 1.1
    for name, value, rebuilt in _parts(node):
        for where, other in _nudged(value, f"{path}.{name}"):
            yield where, rebuilt(other)


def _parts(node: Any) -> Iterator[tuple[Any, Any, Callable[[Any], Any]]]:
    """Name, value, and how the whole is made again with another value there."""
    if isinstance(node, Struct):
        for name in node.__struct_fields__:
            yield name, getattr(node, name), lambda other, name=name: replace(node, **{name: other})
    elif isinstance(node, dict):
        for name, value in node.items():
            yield name, value, lambda other, name=name: {**node, name: other}
    elif isinstance(node, tuple):
        for place, value in enumerate(node):
            yield place, value, lambda other, place=place: (*node[:place], other, *node[place + 1 :])
