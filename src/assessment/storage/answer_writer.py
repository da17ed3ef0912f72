"""Group-commit writer: one thread per process saves answers, many per transaction, and acknowledges after its commit.

The state of a response is checked and locked inside the writing transaction, so that no save can get past a concurrent
close, sending or withdrawal.
"""

import asyncio
import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeAlias, cast

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.domain.survey.answer import Answer, SavedAnswer
from assessment.domain.survey.closing_time import get_state_at
from assessment.errors import AlreadySentError, AppError, ClosedError, InvalidError, NotFoundError, UnavailableError
from assessment.storage.answer_connection import (
    SEQUENCE_STEP,
    AnswerConnection,
    AnswerKey,
    AnswerParameters,
    ResponseKey,
    SectionParameters,
    open_connection,
)
from assessment.storage.database import UNAVAILABLE_ERRORS

MAX_BATCH = 500
MAX_QUEUE = 10_000
COMMIT_ATTEMPTS = 2

__all__ = ["SEQUENCE_STEP", "AnswerSave", "AnswerWriter", "SectionParameters", "store_answers"]

log = logging.getLogger(__name__)


class AnswerSave(Struct, frozen=True):
    """One answer to save, and where."""

    workspace_id: str
    response_id: str
    item: str
    answer: Answer
    saved_at: datetime


Save: TypeAlias = AnswerSave | SectionParameters
SaveOutcome: TypeAlias = SavedAnswer | AppError | None
Clock: TypeAlias = Callable[[], datetime]


class QueuedSaves(NamedTuple):
    """Saves of one transaction, and who waits for their commit: a future for each, or one of an event loop for all."""

    saves: Sequence[Save]
    futures: "Sequence[Future[Any]]" = ()
    waiting: "asyncio.Future[Sequence[Any]] | None" = None


