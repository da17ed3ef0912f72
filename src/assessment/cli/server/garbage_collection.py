"""Garbage collection in server processes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

GARBAGE_THRESHOLD = 10_000  # new objects between two passes; Python starts with 700


@contextmanager
def exempt_loaded_objects() -> Iterator[None]:
    """Collect no garbage in the block, and never look for it among what it has loaded.

    Each full pass would walk through all modules, and write to the memory that forked processes share. What the block
    leaves behind, 4,000 objects, is not worth a pass.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(GARBAGE_THRESHOLD)
        gc.enable()
