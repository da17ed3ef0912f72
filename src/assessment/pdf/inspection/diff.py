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


def find_difference(given: Pdf, expected: Pdf) -> str | None:
    """Return the path of the first difference; None if there is none."""
    return next(_PdfComparison(given, expected).places(), None)


class _PdfComparison:
    def __init__(self, given: Pdf, expected: Pdf) -> None:
        self.sides = given, expected
        self.pages = [{page.obj.objgen: number for number, page in enumerate(pdf.pages)} for pdf in self.sides]
        self.seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()
        self.waiting: list[ObjectPair] = []

    def places(self) -> Iterator[str]:
        """Yield the path of every difference."""
        given, expected = self.sides
        yield from (name for name in sorted(_list_keys(given.trailer, STORAGE_KEYS | TRAILER_KEYS)))
        yield from (f"Pages.{name}" for name in _find_extra_tree_keys(given.Root.Pages, 0))
        encrypting = {"/Extensions"} if given.is_encrypted else set()
        self._queue_entries("", given.Root, expected.Root, frozenset({"/Pages", "/Version", *encrypting}))
        self.waiting.append(("Info", given.trailer.get(Name.Info), expected.trailer.get(Name.Info)))
        for number, (one, other) in enumerate(zip(given.pages, expected.pages, strict=False), start=1):
            self._queue_entries(f"page {number}.", one.obj, other.obj, frozenset({"/Parent"}))
        while self.waiting:
            place, one, other = self.waiting.pop()
            if not self._alike(place, one, other):
                yield place

    def _alike(self, place: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - any object
        """Compare two objects shallowly; their contents are queued."""
        if not (isinstance(one, Object) and isinstance(other, Object)):
            return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)
        if one.is_indirect and other.is_indirect:
            if (one.objgen, other.objgen) in self.seen:
                return True
            self.seen.add((one.objgen, other.objgen))
            numbers = [pages.get(each.objgen) for pages, each in zip(self.pages, (one, other), strict=True)]
            if numbers != [None, None]:
                return numbers[0] == numbers[1]
        return self._compare_contents(place, one, other)

    def _compare_contents(self, place: str, one: Object, other: Object) -> bool:
        if isinstance(one, Stream) and isinstance(other, Stream):
            self._queue_entries(f"{place}.", one, other, STORAGE_KEYS)
            return decode_stream(one) == decode_stream(other)
        if isinstance(one, Dictionary) and isinstance(other, Dictionary):
            self._queue_entries(f"{place}.", one, other, frozenset())
            return True
        if isinstance(one, Array) and isinstance(other, Array):
            pairs = zip(one, other, strict=False)
            self.waiting += [(f"{place}[{number}]", *pair) for number, pair in enumerate(pairs)]
            return len(one) == len(other)
        if isinstance(one, String) and isinstance(other, String):
            return bytes(one) == bytes(other)
        return type(one) is type(other) and one.unparse() == other.unparse()

    def _queue_entries(self, place: str, one: Object, other: Object, apart: frozenset[str]) -> None:
        for key in sorted(_list_keys(one, apart) | _list_keys(other, apart), reverse=True):
            self.waiting.append((f"{place}{key.lstrip('/')}", one.get(key), other.get(key)))


def _list_keys(value: Object, apart: frozenset[str]) -> set[str]:
    return set(value.keys()) - apart


def _find_extra_tree_keys(node: Object, depth: int) -> Iterator[str]:
    """Yield unexpected keys of the page tree. Programs may restructure the tree, but add nothing to it."""
    if depth > MAX_DEPTH:
        yield "Kids"
        return
    yield from sorted(_list_keys(node, PAGE_TREE_KEYS))
    for kid in node.get(Name.Kids, ()):
        if kid.get(Name.Type) == Name.Pages:
            yield from _find_extra_tree_keys(kid, depth + 1)