class AnswerWriter:
    """Owns the queue and the thread; `save` is thread-safe."""

    def __init__(self, engine: Engine, clock: Clock, max_waiting: int = MAX_QUEUE) -> None:
        self._engine, self._clock = engine, clock
        self._connection: AnswerConnection | None = None  # used by the thread only
        self._driver = cast("Any", engine.dialect).dbapi
        names = ("OperationalError", "InterfaceError", "InternalError", "NotSupportedError")
        self._unavailable_errors = (*(getattr(self._driver, name) for name in names), *UNAVAILABLE_ERRORS)
        self._queue: queue.SimpleQueue[QueuedSaves | None] = queue.SimpleQueue()
        self._max_waiting = max_waiting
        self._gate = threading.Lock()
        self._open = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Accept answers."""
        self._open = True
        self._thread.start()

    def stop(self) -> None:
        """Refuse new answers, store those in the queue, and return when all are acknowledged."""
        with self._gate:
            was_open, self._open = self._open, False
        if was_open:
            self._queue.put(None)
            self._thread.join()

    def save(self, save: AnswerSave) -> "Future[SavedAnswer]":
        """Queue one answer; the future resolves after the commit, or raises why it was not saved.

        Raises UnavailableError if the writer is stopped or its queue is full.
        """
        return self.save_together([save])[0]

    def save_together(self, saves: Sequence[Save]) -> "list[Future[Any]]":
        """Queue answers and section times of one page, for the same transaction; raises as `save`.

        The future of a section time resolves to None, also if the response is finished and nothing was stored.
        """
        futures: list[Future[Any]] = [Future() for _ in saves]
        if saves:
            self._put(QueuedSaves(saves, futures))
        return futures

    async def save_and_wait(self, saves: Sequence[Save], seconds: float) -> Sequence[Any]:
        """Queue as `save_together` and wait for the commit; returns the outcomes, or raises the first error.

        `TimeoutError` after so many seconds: the answers may still be saved. The event loop is woken once for all
        saves of a transaction, which costs less than a future for each.
        """
        if not saves:
            return ()
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Sequence[Any]] = loop.create_future()
        self._put(QueuedSaves(saves, waiting=waiting))
        timeout = loop.call_later(seconds, _give_up, waiting)
        try:
            return await waiting
        finally:
            timeout.cancel()

    def _put(self, queued: QueuedSaves) -> None:
        with self._gate:
            if not self._open or self._queue.qsize() >= self._max_waiting:
                raise UnavailableError
            self._queue.put(queued)

    def _run(self) -> None:
        while batch := self._drain():
            saves = [save for queued in batch for save in queued.saves]
            try:
                outcomes = self._store(saves)
            except Exception:  # the thread must survive any error and resolve every future
                log.exception("saving failed")
                outcomes = [UnavailableError()] * len(saves)
            _acknowledge_batch(batch, outcomes)
        self._close_connection()

    def _drain(self) -> list[QueuedSaves]:
        """Block for one save, then take the rest of the queue up to about the limit; empty means stop."""
        batch: list[QueuedSaves] = []
        count = 0
        waiting = self._queue.get()
        while waiting is not None:
            batch.append(waiting)
            count += len(waiting.saves)
            if count >= MAX_BATCH or self._queue.empty():
                return batch
            waiting = self._queue.get()
        if batch:
            self._queue.put(None)  # store this batch first, stop in the next round
        return batch

    def _store(self, saves: Sequence[Save]) -> Sequence[SaveOutcome]:
        """Save all in one transaction; if the data fail, each in its own, so that only the invalid one fails."""
        try:
            return self._commit(saves)
        except self._unavailable_errors:
            return [UnavailableError()] * len(saves)
        except (self._driver.Error, DBAPIError):
            return [self._store_alone(save) for save in saves]

    def _store_alone(self, save: Save) -> SaveOutcome:
        try:
            return self._commit([save])[0]
        except self._unavailable_errors:
            return UnavailableError()
        except (self._driver.Error, DBAPIError):
            return InvalidError("This answer can’t be kept.")

    def _commit(self, saves: Sequence[Save]) -> list[SaveOutcome]:
        """Retry once on a new connection if it was lost, or if this transaction was chosen to break a deadlock."""
        for attempt in range(1, COMMIT_ATTEMPTS + 1):
            try:
                return self._run_transaction(saves)
            except self._unavailable_errors:
                self._close_connection()
                if attempt == COMMIT_ATTEMPTS:
                    raise
        raise AssertionError

    def _run_transaction(self, saves: Sequence[Save]) -> list[SaveOutcome]:
        connection = self._connection = self._connection or open_connection(self._engine)
        try:
            outcomes = _store_at_once(connection, saves, self._clock)
            # Not what is stored: a close in between would refuse an answer that counts.
            if rest := [number for number in range(len(saves)) if number not in outcomes]:
                connection.begin()
                others = store_answers(connection, [saves[number] for number in rest], self._clock)
                connection.commit()
                outcomes |= dict(zip(rest, others, strict=True))
        except BaseException:
            with suppress(self._driver.Error):  # of a lost connection, which is closed next
                connection.rollback()
            raise
        return [outcomes[number] for number in range(len(saves))]

    def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(self._driver.Error):
                connection.close()


def _store_at_once(connection: AnswerConnection, saves: Sequence[Save], clock: Clock) -> dict[int, SaveOutcome]:
    """Store what one statement can store and commit; return the outcomes by position. The rest needs a transaction."""
    answers = [save for save in saves if isinstance(save, AnswerSave)]
    if not answers:
        (section, *others) = [save for save in saves if isinstance(save, SectionParameters)]
        return {} if others or not connection.record_section_at_once(section, clock()) else {0: None}
    groups = _split_groups(answers)
    if len(groups) > 1 or len(answers) < len(saves):
        return {}
    parameters = [_make_parameters(save) for save in groups[0]]
    stored = connection.upsert_at_once(parameters, clock(), take_next=answers[0].answer.sequence is None)
    return {number: stored[key] for number, save in enumerate(answers) if (key := _make_key(save)) in stored}


def store_answers(connection: AnswerConnection, saves: Sequence[Save], clock: Clock) -> list[SaveOutcome]:
    """Store the answers and section times that may be saved; outcomes refer to the answers stored after all of them."""
    refusals = _check_responses(connection, {(save.workspace_id, save.response_id) for save in saves}, clock)
    refused = [_find_error(refusals, save) for save in saves]
    accepted = [save for save, refusal in zip(saves, refused, strict=True) if refusal is None]
    taken = [save for save in accepted if isinstance(save, AnswerSave)]
    stored: dict[AnswerKey, SavedAnswer] = {}
    for group in _split_groups(taken):
        parameters = [_make_parameters(save) for save in group]
        stored |= connection.upsert_answers(parameters, take_next=group[0].answer.sequence is None)
    for key in sorted({_make_key(save) for save in taken} - stored.keys()):
        stored[key] = connection.load_answer(key)
    sections = [save for save in accepted if isinstance(save, SectionParameters)]
    for section in sorted(sections, key=lambda save: (save.response_id, save.section, save.day is not None)):
        connection.record_section(section)
    return [
        _make_outcome(save, stored, refusal) if isinstance(save, AnswerSave) else None
        for save, refusal in zip(saves, refused, strict=True)
    ]


def _check_responses(
    connection: AnswerConnection, responses: set[ResponseKey], clock: Clock
) -> dict[ResponseKey, AppError | None]:
    """Check whether each response may be answered, and lock it until the commit."""
    rows = connection.lock_responses(sorted(responses))
    now = clock()  # only after all locks are taken: waiting for them may pass the closing time
    return {
        (row.workspace_id, row.id): _check_states(row.state, get_state_at(row.assessment_state, row.closes_at, now))
        for row in rows
    }


def _check_states(response: ResponseState, assessment: AssessmentState) -> AppError | None:
    if assessment != AssessmentState.OPEN:
        return ClosedError()
    if response == ResponseState.SENT:
        return AlreadySentError()
    return NotFoundError() if response != ResponseState.STARTED else None


def _find_error(refusals: dict[ResponseKey, AppError | None], save: Save) -> AppError | None:
    key = (save.workspace_id, save.response_id)
    return refusals[key] if key in refusals else NotFoundError()


def _split_groups(saves: Sequence[AnswerSave]) -> list[list[AnswerSave]]:
    """Split into groups for one statement each: a statement can't update a row twice. Sorted to avoid deadlocks."""
    groups: list[list[AnswerSave]] = []
    rounds: Counter[AnswerKey] = Counter()
    numbered = []
    for save in saves:
        key = _make_key(save)
        numbered.append((rounds[key], key, save.answer.sequence is None, save))
        rounds[key] += 1
    numbered.sort(key=lambda entry: entry[:2])
    for _, same in groupby(numbered, key=lambda entry: (entry[0], entry[2])):
        groups.append([entry[3] for entry in same])
    return groups


