"""Read large CSV files of responses in a child process with a lower priority and limits.

Reading 20 MB takes seconds of processor time. In a thread, that competes with the event loop for the interpreter's
lock: a single call of a regular expression or of `zip` holds it for a tenth of a second or more.
"""

import pickle
import subprocess
import sys
import threading
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
CHILD_MODULE = "assessment.services.people.response_file_child"
NOT_READABLE = "This file takes too much memory or time to read."

# What `InvalidError` is raised with, or the file. Exceptions of `AppError` can't be unpickled.
ReadOutcome: TypeAlias = ResponseFile | tuple[str, list[Problem], int]

_children = threading.BoundedSemaphore(MAX_CHILDREN)


def read_response_file(text: str, questionnaire: Questionnaire, mode: str = Mode.SURVEY) -> ResponseFile:
    """Read responses as `read_responses` does, a large file in a child process."""
    if len(text) <= LARGE_TEXT:
        return read_responses(text, questionnaire, mode=mode)
    if not _children.acquire(timeout=WAIT_SECONDS):
        raise UnavailableError
    try:
        outcome = _read_in_child(pickle.dumps((msgspec.json.encode(questionnaire), mode, text)))
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


def _read_in_child(content: bytes) -> ReadOutcome:
    try:
        done = subprocess.run(  # noqa: S603  # our own module, no shell
            [sys.executable, "-m", CHILD_MODULE], input=content, capture_output=True, timeout=CHILD_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        problem = Problem(NOT_READABLE, "Divide the file.")
        raise InvalidError("The file can't be read; nothing was taken in.", [problem]) from error
    outcome: ReadOutcome = pickle.loads(done.stdout)  # noqa: S301  # packed by our own child process
    return outcome
