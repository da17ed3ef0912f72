"""Insert batches."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

INSERT_BATCH_SIZE = 10_000


def split_batches(
    source: Iterable[Mapping[str, Any]], size: int = INSERT_BATCH_SIZE
) -> Iterator[list[Mapping[str, Any]]]:
    """Split rows into lists of at most `size`."""
    each = iter(source)
    while many := list(islice(each, size)):
        yield many