def _make_parameters(save: AnswerSave) -> AnswerParameters:
    answer = save.answer
    sequence = 1 if answer.sequence is None else answer.sequence
    return AnswerParameters(
        save.workspace_id, save.response_id, save.item, *answer.content, sequence, save.saved_at, answer.base
    )


def _make_key(save: AnswerSave) -> AnswerKey:
    return save.workspace_id, save.response_id, save.item


def _make_outcome(
    save: AnswerSave, stored: dict[AnswerKey, SavedAnswer], refusal: AppError | None
) -> SavedAnswer | AppError:
    if refusal is not None:
        return refusal
    answer = stored[_make_key(save)]
    return answer if save.answer.content == answer.content else replace(answer, stale=True)


def _acknowledge_batch(batch: Sequence[QueuedSaves], outcomes: Sequence[SaveOutcome]) -> None:
    """Resolve the futures of a stored batch, those of an event loop in one call."""
    results = iter(outcomes)
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Sequence[SaveOutcome]]]] = {}
    for queued in batch:
        own = list(islice(results, len(queued.saves)))
        if queued.waiting is not None:
            by_loop.setdefault(queued.waiting.get_loop(), []).append((queued.waiting, own))
        for future, outcome in zip(queued.futures, own, strict=False):
            _resolve_future(future, outcome)
    for loop, acknowledged in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, so no request waits for the result
            loop.call_soon_threadsafe(_resolve_waiting, acknowledged)


def _give_up(waiting: "asyncio.Future[Sequence[Any]]") -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


def _resolve_waiting(acknowledged: "Sequence[tuple[asyncio.Future[Any], Sequence[SaveOutcome]]]") -> None:
    """Resolve futures on their event loop; those given up by their caller are skipped, their answers are saved."""
    for waiting, outcomes in acknowledged:
        if waiting.done():
            continue
        error = next((outcome for outcome in outcomes if isinstance(outcome, AppError)), None)
        if error is None:
            waiting.set_result(outcomes)
        else:
            waiting.set_exception(error)


def _resolve_future(future: "Future[Any]", outcome: SaveOutcome) -> None:
    """Resolve the future; one cancelled by its caller is skipped, its answer is saved all the same."""
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(outcome, AppError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
