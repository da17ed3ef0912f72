"""Progress of long operations: a callback gets the name and length of each step, then the amount done so far."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, TypeAlias

from assessment.storage.backup.table_rows import TableChunk

AdvanceCallback: TypeAlias = Callable[[int], object]
StepTracker: TypeAlias = Callable[[str, int], AbstractContextManager[AdvanceCallback]]


@contextmanager
def ignore_step(_name: str, _length: int) -> Iterator[AdvanceCallback]:
    """Show nothing."""
    yield lambda _: None


def count_rows(chunks: Iterable[TableChunk], advance: AdvanceCallback) -> Iterator[TableChunk]:
    """Yield the chunks; advance by the rows of each one that is done."""
    for chunk in chunks:
        yield chunk
        advance(len(chunk.rows))


def count_bytes(chunks: Iterable[TableChunk], file: IO[bytes], advance: AdvanceCallback) -> Iterator[TableChunk]:
    """Yield the chunks; advance by the bytes of the file that were read for each one."""
    place = 0
    for chunk in chunks:
        yield chunk
        advance(file.tell() - place)
        place = file.tell()
    advance(file.tell() - place)
