"""Compare two PDFs object by object, independent of how each was saved.

Two objects are equal if everything reachable from them is. Only storage details (compression, length) are ignored.
"""

from collections.abc import Iterator
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from assessment.pdf.inspection.digests import decode_stream

STORAGE_KEYS = frozenset({"/Length", "/Filter", "/DecodeParms"})
PAGE_TREE_KEYS = frozenset({"/Type", "/Kids", "/Count", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Rotate"})
TRAILER_KEYS = frozenset(
    {"/Root", "/Info", "/ID", "/Size", "/Prev", "/XRefStm", "/Type", "/W", "/Index", "/Encrypt", "/First", "/N"}
)
MAX_DEPTH = 40
ObjectPair = tuple[str, Any, Any]


def find_difference(actual: Pdf, expected: Pdf) -> str | None:
    """Return the path of the first difference; None if there is none."""
    return next(_PdfComparison(actual, expected).find_differences(), None)


class _PdfComparison:
    def __init__(self, actual: Pdf, expected: Pdf) -> None:
        self.sides = actual, expected
        self.pages = [{page.obj.objgen: number for number, page in enumerate(pdf.pages)} for pdf in self.sides]
        self.seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()
        self.waiting: list[ObjectPair] = []

    def find_differences(self) -> Iterator[str]:
        """Yield the path of every difference."""
        actual, expected = self.sides
        yield from (name for name in sorted(_list_keys(actual.trailer, STORAGE_KEYS | TRAILER_KEYS)))
        yield from (f"Pages.{name}" for name in _find_extra_tree_keys(actual.Root.Pages, 0))
        self._queue_entries("", actual.Root, expected.Root, frozenset({"/Pages", "/Version"}))
        self.waiting.append(("Info", actual.trailer.get(Name.Info), expected.trailer.get(Name.Info)))
        for number, (first, second) in enumerate(zip(actual.pages, expected.pages, strict=False), start=1):
            self._queue_entries(f"page {number}.", first.obj, second.obj, frozenset({"/Parent"}))
        while self.waiting:
            place, first, second = self.waiting.pop()
            if not self._is_equal(place, first, second):
                yield place

    def _is_equal(self, place: str, first: Any, second: Any) -> bool:  # noqa: ANN401 - any object
        """Compare two objects shallowly; their contents are queued."""
        if not (isinstance(first, Object) and isinstance(second, Object)):
            return bool(first == second) and isinstance(first, bool) is isinstance(second, bool)
        if first.is_indirect and second.is_indirect:
            if (first.objgen, second.objgen) in self.seen:
                return True
            self.seen.add((first.objgen, second.objgen))
            numbers = [pages.get(value.objgen) for pages, value in zip(self.pages, (first, second), strict=True)]
            if numbers != [None, None]:
                return numbers[0] == numbers[1]
        return self._compare_contents(place, first, second)

    def _compare_contents(self, place: str, first: Object, second: Object) -> bool:
        if isinstance(first, Stream) and isinstance(second, Stream):
            self._queue_entries(f"{place}.", first, second, STORAGE_KEYS)
            return decode_stream(first) == decode_stream(second)
        if isinstance(first, Dictionary) and isinstance(second, Dictionary):
            self._queue_entries(f"{place}.", first, second, frozenset())
            return True
        if isinstance(first, Array) and isinstance(second, Array):
            pairs = zip(first, second, strict=False)
            self.waiting += [(f"{place}[{number}]", *pair) for number, pair in enumerate(pairs)]
            return len(first) == len(second)
        if isinstance(first, String) and isinstance(second, String):
            return bytes(first) == bytes(second)
        return type(first) is type(second) and first.unparse() == second.unparse()

    def _queue_entries(self, place: str, first: Object, second: Object, excluded: frozenset[str]) -> None:
        for key in sorted(_list_keys(first, excluded) | _list_keys(second, excluded), reverse=True):
            self.waiting.append((f"{place}{key.lstrip('/')}", first.get(key), second.get(key)))


def _list_keys(value: Object, excluded: frozenset[str]) -> set[str]:
    return set(value.keys()) - excluded


def _find_extra_tree_keys(node: Object, depth: int) -> Iterator[str]:
    """Yield unexpected keys of the page tree. Programs may restructure the tree, but add nothing to it."""
    if depth > MAX_DEPTH:
        yield "Kids"
        return
    yield from sorted(_list_keys(node, PAGE_TREE_KEYS))
    for child in node.get(Name.Kids, ()):
        if child.get(Name.Type) == Name.Pages:
            yield from _find_extra_tree_keys(child, depth + 1)
