"""Child process that reads one packed CSV file from standard input and writes what it contains to standard output."""

import gc
import pickle
import sys

from assessment.services.child_limits import ChildLimits
from assessment.services.people.response_file_reader import read_packed_file

LIMITS = ChildLimits(memory=3 * 1024**3, seconds=40, niceness=10)  # respondents come first


if __name__ == "__main__":
    gc.disable()  # millions of cells, and no cycles: the collector would only look at them again and again
    LIMITS.apply_limits()
    sys.stdout.buffer.write(pickle.dumps(read_packed_file(sys.stdin.buffer.read())))
