"""Child process that reads one packed export from standard input and writes what it contains to standard output."""

import gc
import pickle
import sys

from assessment.services.child_limits import ChildLimits
from assessment.services.imports.import_reader import read_packed_export

LIMITS = ChildLimits(memory=2 * 1024**3, seconds=60, niceness=10)  # respondents come first


if __name__ == "__main__":
    gc.disable()  # millions of cells, and no cycles: the collector would only look at them again and again
    LIMITS.apply_limits()
    sys.stdout.buffer.write(pickle.dumps(read_packed_export(sys.stdin.buffer.read())))
