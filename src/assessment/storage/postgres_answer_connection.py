"""Connection of the answer writer to PostgreSQL, where every statement is a round trip to another process.

Most saves need one statement, which locks, checks, stores and commits by itself. It never waits for a lock: what it
leaves out takes a transaction, in which the clock is read after the locks are taken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.domain.survey.answer import SavedAnswer
from assessment.storage.answer_connection import (
    COLUMNS,
    OWN_ANSWER,
    RETURNED_COLUMNS,
    AnswerableResponse,
    AnswerConnection,
    AnswerKey,
    AnswerParameters,
    ResponseKey,
    SectionParameters,
    make_answerable,
    make_upserts,
)
from assessment.storage.postgres_statements import PostgresStatements

# Locked in the order of FOR SHARE: an assessment before its responses, as everywhere, and assessments by id, to avoid
# deadlocks. After waiting for a lock PostgreSQL reads the row again.
RESPONSES = (
    "FROM assessment a JOIN response r ON r.workspace_id = a.workspace_id AND r.assessment_id = a.id WHERE {condition}"
)
LOCKED = "ORDER BY a.id, r.id FOR SHARE OF a, r"
LOCK_RESPONSES = f"SELECT r.workspace_id, r.id, r.state, a.state, a.closes_at {RESPONSES} {LOCKED}"
ONE = "r.workspace_id = %s AND r.id = %s"
SEVERAL = "(r.workspace_id, r.id) IN (SELECT * FROM unnest({0}::text[], {1}::text[]))"
# The open responses that no other transaction is changing: a close or a sending locks them exclusively.
OPEN_RESPONSES = (
    f"open_response AS (SELECT r.workspace_id, r.id {RESPONSES}"
    f" AND r.state = '{ResponseState.STARTED.value}' AND a.state = '{AssessmentState.OPEN.value}'"
    f" AND (a.closes_at IS NULL OR a.closes_at > %(now)s) {LOCKED} SKIP LOCKED)"
)
OWN = "r.workspace_id = %(workspace_id)s AND r.id = %(response_id)s"
OWN_RESPONSE = f"WITH {OPEN_RESPONSES.format(condition=OWN)} "
INSERT_OPEN_DISPLAY = (
    f"{OWN_RESPONSE} INSERT INTO section_time (workspace_id, response_id, section, shown_at)"  # noqa: S608  # constants
    f" SELECT workspace_id, id, %(section)s::text, %(moment)s::timestamptz FROM open_response"
    " ON CONFLICT DO NOTHING RETURNING section"
)
# As `record_section` counts them.
SECONDS = "least(greatest(extract(epoch FROM %(moment)s::timestamptz - shown_at), 0), %(limit)s)::double precision"
UPDATE_OPEN_SECONDS = (
    f"{OWN_RESPONSE} UPDATE section_time SET seconds = coalesce(%(seconds)s::double precision, {SECONDS}),"  # noqa: S608
    " shown_at = %(day)s::timestamptz WHERE workspace_id = %(workspace_id)s AND response_id = %(response_id)s"
    " AND section = %(section)s AND seconds IS NULL AND EXISTS (SELECT 1 FROM open_response) RETURNING section"
)
CASTS = {"sequence": "bigint", "saved_at": "timestamptz", "base": "bigint"}


class PostgresConnection(AnswerConnection):
    """Several answers are one statement, by `unnest`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._statements = PostgresStatements(self._connection)
        try:
            self._statements.run_command(b"SET default_transaction_read_only = off")
        except BaseException:
            self.close()
            raise
        names = (*COLUMNS.split(", "), "base")
        places = {name: f"%({name})s::{CASTS.get(name, 'text')}" for name in names}
        arrays = ", ".join(f"{place}[]" for place in places.values())
        new = f"new AS (SELECT * FROM unnest({arrays}) AS new ({COLUMNS}, base))"  # noqa: S608  # constants
        insert = f" INSERT INTO answer ({COLUMNS}) "
        # `excluded` has only the columns of the table.
        base = (
            "(SELECT new.base FROM new WHERE new.workspace_id = excluded.workspace_id"
            " AND new.response_id = excluded.response_id AND new.item_id = excluded.item_id)"
        )
        new_columns = ", ".join(f"new.{name}" for name in names[:-1])
        select_new = f"SELECT {new_columns} FROM new "  # noqa: S608  # constants
        in_order = "ORDER BY new.workspace_id, new.response_id, new.item_id "
        self._upserts = _make_upserts(f"WITH {new}{insert}{select_new}{in_order}", base)
        several = OPEN_RESPONSES.format(condition=SEVERAL.format("%(workspace_id)s", "%(response_id)s"))
        is_open = "JOIN open_response o ON o.workspace_id = new.workspace_id AND o.id = new.response_id "
        self._upserts_at_once = _make_upserts(f"WITH {new}, {several}{insert}{select_new}{is_open}{in_order}", base)
        # Most transactions save one answer, and nine arrays would take psycopg as long as all the rest.
        one = ", ".join(places[name] for name in names[:-1])
        self._single_upserts = _make_upserts(f"{insert}VALUES ({one}) ", places["base"])
        select_one = f"SELECT {one} FROM open_response "  # noqa: S608  # constants
        self._single_upserts_at_once = _make_upserts(f"{OWN_RESPONSE}{insert}{select_one}", places["base"])

    def begin(self) -> None:
        self._statements.run_command(b"BEGIN READ WRITE")

    def commit(self) -> None:
        self._statements.commit()

    def lock_responses(self, keys: Sequence[ResponseKey]) -> list[AnswerableResponse]:
        rows = (
            self._fetch_rows(LOCK_RESPONSES.format(condition=ONE), keys[0])
            if len(keys) == 1
            else self._fetch_rows(
                LOCK_RESPONSES.format(condition=SEVERAL.format("%s", "%s")),
                [list(column) for column in zip(*keys, strict=True)],
            )
        )
        return [make_answerable(*row) for row in rows]

    def upsert_answers(self, answers: Sequence[AnswerParameters], *, take_next: bool) -> dict[AnswerKey, SavedAnswer]:
        upserts = self._single_upserts if len(answers) == 1 else self._upserts
        return self._restore_rows(self._fetch_rows(upserts[take_next], _name_values(answers)))

    def upsert_at_once(
        self, answers: Sequence[AnswerParameters], now: datetime, *, take_next: bool
    ) -> dict[AnswerKey, SavedAnswer]:
        upserts = self._single_upserts_at_once if len(answers) == 1 else self._upserts_at_once
        return self._restore_rows(self._fetch_rows(upserts[take_next], {**_name_values(answers), "now": now}))

    def record_section_at_once(self, time: SectionParameters, now: datetime) -> bool:
        statement = INSERT_OPEN_DISPLAY if time.day is None else UPDATE_OPEN_SECONDS
        return bool(self._fetch_rows(statement, {**time._asdict(), "now": now}))

    def load_answer(self, key: AnswerKey) -> SavedAnswer:
        select = f"SELECT {RETURNED_COLUMNS} FROM answer WHERE {OWN_ANSWER.format('%s')}"  # noqa: S608  # constants
        return self._restore_rows(self._fetch_rows(select, key))[key]

    def _execute(self, statement: str, values: Sequence[Any]) -> list[Any]:
        return self._fetch_rows(statement.replace("?", "%s"), values)

    def _fetch_rows(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self._statements.execute(statement, values)


def _name_values(answers: Sequence[AnswerParameters]) -> dict[str, Any]:
    """Return the values of one answer by name, or a list of each of several."""
    if len(answers) == 1:
        return answers[0]._asdict()
    columns = zip(*answers, strict=True)
    return {name: list(column) for name, column in zip(AnswerParameters._fields, columns, strict=True)}


def _make_upserts(insert: str, base: str) -> dict[bool, str]:
    return make_upserts(insert, base=base, modulo="%%")  # psycopg's placeholders begin with %
