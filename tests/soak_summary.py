"""A plugin of pytest for `make soak`: at the end, one table by promise of docs/trust.md, and what the tests measured.

A failure is printed when it happens, because the run takes long. Tests that no promise names are counted by folder.
Seconds are those of the tests, added up over all processes.
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from msgspec import Struct, field

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (\d+[a-z]?) \| (.+?) \| (.+?) \|", re.MULTILINE)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+|\*)`")
OUTCOMES: pytest.StashKey["dict[str, Outcome]"] = pytest.StashKey()


class Outcome(Struct):
    """Result of one test: the seconds of its three phases, whether it failed, the last line it printed."""

    seconds: float = 0.0
    failed: bool = False
    skipped: bool = False
    figure: str = ""


class Line(Struct):
    """One row of the summary."""

    tests: int = 0
    seconds: float = 0.0
    failed: int = 0
    skipped: int = 0
    figures: list[str] = field(default_factory=list)


def read_promises(text: str) -> dict[tuple[str, str], str]:
    """Return the promise of each test that the table names, by file and name (`*`: all of a file, "": any other)."""
    found: dict[tuple[str, str], str] = {}
    for number, promise, tests in ROW.findall(text):
        label = f"{number} {promise}"
        for file, name in NAME.findall(tests):
            found.setdefault((file, name), label)
            found.setdefault((file, ""), label)
    return found


def find_label(promises: dict[tuple[str, str], str], node_id: str) -> str:
    """Return the promise that a test belongs to, or the folder of a test of no promise."""
    file, _, rest = node_id.partition("::")
    name = rest.partition("[")[0]
    keys = ((file, name), (file, "*"), (file, ""))
    return next((promises[key] for key in keys if key in promises), str(Path(file).parent))


def sum_outcomes(outcomes: dict[str, Outcome], promises: dict[tuple[str, str], str]) -> dict[str, Line]:
    """Return the rows of the summary in the order of the promises, then the folders."""
    lines: dict[str, Line] = defaultdict(Line)
    for node_id, outcome in outcomes.items():
        line = lines[find_label(promises, node_id)]
        line.tests += 1
        line.seconds += outcome.seconds
        line.failed += outcome.failed
        line.skipped += outcome.skipped
        if outcome.figure:
            line.figures.append(f"{node_id.partition('::')[2]}: {outcome.figure}")
    order = list(dict.fromkeys(promises.values()))
    return dict(sorted(lines.items(), key=lambda each: (order.index(each[0]) if each[0] in order else 999, each[0])))


def format_table(lines: dict[str, Line]) -> list[str]:
    """Return the rows as Markdown, with a row for all."""
    rows = ["| promise or folder | tests | seconds | failed | skipped |", "|---|---|---|---|---|"]
    every = Line()
    for label, line in lines.items():
        rows.append(f"| {label} | {line.tests} | {line.seconds:.0f} | {line.failed} | {line.skipped} |")
        every.tests += line.tests
        every.seconds += line.seconds
        every.failed += line.failed
        every.skipped += line.skipped
    rows.append(f"| all | {every.tests} | {every.seconds:.0f} | {every.failed} | {every.skipped} |")
    return rows


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OUTCOMES] = {}
    config.pluginmanager.register(Collector(config, config.stash[OUTCOMES]))


class Collector:
    """Collects the reports of all processes; pytest-xdist hands them to the one that prints."""

    def __init__(self, config: pytest.Config, outcomes: dict[str, Outcome]) -> None:
        self.config, self.outcomes = config, outcomes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = self.outcomes.setdefault(report.nodeid, Outcome())
        outcome.seconds += report.duration
        outcome.failed = outcome.failed or report.failed
        outcome.skipped = outcome.skipped or report.skipped
        if report.when == "call" and (printed := report.capstdout.strip()):
            outcome.figure = printed.splitlines()[-1][:300]
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")  # missing in processes of pytest-xdist
        if report.failed and terminal is not None:
            terminal.write_line(f"\n{report.nodeid} failed in its {report.when} phase:\n{report.longreprtext}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = sum_outcomes(config.stash[OUTCOMES], read_promises((ROOT / "docs" / "trust.md").read_text("utf-8")))
    terminalreporter.section("measured")
    for label, line in lines.items():
        for figure in line.figures:
            terminalreporter.write_line(f"{label.split()[0]:4} {figure}")
    terminalreporter.section("summary")
    for row in format_table(lines):
        terminalreporter.write_line(row)
