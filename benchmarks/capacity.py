"""Processor time of a response with 1, 2 and 4 worker processes on each database, and waits for locks.

python -m benchmarks.capacity [--databases sqlite postgresql] [--workers 1 2 4] [--responses 24] [--runs 3]

Respondents answer at once, eight at a time: the same survey as in `write_path`. Counted is the processor time of all
processes of the server and of the database.
Servers of different size take turns. On PostgreSQL, waits for locks are sampled 20 times a second.
"""

import argparse
import secrets
import statistics
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Self

import msgspec
import psutil
from msgspec import Struct

from benchmarks import write_path
from benchmarks.write_path import RUN_COMMAND, ServerProcess, answer_survey, find_free_port, run_server

RESPONDENTS_AT_ONCE = 8
SAMPLE_SECONDS = 0.05
LOCK_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


class RunningServer(Struct, frozen=True):
    """A server with some workers on a database of its own, with invitations that nobody has used."""

    url: str
    workers: int
    server: ServerProcess
    database_server: psutil.Process | None
    tokens: Iterator[str]


class CapacityCost(Struct, frozen=True):
    """Milliseconds of processor time for one response, in each run: of the server, and of the database."""

    server: list[float]
    database: list[float]
    lock_waits: list[int]

    @property
    def total(self) -> float:
        return statistics.median(self.server) + statistics.median(self.database)


class LockWatch:
    """Counts samples in which a process of PostgreSQL waits for a lock."""

    def __init__(self, url: str) -> None:
        self._url, self._stopping = url, threading.Event()
        self.waits = 0
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        if not self._url.startswith("sqlite"):
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        import psycopg  # noqa: PLC0415  # only PostgreSQL needs it

        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stopping.wait(SAMPLE_SECONDS):
                row = connection.execute(LOCK_WAITS).fetchone()
                self.waits += row[0] if row else 0


@contextmanager
def run_workers(url: str, workers: int) -> Iterator[ServerProcess]:
    """Run the product with so many worker processes."""
    port = find_free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "ASSESSMENT_DATA": folder,
            "ASSESSMENT_DATABASE_URL": url,
            "ASSESSMENT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "ASSESSMENT_SECRET": secrets.token_urlsafe(32),
        }
        arguments = ["-c", RUN_COMMAND, "serve", "--port", str(port), "--workers", str(workers)]
        with run_server(arguments, environment, port, "/livez") as server:
            yield server


def read_server_seconds(server: ServerProcess) -> float:
    """Return the processor seconds so far of the server and its workers."""
    own = psutil.Process(server.process.pid)
    return _sum_seconds((own, *own.children(recursive=True)))


def find_database_server(url: str) -> psutil.Process | None:
    """Return the first process of the PostgreSQL server; None for SQLite, which works in the server's processes."""
    if url.startswith("sqlite"):
        return None
    import psycopg  # noqa: PLC0415  # only PostgreSQL needs it

    with psycopg.connect(url) as connection:
        return psutil.Process(connection.info.backend_pid).parents()[0]


def read_database_seconds(first: psutil.Process | None) -> float:
    """Return the processor seconds so far of all processes of the PostgreSQL server, with those that have ended."""
    if first is None:
        return 0.0
    ended = first.cpu_times()
    return float(ended.children_user + ended.children_system) + _sum_seconds((first, *first.children(recursive=True)))


def _sum_seconds(processes: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def measure_database(database: str, counts: Sequence[int], responses: int, runs: int) -> dict[int, CapacityCost]:
    """Measure by turns; the first turn compiles templates and statements of every worker."""
    with ExitStack() as stack:
        servers = [_start_server(stack, database, workers, responses * (runs + 1)) for workers in counts]
        respondents = stack.enter_context(ThreadPoolExecutor(RESPONDENTS_AT_ONCE))
        costs = {each.workers: CapacityCost([], [], []) for each in servers}
        for run in range(runs + 1):
            for each in servers:
                measured = _measure_turn(each, respondents, responses)
                if run:
                    for values, value in zip(msgspec.structs.astuple(costs[each.workers]), measured, strict=True):
                        values.append(value)
    return costs


def _start_server(stack: ExitStack, database: str, workers: int, people: int) -> RunningServer:
    url, _ = stack.enter_context(write_path.make_databases(database))
    tokens = iter(write_path.prepare_survey(write_path.make_settings(url), people))
    server = stack.enter_context(run_workers(url, workers))
    return RunningServer(url, workers, server, find_database_server(url), tokens)


def _measure_turn(running: RunningServer, respondents: ThreadPoolExecutor, responses: int) -> tuple[float, float, int]:
    """Let so many answer; return milliseconds for each, of server and database, and waits for locks."""
    chosen = [next(running.tokens) for _ in range(responses)]
    before = read_server_seconds(running.server), read_database_seconds(running.database_server)
    with LockWatch(running.url) as watch:
        list(respondents.map(lambda token: answer_survey(running.server.port, token, autosave=True), chosen))
    after = read_server_seconds(running.server), read_database_seconds(running.database_server)
    server, database = ((end - begin) / responses * 1000 for begin, end in zip(before, after, strict=True))
    return server, database, watch.waits


def format_row(database: str, workers: int, cost: CapacityCost, alone: float) -> str:
    """Format a row of the table in docs/scale.md."""
    totals = [sum(pair) for pair in zip(cost.server, cost.database, strict=True)]
    server, of_database = statistics.median(cost.server), statistics.median(cost.database)
    return (
        f"| {database} | {workers} | {server:.0f} ms | {of_database:.0f} ms | {cost.total:.0f} ms "
        f"| {min(totals):.0f} to {max(totals):.0f} | {cost.total / alone:.2f} | {sum(cost.lock_waits)} |"
    )


def main() -> None:
    """Measure, and print the rows of the table in docs/scale.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--responses", type=int, default=24)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print("| database | workers | server | database | together | lowest to highest | of one worker | lock waits |")  # noqa: T201
    print("|---|--:|--:|--:|--:|--:|--:|--:|")  # noqa: T201
    for database in options.databases:
        costs = measure_database(database, options.workers, options.responses, options.runs)
        alone = next(iter(costs.values())).total
        for workers, cost in costs.items():
            print(format_row(database, workers, cost, alone), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
