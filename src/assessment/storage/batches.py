"""Insert batches."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

INSERTED_AT_ONCE = 10_000


def batched(source: Iterable[Mapping[str, Any]], size: int = INSERTED_AT_ONCE) -> Iterator[list[Mapping[str, Any]]]:
    """Split rows into lists of at most `size`."""
    each = iter(source)
    while many := list(islice(each, size)):
        yield many
