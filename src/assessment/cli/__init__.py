"""Command line interface: `assessment`."""

from assessment.cli.root import main

__all__ = ["main"]
