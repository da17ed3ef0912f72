"""Child process that reads one packed export from standard input and writes what it contains to standard output."""

import gc
import os
import pickle
import sys

from assessment.services.imports.import_reader import read_packed_export

MEMORY_LIMIT = 2 * 1024**3  # bytes of address space; numpy reserves a part of it
TIME_LIMIT = 60  # seconds of processor time
PRIORITY = 10  # respondents come first


def limit_resources() -> None:
    """Limit memory and processor time and lower the priority, where the platform can."""
    gc.disable()  # millions of cells, and no cycles: the collector would only look at them again and again
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # not on Windows

        os.nice(PRIORITY)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))


if __name__ == "__main__":
    limit_resources()
    sys.stdout.buffer.write(pickle.dumps(read_packed_export(sys.stdin.buffer.read())))
