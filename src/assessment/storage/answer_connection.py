"""Connection of the answer writer: a few prepared statements on the driver's own connection. SQLite's is here.

The statements go to sqlite3 or psycopg directly: building and compiling them with SQLAlchemy would cost more than
running them. Both drivers prepare a statement that is executed repeatedly on one connection.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Dialect, Engine

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.domain.survey.answer import SavedAnswer
from assessment.storage import tables
from assessment.storage.database import is_sqlite

SEQUENCE_STEP = 2**16  # a sequence number is a counter times this, plus a random number of the browser page
COLUMNS = "workspace_id, response_id, item_id, value, reason, evidence, sequence, saved_at"
RETURNED_COLUMNS = "workspace_id, response_id, item_id, value, reason, evidence, sequence, saved_at"

# When an upsert may replace the stored answer; `base` is the sequence number that the page last received.
IS_NEWER = (
    "excluded.sequence > answer.sequence AND ({base} IS NULL OR answer.sequence = {base}"
    f" OR answer.sequence {{modulo}} {SEQUENCE_STEP} = excluded.sequence {{modulo}} {SEQUENCE_STEP})"
)
IS_DIFFERENT = "(answer.value, answer.reason, answer.evidence) <> (excluded.value, excluded.reason, excluded.evidence)"
UPDATE = (
    "ON CONFLICT (workspace_id, response_id, item_id) DO UPDATE SET value = excluded.value, reason = excluded.reason,"
    " evidence = excluded.evidence, saved_at = excluded.saved_at, sequence = {sequence} WHERE {condition}"
    f" RETURNING {RETURNED_COLUMNS}"
)

OWN_SECTION = "workspace_id = ? AND response_id = ? AND section = ? AND seconds IS NULL"
INSERT_DISPLAY = (
    "INSERT INTO section_time (workspace_id, response_id, section, shown_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
SELECT_DISPLAY = f"SELECT shown_at FROM section_time WHERE {OWN_SECTION}"  # noqa: S608  # constants
UPDATE_SECONDS = f"UPDATE section_time SET seconds = ?, shown_at = ? WHERE {OWN_SECTION}"  # noqa: S608  # constants

OWN_ANSWER = "workspace_id = {0} AND response_id = {0} AND item_id = {0}"

ResponseKey: TypeAlias = tuple[str, str]
AnswerKey: TypeAlias = tuple[str, str, str]


class AnswerParameters(NamedTuple):
    """Parameters of one upsert; `base` None compares sequence numbers alone."""

    workspace_id: str
    response_id: str
    item_id: str
    value: str
    reason: str
    evidence: str
    sequence: int
    saved_at: Any
    base: int | None


class SectionParameters(NamedTuple):
    """Section time to record: the first display (`day` None), or the seconds until `moment`.

    `seconds` None counts from the recorded display, at most `limit`; afterwards only the day of the display is stored.
    """

    workspace_id: str
    response_id: str
    section: str
    moment: datetime
    day: datetime | None = None
    seconds: float | None = None
    limit: float = 0.0


class AnswerableResponse(NamedTuple):
    """State of a response and of its assessment."""

    workspace_id: str
    id: str
    state: ResponseState
    assessment_state: AssessmentState
    closes_at: datetime | None


class AnswerConnection(ABC):
    """Connection of one thread; raises the driver's errors, after which it must be closed or rolled back."""

    def __init__(self, engine: Engine) -> None:
        pooled = engine.raw_connection()
        pooled.detach()  # the pool must not wait for a connection that is never returned
        self._connection: Any = pooled.dbapi_connection
        self._prepare_time, self._restore_time = _make_time_codecs(engine.dialect)

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction that writes."""

    @abstractmethod
    def lock_responses(self, keys: Sequence[ResponseKey]) -> list[AnswerableResponse]:
        """Lock the assessments, then the responses, until the commit."""

    @abstractmethod
    def upsert_answers(self, answers: Sequence[AnswerParameters], *, take_next: bool) -> dict[AnswerKey, SavedAnswer]:
        """Upsert answers of different keys and return those that were stored.

        With `take_next`, a different answer gets the next sequence number; otherwise only a newer one is stored.
        """

    @abstractmethod
    def upsert_at_once(
        self, answers: Sequence[AnswerParameters], now: datetime, *, take_next: bool
    ) -> dict[AnswerKey, SavedAnswer]:
        """Upsert outside of a transaction, in one statement, and return what is committed.

        Left out are responses that may not be answered at `now` or that someone is changing, and answers that would
        not be stored: they need a transaction.
        """

    @abstractmethod
    def record_section_at_once(self, time: SectionParameters, now: datetime) -> bool:
        """Record a section time outside of a transaction, as `upsert_at_once`; return whether it is committed."""

    @abstractmethod
    def load_answer(self, key: AnswerKey) -> SavedAnswer:
        """Load one stored answer."""

    def record_section(self, time: SectionParameters) -> None:
        """Record the first display of a section, or how long it took; each of them once."""
        own = (time.workspace_id, time.response_id, time.section)
        if time.day is None:
            self._execute(INSERT_DISPLAY, (*own, self._prepare_time(time.moment)))
            return
        seconds = time.seconds
        if seconds is None:
            rows = self._execute(SELECT_DISPLAY, own)
            if not rows:
                return
            seconds = min(max((time.moment - self._restore_time(rows[0][0])).total_seconds(), 0.0), time.limit)
        self._execute(UPDATE_SECONDS, (seconds, self._prepare_time(time.day), *own))

    @abstractmethod
    def _execute(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """Execute a statement with `?` for each value, and return its rows."""

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()

    def close(self) -> None:
        self._connection.close()

    def _restore_rows(self, rows: Iterable[Sequence[Any]]) -> dict[AnswerKey, SavedAnswer]:
        return {
            (workspace_id, response_id, item): SavedAnswer(*content, item=item, saved_at=self._restore_time(saved_at))
            for workspace_id, response_id, item, *content, saved_at in rows
        }


class SqliteConnection(AnswerConnection):
    """BEGIN IMMEDIATE takes the only write lock, so nothing else needs a lock.

    SQLite works in this process, where a transaction of several statements costs little more than one of them.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._connection.execute("PRAGMA query_only = OFF").close()
        names = ", ".join(f":{name}" for name in COLUMNS.split(", "))
        insert = f"INSERT INTO answer ({COLUMNS}) VALUES ({names}) "  # noqa: S608  # constants
        self._upserts = make_upserts(insert, base=":base", modulo="%")

    def begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE").close()

    def _execute(self, statement: str, values: Sequence[Any]) -> list[Any]:
        rows: list[Any] = self._connection.execute(statement, values).fetchall()
        return rows

    def lock_responses(self, keys: Sequence[ResponseKey]) -> list[AnswerableResponse]:
        select = (
            "SELECT r.workspace_id, r.id, r.state, a.state, a.closes_at"
            " FROM response r JOIN assessment a ON a.workspace_id = r.workspace_id AND a.id = r.assessment_id"
            " WHERE r.workspace_id = ? AND r.id = ?"
        )
        rows = [row for key in keys for row in self._connection.execute(select, key).fetchall()]
        return [
            make_answerable(workspace_id, id_, state, assessment_state, self._restore_time(closes_at))
            for workspace_id, id_, state, assessment_state, closes_at in rows
        ]

    def upsert_answers(self, answers: Sequence[AnswerParameters], *, take_next: bool) -> dict[AnswerKey, SavedAnswer]:
        rows = []
        for answer in answers:
            values = answer._replace(saved_at=self._prepare_time(answer.saved_at))._asdict()
            # RETURNING is complete only after all its rows are fetched.
            rows += self._connection.execute(self._upserts[take_next], values).fetchall()
        return self._restore_rows(rows)

    def upsert_at_once(self, *_: object, **_options: object) -> dict[AnswerKey, SavedAnswer]:
        return {}

    def record_section_at_once(self, *_: object) -> bool:
        return False

    def load_answer(self, key: AnswerKey) -> SavedAnswer:
        select = f"SELECT {RETURNED_COLUMNS} FROM answer WHERE {OWN_ANSWER.format('?')}"  # noqa: S608  # constants
        return self._restore_rows(self._connection.execute(select, key).fetchall())[key]


