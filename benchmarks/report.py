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
from msgspec.structs import replace

from assessment import pdf
from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import ReportDetails
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.synthetic_answers import draw_answers
from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.reports.render_pool import WORKER_COUNT, RenderPool
from assessment.services.reports.rendering import RenderJob, build_job_report, prepare_worker, render_file, render_pdf
from benchmarks import bare_reportlab
from benchmarks.peak_memory import PeakMemory

SEED = 11
RESPONDENT_COUNT = 120
QUESTIONNAIRE = "social-media-integration"
PART_LABEL = "  of it: "


def make_render_job(questionnaire: Questionnaire, organisation: str = "Harbour & Reed") -> RenderJob:
    """Make a job for a full report on random respondents; each organisation's report is different."""
    answers = draw_answers(questionnaire, RESPONDENT_COUNT, np.random.default_rng(SEED))
    release = msgspec.json.encode(score_answers(questionnaire, answers, AssessmentSettings(), date="2026-11-02"))
    contents = ReportContents(strip_careless_log(release), ReportDetails(organisation, "Autumn", "2026-11-02", "1"))
    return RenderJob(contents, hash_content(release), "en", "full")


def is_same_text(one: bytes, other: bytes) -> bool:
    """Return whether two documents have the same words on the same pages."""
    return _extract_words(one) == _extract_words(other)


def _extract_words(content: bytes) -> list[list[str]]:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        return [page.get_textpage().get_text_bounded().split() for page in document]


def time_alternately(ways: dict[str, Callable[[], object]], runs: int) -> dict[str, tuple[float, float]]:
    """Time all functions alternately; return median wall and CPU seconds. The first round is a warm-up."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, way in ways.items():
            began, worked = perf_counter(), process_time()
            way()
            taken[name].append((perf_counter() - began, process_time() - worked))
    return {
        name: (median(wall for wall, _ in runs_taken[1:]), median(cpu for _, cpu in runs_taken[1:]))
        for name, runs_taken in taken.items()
    }


def measure_report(questionnaire: Questionnaire, runs: int) -> str:
    """Measure the program against the bare calls, and its parts, in this process as in a worker."""
    prepare_worker()
    ordered = make_render_job(questionnaire)
    content = render_pdf(questionnaire, ordered)
    pages = bare_reportlab.read_pages(content)
    bare = bare_reportlab.draw_pages(pages)
    if not is_same_text(content, bare):
        raise SystemExit("What was drawn again is not what the report shows.")
    report = build_job_report(questionnaire, ordered)
    ways: dict[str, Callable[[], object]] = {
        "bare ReportLab calls": partial(bare_reportlab.draw_pages, pages),
        "the program": partial(render_pdf, questionnaire, ordered),
        f"{PART_LABEL}what is said": partial(build_job_report, questionnaire, ordered),
        f"{PART_LABEL}laid out, drawn and tagged": partial(
            pdf.render_report, report, ordered.language, ordered.audience
        ),
    }
    times = time_alternately(ways, runs)
    base = times["bare ReportLab calls"]
    lines = [f"{len(pages)} pages, {len(content) // 1024} KB; {sum(map(len, pages)):,} runs of text and paths.", ""]
    lines += ["| full report, warm | seconds | ratio | CPU | ratio |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {name} | {wall:.2f} | {wall / base[0]:.1f} | {cpu:.2f} | {cpu / base[1]:.1f} |"
        for name, (wall, cpu) in times.items()
    ]
    return "\n".join(lines)


def measure_office_files(questionnaire: Questionnaire, runs: int) -> str:
    """Measure deck, document and workbook, warm, in this process as in a worker."""
    ordered = make_render_job(questionnaire)
    ways: dict[str, Callable[[], object]] = {
        name: partial(render_file, questionnaire, replace(ordered, file_format=file_format))
        for name, file_format in (
            ("slides", FileFormat.DECK),
            ("document", FileFormat.DOCUMENT),
            ("workbook", FileFormat.WORKBOOK),
        )
    }
    times = time_alternately(ways, runs)
    lines = ["| file to work in, warm | seconds | CPU |", "|---|--:|--:|"]
    return "\n".join([*lines, *(f"| {name} | {wall:.2f} | {cpu:.2f} |" for name, (wall, cpu) in times.items())])


def measure_concurrent_reports(questionnaire: Questionnaire, count: int) -> str:
    """Render `count` reports concurrently from threads: with workers not started, and again with warm workers."""
    with tempfile.TemporaryDirectory(prefix="assessment-benchmark-") as folder:
        render_pool = RenderPool(Path(folder))
        try:
            with PeakMemory(_list_process_ids) as peak:
                cold = _time_concurrent_reports(
                    render_pool, questionnaire, [f"Cold {number}" for number in range(count)]
                )
                warm = _time_concurrent_reports(
                    render_pool, questionnaire, [f"Warm {number}" for number in range(count)]
                )
        finally:
            render_pool.close()
    workers = [most for process, most in peak.megabytes.items() if process != os.getpid()]
    lines = [f"| {count} reports at once, {WORKER_COUNT} workers | seconds | a report |", "|---|--:|--:|"]
    lines += [
        f"| {name} | {wall:.2f} | {wall / count:.2f} |"
        for name, wall in (("workers not yet begun", cold), ("workers running", warm))
    ]
    most = ", ".join(f"{megabytes} MB" for megabytes in sorted(workers, reverse=True)[:WORKER_COUNT])
    return "\n".join([*lines, "", f"Peak memory: asking process {peak.megabytes[os.getpid()]} MB; workers {most}."])


def _time_concurrent_reports(
    render_pool: RenderPool, questionnaire: Questionnaire, organisations: Sequence[str]
) -> float:
    orders = [make_render_job(questionnaire, organisation) for organisation in organisations]
    began = perf_counter()
    with ThreadPoolExecutor(len(orders)) as threads:
        documents = list(threads.map(lambda one: render_pool.render(questionnaire, one, "benchmark"), orders))
    wall = perf_counter() - began
    if len(set(documents)) != len(orders):
        raise SystemExit("Some reports were not made.")
    return wall


def _list_process_ids() -> list[int]:
    return [os.getpid(), *(process.pid for process in active_children() if process.pid)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time of a report against bare ReportLab calls, and of many at once.")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--at-once", type=int, default=10)
    options = parser.parse_args()
    questionnaire = QuestionnaireCatalogue([find_shipped_folder()]).get(QUESTIONNAIRE)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {options.runs} alternating runs."
    parts = [
        machine,
        measure_report(questionnaire, options.runs),
        measure_office_files(questionnaire, options.runs),
        measure_concurrent_reports(questionnaire, options.at_once),
    ]
    sys.stdout.write("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
