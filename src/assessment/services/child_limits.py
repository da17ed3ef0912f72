"""Limits that a child process sets itself before it reads a file from outside."""

import os
import sys
from typing import NamedTuple


class ChildLimits(NamedTuple):
    """Bytes of address space (numpy reserves a part of it), seconds of processor time, how much nicer it is."""

    memory: int
    seconds: int
    niceness: int = 0

    def apply_limits(self) -> None:
        """Limit this process for good, where the platform can."""
        if sys.platform != "win32":
            import resource  # noqa: PLC0415  # not on Windows

            os.nice(self.niceness)
            resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))
            resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds))