def open_connection(engine: Engine) -> AnswerConnection:
    """Open a connection of the engine's database."""
    if is_sqlite(engine):
        return SqliteConnection(engine)
    from assessment.storage.postgres_answer_connection import (  # noqa: PLC0415  # loads psycopg: 9 MB on SQLite
        PostgresConnection,
    )

    return PostgresConnection(engine)


def make_answerable(
    workspace_id: str, response_id: str, state: str, assessment_state: str, closes_at: datetime | None
) -> AnswerableResponse:
    return AnswerableResponse(
        workspace_id, response_id, ResponseState(state), AssessmentState(assessment_state), closes_at
    )


def make_upserts(insert: str, *, base: str, modulo: str) -> dict[bool, str]:
    """Make the statements by `take_next`."""
    return {
        True: insert + UPDATE.format(sequence="answer.sequence + 1", condition=IS_DIFFERENT),
        False: insert
        + UPDATE.format(sequence="excluded.sequence", condition=IS_NEWER.format(base=base, modulo=modulo)),
    }


def _make_time_codecs(dialect: Dialect) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Make functions that convert a timestamp to and from what the driver stores."""
    kind = tables.answer.c.saved_at.type.dialect_impl(dialect)
    return (
        kind.bind_processor(dialect) or (lambda value: value),
        kind.result_processor(dialect, None) or (lambda value: value),
    )
