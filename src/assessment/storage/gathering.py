"""Answers out of the database as arrays, in one pass that grows with their number and no faster."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, Answers, Flags, Values, codes
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.routing import asked_matrix, sections
from assessment.storage import tables

ROWS_AT_ONCE = 50_000

response = tables.response
answer = tables.answer


class Gathered(Struct, frozen=True):
    """Everybody's answers; `sent` and `revoked` stand beside them, row by row."""

    answers: Answers
    sent: Flags
    revoked: Flags

    def counted(self, submitted_share: float) -> Answers:
        """Return who counts at the close: who has sent, and who has answered enough of what is asked (method 3)."""
        asked = self.answers.values != NOT_ASKED
        answered = (self.answers.values != BLANK) & asked
        enough = answered.sum(axis=1) >= submitted_share * asked.sum(axis=1)
        return self.answers.only(self.sent | (enough & answered.any(axis=1) & ~self.revoked))


def gather(
    session: Session, workspace_id: str, assessment_id: str, questionnaire: Questionnaire, *, named: bool = False
) -> Gathered:
    """Read all responses of an assessment, in the order of their random ids; `named` where people may be."""
    rows = session.execute(_responses(workspace_id, assessment_id)).all()
    number = {row.id: index for index, row in enumerate(rows)}
    roles = tuple(row.role for row in rows)
    functions = _functions(questionnaire, [row.functions for row in rows])
    asked = asked_matrix(questionnaire, roles, functions)
    values = np.where(asked, np.int8(BLANK), np.int8(NOT_ASKED))
    evidence = np.full(values.shape, BLANK, dtype=np.int8)
    _fill(session, _answers(workspace_id, assessment_id), questionnaire, number, values, evidence)
    values[~asked] = NOT_ASKED
    evidence[~asked] = BLANK
    answers = Answers(
        respondents=_names(rows) if named else tuple(f"r{index}" for index in range(1, len(rows) + 1)),
        roles=roles,
        functions=functions,
        seconds=_seconds(session, workspace_id, assessment_id, questionnaire, rows),
        values=values,
        evidence=evidence,
    )
    sent = np.array([row.state == "sent" for row in rows], dtype=np.bool_)
    return Gathered(answers, sent, np.array([row.revoked_on is not None for row in rows], dtype=np.bool_))


def _responses(workspace_id: str, assessment_id: str) -> Select[Any]:
    invitation = tables.invitation
    columns = (response.c[name] for name in ("id", "role", "functions", "state", "seconds", "label"))
    return (
        select(*columns, invitation.c.revoked_on, invitation.c.email, invitation.c.name)
        .join(invitation, invitation.c.id == response.c.invitation_id, isouter=True)
        .where(
            response.c.workspace_id == workspace_id,
            response.c.assessment_id == assessment_id,
            response.c.state != "withdrawn",
        )
        .order_by(response.c.id)
    )


def _answers(workspace_id: str, assessment_id: str) -> Select[Any]:
    return (
        select(answer.c.response_id, answer.c.item_id, answer.c.value, answer.c.evidence)
        .join(response, response.c.id == answer.c.response_id)
        .where(
            response.c.workspace_id == workspace_id,
            response.c.assessment_id == assessment_id,
            response.c.state != "withdrawn",
        )
    )


def _fill(  # where from, how to read it, where to
    session: Session,
    statement: Select[Any],
    questionnaire: Questionnaire,
    number: dict[str, int],
    values: Values,
    evidence: Values,
) -> None:
    """Put each answer in its place; an item the questionnaire does not have is no answer."""
    place = {
        (item.id, text): (column, code)
        for column, item in enumerate(questionnaire.items)
        for text, code in codes(item.options).items()
    }
    kinds = {text: code for code, text in enumerate(EVIDENCE)}
    for rows in session.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}).partitions():
        known = [
            (number[who], *place[item, value], kinds.get(kind, BLANK))
            for who, item, value, kind in rows
            if (item, value) in place and who in number
        ]
        if known:
            at, column, code, kind = np.array(known, dtype=np.int64).T
            values[at, column] = code
            evidence[at, column] = kind


def _functions(questionnaire: Questionnaire, joined: Sequence[str]) -> Flags:
    """Flags out of `a;b`, each combination read once."""
    ids = [function.id for function in questionnaire.functions]
    known = {text: [each in text.split(";") for each in ids] for text in set(joined)}
    return np.array([known[text] for text in joined], dtype=np.bool_).reshape(len(joined), len(ids))


def _seconds(
    session: Session, workspace_id: str, assessment_id: str, questionnaire: Questionnaire, rows: Sequence[Any]
) -> NDArray[np.float64]:
    """Sum over the pages asked; unknown if one of them is missing (method 3)."""

    @cache
    def pages(role: str, functions: str) -> frozenset[str]:
        return frozenset(page[0].id for page in sections(questionnaire, role, functions.split(";")))

    timed: dict[str, dict[str, float]] = {}
    for who, section, seconds in _times(session, workspace_id, assessment_id):
        timed.setdefault(who, {})[section] = seconds
    found = np.full(len(rows), np.nan)
    for index, row in enumerate(rows):
        taken = timed.get(row.id)
        if row.seconds is not None:
            found[index] = row.seconds
        elif taken is not None and (asked := pages(row.role, row.functions)) <= taken.keys():
            found[index] = sum(taken[page] for page in asked)
    return found


def _times(session: Session, workspace_id: str, assessment_id: str) -> Iterable[tuple[str, str, float]]:
    time = tables.section_time
    statement = (
        select(time.c.response_id, time.c.section, time.c.seconds)
        .join(response, response.c.id == time.c.response_id)
        .where(
            response.c.workspace_id == workspace_id,
            response.c.assessment_id == assessment_id,
            time.c.seconds.is_not(None),
        )
    )
    yield from (tuple(row) for row in session.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}))


def _names(rows: Sequence[Any]) -> tuple[str, ...]:
    """The name a person goes by, made different where two have the same."""
    names: dict[str, None] = {}
    for row in rows:
        name = row.label or row.email or row.name or row.id
        names[f"{name} ({row.id})" if name in names else name] = None
    return tuple(names)
