"""Benchmark of one full report, warm, against bare ReportLab calls, and of ten concurrent reports.

python -m benchmarks.report [--runs 9] [--at-once 10]
"""

import argparse
import io
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import msgspec
import numpy as np
import pypdfium2

from assessment import pdf
from assessment.domain.answers import Settings
from assessment.domain.method import score
from assessment.domain.provenance import Contents, digest, enclosed
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details
from assessment.domain.synthesis import draw
from assessment.library import Library, shipped
from assessment.services.press import WORKERS, Press
from assessment.services.printing import Order, printed, said, settle
from benchmarks import replay
from benchmarks.memory import Peak

SEED = 11
PEOPLE = 120
INSTRUMENT = "social-media-integration"
PART_OF = "  of it: "


def order(questionnaire: Questionnaire, organisation: str = "Harbour & Reed") -> Order:
    """Make a job for a full report on random respondents; each organisation's report is different."""
    answers = draw(questionnaire, PEOPLE, np.random.default_rng(SEED))
    release = msgspec.json.encode(score(questionnaire, answers, Settings(), date="2026-11-02"))
    contents = Contents(enclosed(release), Details(organisation, "Autumn", "2026-11-02", "1"))
    return Order(contents, digest(release), "en", "full")


def same(one: bytes, other: bytes) -> bool:
    """Return whether two documents have the same words on the same pages."""
    return _words(one) == _words(other)


def _words(content: bytes) -> list[list[str]]:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        return [page.get_textpage().get_text_bounded().split() for page in document]


def alternate(ways: dict[str, Callable[[], object]], runs: int) -> dict[str, tuple[float, float]]:
    """Time all functions alternately; return median wall and CPU seconds. The first round is a warm-up."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, way in ways.items():
            began, worked = perf_counter(), process_time()
            way()
            taken[name].append((perf_counter() - began, process_time() - worked))
    return {
        name: (median(wall for wall, _ in each[1:]), median(cpu for _, cpu in each[1:])) for name, each in taken.items()
    }


def one_report(questionnaire: Questionnaire, runs: int) -> str:
    """Measure the program against the bare calls, and its parts, in this process as in a worker."""
    settle()
    ordered = order(questionnaire)
    whole = printed(questionnaire, ordered)
    pages = replay.read(whole)
    bare = replay.draw(pages)
    if not same(whole, bare):
        raise SystemExit("What was drawn again is not what the report shows.")
    told = said(questionnaire, ordered)
    ways: dict[str, Callable[[], object]] = {
        "bare ReportLab calls": partial(replay.draw, pages),
        "the program": partial(printed, questionnaire, ordered),
        f"{PART_OF}what is said": partial(said, questionnaire, ordered),
        f"{PART_OF}laid out, drawn and tagged": partial(pdf.render, told, ordered.language, ordered.audience),
    }
    found = alternate(ways, runs)
    base = found["bare ReportLab calls"]
    lines = [f"{len(pages)} pages, {len(whole) // 1024} KB; {sum(map(len, pages)):,} runs of text and paths.", ""]
    lines += ["| full report, warm | seconds | ratio | CPU | ratio |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {name} | {wall:.2f} | {wall / base[0]:.1f} | {cpu:.2f} | {cpu / base[1]:.1f} |"
        for name, (wall, cpu) in found.items()
    ]
    return "\n".join(lines)


def at_once(questionnaire: Questionnaire, count: int) -> str:
    """Render `count` reports concurrently from threads: with workers not started, and again with warm workers."""
    with tempfile.TemporaryDirectory(prefix="assessment-benchmark-") as folder:
        press = Press(Path(folder))
        try:
            with Peak(_everyone) as peak:
                cold = _together(press, questionnaire, [f"Cold {number}" for number in range(count)])
                warm = _together(press, questionnaire, [f"Warm {number}" for number in range(count)])
        finally:
            press.close()
    workers = [most for process, most in peak.megabytes.items() if process != os.getpid()]
    lines = [f"| {count} reports at once, {WORKERS} workers | seconds | a report |", "|---|--:|--:|"]
    lines += [
        f"| {name} | {wall:.2f} | {wall / count:.2f} |"
        for name, wall in (("workers not yet begun", cold), ("workers running", warm))
    ]
    most = ", ".join(f"{megabytes} MB" for megabytes in sorted(workers, reverse=True)[:WORKERS])
    return "\n".join([*lines, "", f"Peak memory: asking process {peak.megabytes[os.getpid()]} MB; workers {most}."])


def _together(press: Press, questionnaire: Questionnaire, organisations: Sequence[str]) -> float:
    orders = [order(questionnaire, organisation) for organisation in organisations]
    began = perf_counter()
    with ThreadPoolExecutor(len(orders)) as threads:
        made = list(threads.map(lambda one: press.print(questionnaire, one, "benchmark"), orders))
    wall = perf_counter() - began
    if len(set(made)) != len(orders):
        raise SystemExit("Some reports were not made.")
    return wall


def _everyone() -> list[int]:
    return [os.getpid(), *(process.pid for process in active_children() if process.pid)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time of a report against bare ReportLab calls, and of many at once.")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--at-once", type=int, default=10)
    given = parser.parse_args()
    questionnaire = Library([shipped()]).get(INSTRUMENT)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {given.runs} alternating runs."
    parts = [machine, one_report(questionnaire, given.runs), at_once(questionnaire, given.at_once)]
    sys.stdout.write("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
