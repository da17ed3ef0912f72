"""Compare two PDFs object by object, independent of how each was saved.

Two objects are equal if everything reachable from them is. Only storage details (compression, length) are ignored.
"""

from collections.abc import Iterator
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from assessment.pdf.anatomy import decoded

STORED = frozenset({"/Length", "/Filter", "/DecodeParms"})
OF_THE_TREE = frozenset({"/Type", "/Kids", "/Count", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Rotate"})
OF_THE_FILE = frozenset(
    {"/Root", "/Info", "/ID", "/Size", "/Prev", "/XRefStm", "/Type", "/W", "/Index", "/Encrypt", "/First", "/N"}
)
DEEPEST = 40
Pair = tuple[str, Any, Any]


def unlike(given: Pdf, expected: Pdf) -> str | None:
    """Return the path of the first difference; None if there is none."""
    return next(_Comparison(given, expected).places(), None)


class _Comparison:
    def __init__(self, given: Pdf, expected: Pdf) -> None:
        self.sides = given, expected
        self.pages = [{page.obj.objgen: number for number, page in enumerate(pdf.pages)} for pdf in self.sides]
        self.seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()
        self.waiting: list[Pair] = []

    def places(self) -> Iterator[str]:
        """Yield the path of every difference."""
        given, expected = self.sides
        yield from (name for name in sorted(_keys(given.trailer, STORED | OF_THE_FILE)))
        yield from (f"Pages.{name}" for name in _tree(given.Root.Pages, 0))
        encrypting = {"/Extensions"} if given.is_encrypted else set()
        self._entries("", given.Root, expected.Root, frozenset({"/Pages", "/Version", *encrypting}))
        self.waiting.append(("Info", given.trailer.get(Name.Info), expected.trailer.get(Name.Info)))
        for number, (one, other) in enumerate(zip(given.pages, expected.pages, strict=False), start=1):
            self._entries(f"page {number}.", one.obj, other.obj, frozenset({"/Parent"}))
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
        return self._inside(place, one, other)

    def _inside(self, place: str, one: Object, other: Object) -> bool:
        if isinstance(one, Stream) and isinstance(other, Stream):
            self._entries(f"{place}.", one, other, STORED)
            return decoded(one) == decoded(other)
        if isinstance(one, Dictionary) and isinstance(other, Dictionary):
            self._entries(f"{place}.", one, other, frozenset())
            return True
        if isinstance(one, Array) and isinstance(other, Array):
            pairs = zip(one, other, strict=False)
            self.waiting += [(f"{place}[{number}]", *pair) for number, pair in enumerate(pairs)]
            return len(one) == len(other)
        if isinstance(one, String) and isinstance(other, String):
            return bytes(one) == bytes(other)
        return type(one) is type(other) and one.unparse() == other.unparse()

    def _entries(self, place: str, one: Object, other: Object, apart: frozenset[str]) -> None:
        for key in sorted(_keys(one, apart) | _keys(other, apart), reverse=True):
            self.waiting.append((f"{place}{key.lstrip('/')}", one.get(key), other.get(key)))


def _keys(value: Object, apart: frozenset[str]) -> set[str]:
    return set(value.keys()) - apart


def _tree(node: Object, depth: int) -> Iterator[str]:
    """Yield unexpected keys of the page tree. Programs may restructure the tree, but add nothing to it."""
    if depth > DEEPEST:
        yield "Kids"
        return
    yield from sorted(_keys(node, OF_THE_TREE))
    for kid in node.get(Name.Kids, ()):
        if kid.get(Name.Type) == Name.Pages:
            yield from _tree(kid, depth + 1)
