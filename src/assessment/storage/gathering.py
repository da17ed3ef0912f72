"""Answers out of the database as arrays, in one pass that grows with their number and no faster."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sqlalchemy import CTE, ColumnElement, Select, String, Table, cast, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, Answers, Flags, Values, codes
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.routing import asked_matrix, sections
from assessment.storage import tables

BETWEEN = ","  # never part of a random id or a number
NOBODY = -1

response = tables.response
answer = tables.answer
time = tables.section_time


Number = TypeVar("Number", bound=np.generic)


class Source(Struct, frozen=True):
    """A table with one row for each response and thing: what tells things apart, and a figure if it has one."""

    table: Table
    keys: tuple[ColumnElement[str], ...]
    figure: ColumnElement[float] | None = None
    condition: ColumnElement[bool] = true()


class Group(Struct, frozen=True):
    """All rows that have the same keys: where these responses stand, and their figures in the same order."""

    keys: tuple[str, ...]
    rows: NDArray[np.int64]
    figures: NDArray[np.float64] | None


ANSWERS = Source(answer, (answer.c.item_id, answer.c.value, answer.c.evidence))
TIMES = Source(time, (time.c.section,), time.c.seconds, time.c.seconds.is_not(None))


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
    number = {row[0]: index for index, row in enumerate(rows)}
    roles = tuple(row.role for row in rows)
    joined = [row.functions for row in rows]
    functions = _functions(questionnaire, joined)
    asked = asked_matrix(questionnaire, roles, functions)
    values = np.where(asked, np.int8(BLANK), np.int8(NOT_ASKED))
    evidence = np.full(values.shape, BLANK, dtype=np.int8)
    _fill(_grouped(session, (workspace_id, assessment_id), number, ANSWERS), questionnaire, values, evidence)
    values[~asked] = NOT_ASKED
    evidence[~asked] = BLANK
    times = _grouped(session, (workspace_id, assessment_id), number, TIMES)
    answers = Answers(
        respondents=_names(rows) if named else tuple(f"r{index}" for index in range(1, len(rows) + 1)),
        roles=roles,
        functions=functions,
        seconds=_seconds(times, questionnaire, [row.seconds for row in rows], list(zip(roles, joined, strict=True))),
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


def _grouped(session: Session, owner: tuple[str, str], number: dict[str, int], source: Source) -> Iterator[Group]:
    """Read a table of one row for each response and thing, with everyone who has the same in one row.

    So the database hands over a few hundred rows however many people answered. Responses are told by a number
    that holds within the statement only, which therefore says itself whose it is.
    """
    listed = _numbered(*owner)
    place = cast(listed.c.place, String)
    figure = literal("") if source.figure is None else _joined(cast(source.figure, String))
    whose = select(_joined(listed.c.id), _joined(place), literal(""), *(literal("") for _ in source.keys))
    groups = (
        select(literal(""), _joined(place), figure, *source.keys)
        .join_from(source.table, listed, listed.c.id == source.table.c.response_id)
        .where(source.condition)
        .group_by(*source.keys)
    )
    rows = session.execute(union_all(whose, groups)).all()
    at = next((_rows(row[0], row[1], number) for row in rows if row[0]), None)
    for ids, places, figures, *keys in rows:
        if at is not None and not ids:
            found = at[_numbers(places, np.int64)]
            known = found != NOBODY
            yield Group(tuple(keys), found[known], _numbers(figures, np.float64)[known] if figures else None)


def _numbered(workspace_id: str, assessment_id: str) -> CTE:
    return (
        select(response.c.id, func.row_number().over().label("place"))
        .where(
            response.c.workspace_id == workspace_id,
            response.c.assessment_id == assessment_id,
            response.c.state != "withdrawn",
        )
        .cte("numbered")
    )


def _joined(column: ColumnElement[str]) -> ColumnElement[str]:
    return func.aggregate_strings(column, BETWEEN)


def _numbers(joined: str, kind: type[Number]) -> NDArray[Number]:
    return np.fromstring(joined, dtype=kind, sep=BETWEEN)


def _rows(ids: str, places: str, number: dict[str, int]) -> NDArray[np.int64]:
    """Row of each response by the statement's own number; NOBODY for one that came in the meantime."""
    at = _numbers(places, np.int64)
    found = np.full(at.max() + 1, NOBODY)
    found[at] = [number.get(each, NOBODY) for each in ids.split(BETWEEN)]
    return found


def _fill(groups: Iterable[Group], questionnaire: Questionnaire, values: Values, evidence: Values) -> None:
    """Put each answer in its place; an item the questionnaire does not have is no answer."""
    place = {
        (item.id, text): (column, code)
        for column, item in enumerate(questionnaire.items)
        for text, code in codes(item.options).items()
    }
    kinds = {text: code for code, text in enumerate(EVIDENCE)}
    for group in groups:
        item, value, kind = group.keys
        if (item, value) in place:
            column, code = place[item, value]
            values[group.rows, column] = code
            evidence[group.rows, column] = kinds.get(kind, BLANK)


def _functions(questionnaire: Questionnaire, joined: Sequence[str]) -> Flags:
    """Flags out of `a;b`, each combination read once."""
    ids = [function.id for function in questionnaire.functions]
    known = {text: [each in text.split(";") for each in ids] for text in set(joined)}
    return np.array([known[text] for text in joined], dtype=np.bool_).reshape(len(joined), len(ids))


def _seconds(
    groups: Iterable[Group],
    questionnaire: Questionnaire,
    told: Sequence[float | None],
    asked: Sequence[tuple[str, str]],
) -> NDArray[np.float64]:
    """Sum over the pages asked; unknown if one of them is missing (method 3). `asked`: role and functions."""
    taken = {group.keys[0]: group for group in groups}
    column = {section: place for place, section in enumerate(taken)}
    timed = np.full((len(told), len(taken) + 1), np.nan)  # the last column is of pages that nobody saw
    for section, group in taken.items():
        timed[group.rows, column[section]] = group.figures
    found = np.array([np.nan if seconds is None else seconds for seconds in told], dtype=np.float64)
    alike: dict[tuple[str, str], list[int]] = {}
    for index, way in enumerate(asked):
        alike.setdefault(way, []).append(index)
    for (role, functions), rows in alike.items():
        pages = [column.get(page[0].id, -1) for page in sections(questionnaire, role, functions.split(";"))]
        summed = timed[np.ix_(rows, pages)].sum(axis=1)
        found[rows] = np.where(np.isnan(found[rows]) & bool(pages), summed, found[rows])
    return found


def _names(rows: Sequence[Any]) -> tuple[str, ...]:
    """The name a person goes by, made different where two have the same."""
    names: dict[str, None] = {}
    for row in rows:
        name = row.label or row.email or row.name or row.id
        names[f"{name} ({row.id})" if name in names else name] = None
    return tuple(names)
