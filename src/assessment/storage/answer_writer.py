"""Group-commit writer: one thread per process saves answers, many per transaction, and acknowledges after its commit.

The state of a response is checked and locked inside the writing transaction, so that no save can get past a concurrent
close, sending or withdrawal.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Engine, and_, bindparam, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from assessment.domain.survey.closing_time import get_state_at
from assessment.errors import AlreadySentError, AppError, ClosedError, InvalidError, NotFoundError, UnavailableError
from assessment.storage import tables
from assessment.storage.database import UNAVAILABLE_ERRORS, WRITE_OPTION, is_sqlite

MAXIMUM_BATCH = 500
MAXIMUM_QUEUE = 10_000
COMMIT_ATTEMPTS = 2
SEQUENCE_STEP = 2**16  # a sequence number is a counter times this, plus a random number of the browser page

log = logging.getLogger(__name__)


class AnswerSave(Struct, frozen=True):
    """One answer to save; `sequence` None takes the next number if the value differs from the stored one.

    `base` is the sequence number that the page last received: an answer saved by another page is replaced only if
    it has that number, so that no browser window overwrites what it has not shown. None compares sequence numbers
    alone.
    """

    workspace_id: str
    response_id: str
    item: str
    value: str
    reason: str
    evidence: str
    sequence: int | None
    saved_at: datetime
    base: int | None = None


class SavedAnswer(Struct, frozen=True):
    """The stored answer after a save; `stale`: a newer, different answer was stored already, so this one was not."""

    item: str
    value: str
    reason: str
    evidence: str
    sequence: int
    saved_at: datetime
    stale: bool = False


SaveOutcome: TypeAlias = SavedAnswer | AppError
Clock: TypeAlias = Callable[[], datetime]
QueuedSave: TypeAlias = tuple[AnswerSave, "Future[SavedAnswer]"]


class AnswerWriter:
    """Owns the queue and the thread; `save` is thread-safe."""

    def __init__(self, engine: Engine, clock: Clock, waiting_most: int = MAXIMUM_QUEUE) -> None:
        self._engine, self._clock = engine, clock
        self._queue: queue.Queue[QueuedSave | None] = queue.Queue(waiting_most)
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
        future: Future[SavedAnswer] = Future()
        with self._gate:
            if not self._open:
                raise UnavailableError
            try:
                self._queue.put_nowait((save, future))
            except queue.Full:
                raise UnavailableError from None
        return future

    def _run(self) -> None:
        while batch := self._drain():
            saves = [save for save, _ in batch]
            try:
                outcomes = self._store(saves)
            except Exception:  # the thread must survive any error and resolve every future
                log.exception("saving failed")
                outcomes = [UnavailableError()] * len(saves)
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                _resolve_future(future, outcome)

    def _drain(self) -> list[QueuedSave]:
        """Block for one save, then take the rest of the queue up to the limit; empty means stop."""
        batch: list[QueuedSave] = []
        waiting = self._queue.get()
        while waiting is not None:
            batch.append(waiting)
            if len(batch) == MAXIMUM_BATCH or self._queue.empty():
                return batch
            waiting = self._queue.get()
        if batch:
            self._queue.put(None)  # store this batch first, stop in the next round
        return batch

    def _store(self, saves: Sequence[AnswerSave]) -> Sequence[SaveOutcome]:
        """Save all in one transaction; if the data fail, each in its own, so that only the invalid one fails."""
        try:
            return self._commit(saves)
        except UNAVAILABLE_ERRORS:
            return [UnavailableError()] * len(saves)
        except DBAPIError:
            return [self._store_alone(save) for save in saves]

    def _store_alone(self, save: AnswerSave) -> SaveOutcome:
        try:
            return self._commit([save])[0]
        except UNAVAILABLE_ERRORS:
            return UnavailableError()
        except DBAPIError:
            return InvalidError("This answer can't be kept.")

    def _commit(self, saves: Sequence[AnswerSave]) -> list[SaveOutcome]:
        """Retry once if the connection was lost or this transaction was chosen to break a deadlock."""
        for attempt in range(1, COMMIT_ATTEMPTS + 1):
            try:
                with self._engine.connect().execution_options(**{WRITE_OPTION: True}) as connection, connection.begin():
                    return store_answers(connection, saves, self._clock)
            except UNAVAILABLE_ERRORS:
                if attempt == COMMIT_ATTEMPTS:
                    raise
        raise AssertionError


def store_answers(connection: Connection, saves: Sequence[AnswerSave], clock: Clock) -> list[SaveOutcome]:
    """Upsert the answers that may be saved and read back the stored ones."""
    refusals = _check_responses(connection, {save.response_id for save in saves}, clock)
    refused = [_find_error(refusals, save) for save in saves]
    taken = [save for save, refusal in zip(saves, refused, strict=True) if refusal is None]
    for take_next, group in groupby(sorted(taken, key=_make_key), key=lambda save: save.sequence is None):
        connection.execute(
            _make_upsert(connection, take_next=take_next), [_make_row(save, take_next=take_next) for save in group]
        )
    rows = _load_rows(connection, {_make_key(save) for save in taken})
    return [
        _make_outcome(save, rows[_make_key(save)]) if refusal is None else refusal
        for save, refusal in zip(saves, refused, strict=True)
    ]


def _check_responses(
    connection: Connection, responses: set[str], clock: Clock
) -> dict[tuple[str, str], AppError | None]:
    """Check whether each response (with its workspace) may be answered, and lock it until the commit.

    Assessments are locked before responses, as everywhere, to avoid deadlocks.
    """
    response, assessment = tables.response, tables.assessment
    of_these = response.c.id.in_(sorted(responses))
    assessments = select(assessment.c.id, assessment.c.state, assessment.c.closes_at).where(
        assessment.c.id.in_(select(response.c.assessment_id).where(of_these))
    )
    in_order = assessments.order_by(assessment.c.id).with_for_update(read=True)
    locked = connection.execute(in_order).all()
    now = clock()  # only after all locks are taken: waiting for them may pass the closing time
    states = {row.id: get_state_at(row.state, row.closes_at, now) for row in locked}
    columns = (response.c[name] for name in ("workspace_id", "id", "assessment_id", "state"))
    rows = connection.execute(select(*columns).where(of_these).order_by(response.c.id).with_for_update(read=True)).all()
    return {(row.workspace_id, row.id): _check_states(row.state, states[row.assessment_id]) for row in rows}


def _check_states(response: str, assessment: str) -> AppError | None:
    if assessment != "open":
        return ClosedError()
    if response == "sent":
        return AlreadySentError()
    return NotFoundError() if response != "started" else None


def _find_error(refusals: dict[tuple[str, str], AppError | None], save: AnswerSave) -> AppError | None:
    key = (save.workspace_id, save.response_id)
    return refusals[key] if key in refusals else NotFoundError()


def _make_upsert(connection: Connection, *, take_next: bool) -> Any:  # noqa: ANN401  # one of two dialects' inserts
    answer = tables.answer
    insert = (sqlite if is_sqlite(connection) else postgresql).insert(answer)
    new = insert.excluded
    changed = or_(*(answer.c[name] != new[name] for name in ("value", "reason", "evidence")))
    base = bindparam("base", type_=BigInteger())
    is_known = or_(
        base.is_(None), answer.c.sequence == base, answer.c.sequence % SEQUENCE_STEP == new.sequence % SEQUENCE_STEP
    )
    return insert.on_conflict_do_update(
        index_elements=[answer.c.response_id, answer.c.item_id],
        set_={
            **{name: new[name] for name in ("value", "reason", "evidence", "saved_at")},
            "sequence": answer.c.sequence + 1 if take_next else new.sequence,
        },
        where=changed if take_next else and_(new.sequence > answer.c.sequence, is_known),
    )


def _make_row(save: AnswerSave, *, take_next: bool) -> dict[str, Any]:
    return {
        **({} if take_next else {"base": save.base}),
        "workspace_id": save.workspace_id,
        "response_id": save.response_id,
        "item_id": save.item,
        "value": save.value,
        "reason": save.reason,
        "evidence": save.evidence,
        "sequence": 1 if save.sequence is None else save.sequence,
        "saved_at": save.saved_at,
    }


def _make_key(save: AnswerSave) -> tuple[str, str]:
    return save.response_id, save.item


def _load_rows(connection: Connection, keys: set[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    answer = tables.answer
    rows = connection.execute(select(answer).where(tuple_(answer.c.response_id, answer.c.item_id).in_(sorted(keys))))
    return {(row.response_id, row.item_id): row for row in rows}


def _make_outcome(save: AnswerSave, row: Any) -> SavedAnswer:  # noqa: ANN401  # a database row
    differs = (save.value, save.reason, save.evidence) != (row.value, row.reason, row.evidence)
    return SavedAnswer(row.item_id, row.value, row.reason, row.evidence, row.sequence, row.saved_at, stale=differs)


def _resolve_future(future: "Future[SavedAnswer]", outcome: SaveOutcome) -> None:
    """Resolve the future; one cancelled by its caller is skipped, its answer is saved all the same."""
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(outcome, AppError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
