"""Read large CSV files of responses in a child process with a lower priority and limits.

Reading 20 MB takes seconds of processor time. In a thread, that competes with the event loop for the interpreter's
lock: a single call of a regular expression or of `zip` holds it for a tenth of a second or more.
"""

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from assessment.domain.closed_sets import Mode
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem, UnavailableError
from assessment.services.people.response_files import ResponseFile, read_responses

LARGE_TEXT = 250_000  # characters; starting the child takes as long as reading this much
MAX_CHILDREN = 2  # at the same time in a server process; a further file waits
WAIT_SECONDS = 60
CHILD_SECONDS = 60
POLL_SECONDS = 0.5
CHILD_MODULE = "assessment.services.people.response_file_child"
NOT_READABLE = "This file takes too much memory or time to read."

# What `InvalidError` is raised with, or the file. Exceptions of `AppError` can't be unpickled.
ReadOutcome: TypeAlias = ResponseFile | tuple[str, list[Problem], int]

OnWait: TypeAlias = Callable[[], None]

_children = threading.BoundedSemaphore(MAX_CHILDREN)


def ignore_wait() -> None:
    """Do nothing while a file is read."""


def read_response_file(
    text: str, questionnaire: Questionnaire, mode: str = Mode.SURVEY, on_wait: OnWait = ignore_wait
) -> ResponseFile:
    """Read responses as `read_responses` does, a large file in a child process.

    Until it ends, `on_wait` is called every half second; an exception from it ends the child.
    """
    if len(text) <= LARGE_TEXT:
        return read_responses(text, questionnaire, mode=mode)
    _wait_for_turn(on_wait)
    try:
        outcome = _read_in_child(pickle.dumps((msgspec.json.encode(questionnaire), mode, text)), on_wait)
    finally:
        _children.release()
    if isinstance(outcome, ResponseFile):
        return outcome
    raise InvalidError(*outcome)


def read_packed_file(content: bytes) -> ReadOutcome:
    """Read a file that `read_response_file` has packed, in the child process."""
    packed_questionnaire, mode, text = pickle.loads(content)  # noqa: S301  # packed by the parent process
    questionnaire = msgspec.json.decode(packed_questionnaire, type=Questionnaire)
    try:
        return read_responses(text, questionnaire, mode=mode)
    except InvalidError as error:
        return error.detail, list(error.problems), error.problem_count


def _wait_for_turn(on_wait: OnWait) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not _children.acquire(timeout=POLL_SECONDS):
        on_wait()
        if time.monotonic() > deadline:
            raise UnavailableError


def _read_in_child(content: bytes, on_wait: OnWait) -> ReadOutcome:
    command = [sys.executable, "-m", CHILD_MODULE]
    try:
        with subprocess.Popen(  # noqa: S603  # our own module, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child:
            packed = _communicate(child, content, on_wait)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, command)
    except (subprocess.SubprocessError, OSError) as error:
        problem = Problem(NOT_READABLE, "Divide the file.", code="unreadable")
        raise InvalidError("The file can’t be read; nothing was taken in.", [problem]) from error
    outcome: ReadOutcome = pickle.loads(packed)  # noqa: S301  # packed by our own child process
    return outcome


def _communicate(child: "subprocess.Popen[bytes]", content: bytes, on_wait: OnWait) -> bytes:
    """Send a file to the child and return its output; `TimeoutExpired` after `CHILD_SECONDS`."""
    output: list[bytes] = []
    # In a thread: `communicate` with a timeout can't be called again while there is input left.
    exchange = threading.Thread(target=lambda: output.append(child.communicate(content)[0]))
    exchange.start()
    deadline = time.monotonic() + CHILD_SECONDS
    try:
        while exchange.is_alive():
            exchange.join(POLL_SECONDS)
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(CHILD_MODULE, CHILD_SECONDS)
            on_wait()
    finally:
        if exchange.is_alive():
            child.kill()
            exchange.join()
    return b"".join(output)
