"""Server processes forked from one that has imported the program: the import takes longer than many a test.

The parent process reads one JSON object per line and answers each with a number: `factory`, `port` and `environment`
start a server and return its process id; `poll` returns 1 while a server runs, otherwise 0; `stop` terminates a server.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, FileSystemBytecodeCache

from assessment.web.http import templates
from tests.web import mutants, running

ROOT = Path(__file__).parents[2]
FACTORIES = {"app": running.app, "mutant": mutants.app, "still": running.still_app}


class ServerForks:
    """The parent of the server processes; closing it ends them all."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path},
        )

    def start_server(self, factory: str, port: int, environment: dict[str, str]) -> int:
        """Start a server; return its process id. It is up a moment later."""
        return self._ask(factory=factory, port=port, environment=environment)

    def is_running(self, process_id: int) -> bool:
        return self._ask(poll=process_id) == 1

    def stop_server(self, process_id: int) -> None:
        """Terminate a server and wait for its end."""
        self._ask(stop=process_id)

    def close(self) -> None:
        self.process.communicate()

    def _ask(self, **question: Any) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{json.dumps(question)}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def answer_questions() -> None:
    """Answer until standard input ends, then end the servers that still run."""
    running: set[int] = set()
    for line in sys.stdin:
        question = json.loads(line)
        if process_id := question.get("poll") or question.get("stop"):
            answer = _is_still_running(process_id, running, terminate="stop" in question)
        else:
            answer = os.fork()
            if not answer:
                _become_server(**question)
            running.add(answer)
        sys.stdout.write(f"{int(answer)}\n")
        sys.stdout.flush()
    for process_id in tuple(running):
        _is_still_running(process_id, running, terminate=True)


def _is_still_running(process_id: int, running: set[int], *, terminate: bool) -> bool:
    """Return True if the server runs; wait for its end if it is to be terminated."""
    if process_id in running and terminate:
        os.kill(process_id, signal.SIGTERM)
    if process_id in running and os.waitpid(process_id, 0 if terminate else os.WNOHANG)[0]:
        running.remove(process_id)
    return process_id in running


def _become_server(factory: str, port: int, environment: dict[str, str]) -> None:
    """Run the server in this forked process; its standard output belongs to the parent."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.clear()
    os.environ.update(environment)
    try:
        uvicorn.run(FACTORIES[factory], factory=True, port=port, log_level="error")
    finally:
        # Not sys.exit: the loop above would go on in this process.
        os._exit(0)


def prepare_servers(folder: str) -> None:
    """Register the routes once, and compile each template for the first server only."""
    templates.Environment = partial(Environment, bytecode_cache=FileSystemBytecodeCache(folder))  # type: ignore[assignment,misc]
    running.register_routes()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="assessment-templates-") as folder:
        prepare_servers(folder)
        answer_questions()
