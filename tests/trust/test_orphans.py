"""Processes of a server with two workers that die one by one: the others neither stay for good nor stop serving."""

import os
import signal
import time
import urllib.request

import psutil
import pytest

from assessment.cli.server import graceful_stop
from tests.trust.test_graceful_stop import PROGRAM, Serve, served  # noqa: F401  # the last is a fixture

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)]
COMMAND = (PROGRAM, "serve", "--workers", "2")
WAIT_SECONDS = 60


def find_fork_server(server) -> psutil.Process:
    """Process that has loaded the application, from which the workers are forked."""
    own = psutil.Process(server.process.pid)
    return next(each for each in own.children() if each.children())


def wait_for_workers(server, count: int) -> list[psutil.Process]:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        workers = [each for child in psutil.Process(server.process.pid).children() for each in child.children()]
        if len(workers) == count:
            return workers
        time.sleep(0.05)
    raise AssertionError(workers)


def test_workers_of_a_killed_supervisor_stop(served: Serve):  # noqa: F811
    with served(COMMAND) as server:
        workers = wait_for_workers(server, 2)

        server.process.kill()
        _, alive = psutil.wait_procs(workers, timeout=WAIT_SECONDS)

    assert alive == []


def test_workers_of_a_killed_fork_server_are_replaced(served: Serve):  # noqa: F811
    with served(COMMAND) as server:
        before = wait_for_workers(server, 2)

        find_fork_server(server).kill()
        _, alive = psutil.wait_procs(before, timeout=WAIT_SECONDS)
        after = wait_for_workers(server, 2)
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=WAIT_SECONDS) as response:
            status = response.status
        server.stop()
        server.process.wait(WAIT_SECONDS)
        _, left = psutil.wait_procs(after, timeout=WAIT_SECONDS)

    assert (alive, status, left) == ([], 200, [])


def test_killed_worker_is_forked_again_and_not_loaded_again(served: Serve):  # noqa: F811
    with served(COMMAND) as server:
        loaded = find_fork_server(server)
        workers = wait_for_workers(server, 2)

        workers[0].kill()
        psutil.wait_procs(workers[:1], timeout=WAIT_SECONDS)
        replaced = wait_for_workers(server, 2)

    assert {each.ppid() if each.is_running() else loaded.pid for each in replaced} == {loaded.pid}
    assert replaced != workers


def test_watch_detects_another_parent(monkeypatch, migrated_url):
    signals = []
    monkeypatch.setattr(os, "kill", lambda *sent: signals.append(sent))

    graceful_stop._stop_when_orphaned(os.getppid() + 1)

    assert signals == [(os.getpid(), signal.SIGTERM)]
