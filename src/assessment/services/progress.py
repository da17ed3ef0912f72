"""Progress of an assessment: people by role or by function, never by both (method 6.5, 6.11).

What respondents did is counted at most once an hour; pages, the API and the list of assessments show the same count.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.storage import assessments, counting
from assessment.storage.counting import Counted
from assessment.storage.database import reading, writing

Tally: TypeAlias = tuple[int, int, int]  # invited, begun, sent
NOBODY = (0, 0, 0)
INTERVAL = timedelta(hours=1)


class Counts(Struct, frozen=True):
    """Number of people invited, of drafts begun (per browser), and of people who have sent."""

    invited: int
    started: int
    sent: int


class Progress(Struct, frozen=True, kw_only=True):
    """Counts in total, by role and by function; `counted_at` is None before the first count."""

    counted_at: datetime | None
    total: Counts
    by_role: dict[str, Counts]
    by_function: dict[str, Counts]


class Group(Struct, frozen=True):
    """Counts of one role or one function in a snapshot."""

    begun: int
    sent: int


class Hourly(Struct, frozen=True):
    """Content of a stored snapshot; counts by role within a function are not even stored."""

    total: Group
    by_role: dict[str, Group]
    by_function: dict[str, Group]


class Tallies(Struct, frozen=True):
    """Sums of one assessment; `total` has the only key ""."""

    total: dict[str, Tally]
    by_role: dict[str, Tally]
    by_function: dict[str, Tally]


def refresh(engine: Engine, workspace_id: str, assessment_ids: Collection[str], now: datetime) -> None:
    """Count the responses of assessments whose count is an hour old, in transactions of its own.

    Call it while the request's session has no connection: threads that hold one connection and wait for another can
    deadlock the pool.
    """
    with reading(engine) as session:
        due = counting.find_due(session, workspace_id, assessment_ids, now, now - INTERVAL)
    if due:
        with writing(engine) as session:
            _count(session, workspace_id, due, now, now - INTERVAL)


def count_if_due(session: Session, workspace_id: str, assessment_id: str, now: datetime) -> None:
    """Count the responses in the caller's transaction, unless the last count is less than an hour old."""
    _count(session, workspace_id, [assessment_id], now, now - INTERVAL)


def count_final(session: Session, workspace_id: str, assessment_id: str, now: datetime) -> None:
    """Count the responses at a close that publishes a release, regardless of the last count.

    Not at other closes: repeated closing and reopening would get around the hourly limit.
    """
    _count(session, workspace_id, [assessment_id], now, now)


def _count(session: Session, workspace_id: str, due: Collection[str], now: datetime, before: datetime) -> None:
    tallies = _tally(counting.count_responses(session, workspace_id, due))
    contents = {id_: msgspec.json.encode(_hourly(tallies.get(id_))) for id_ in sorted(due)}
    counting.save_snapshots(session, workspace_id, contents, now, before)


def progress(session: Session, workspace_id: str, assessment_id: str) -> Progress:
    """Return the people invited (or imported) now, with those begun and sent at the last count."""
    assessments.find(session, workspace_id, assessment_id)
    here = [assessment_id]
    snapshot = counting.find_snapshots(session, workspace_id, here).get(assessment_id)
    found = _tally(counting.count_invited(session, workspace_id, here)).get(assessment_id, Tallies({}, {}, {}))
    counted = _content(snapshot)
    return Progress(
        counted_at=snapshot.counted_at if snapshot else None,
        total=_together(found.total, {"": counted.total}).get("", Counts(*NOBODY)),
        by_role=_together(found.by_role, counted.by_role),
        by_function=_together(found.by_function, counted.by_function),
    )


def totals(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, Counts]:
    """Return the total counts of several assessments, as of the last count."""
    snapshots = counting.find_snapshots(session, workspace_id, assessment_ids)
    found = _tally(counting.count_invited(session, workspace_id, assessment_ids))
    return {
        id_: _together(found.get(id_, Tallies({}, {}, {})).total, {"": _content(snapshots.get(id_)).total}).get(
            "", Counts(*NOBODY)
        )
        for id_ in assessment_ids
    }


def _content(snapshot: counting.Snapshot | None) -> Hourly:
    if snapshot is None:
        return Hourly(Group(0, 0), {}, {})
    return msgspec.json.decode(snapshot.content, type=Hourly)


def _tally(rows: Iterable[Counted]) -> dict[str, Tallies]:
    found: dict[str, Tallies] = {}
    for row in rows:
        sums = found.setdefault(row.assessment_id, Tallies({}, {}, {}))
        tally = (row.invited, row.begun, row.sent)
        _add(sums.total, "", tally)
        _add(sums.by_role, row.role, tally)
        for name in row.functions.split(";"):
            _add(sums.by_function, name, tally)
    return found


def _add(sums: dict[str, Tally], name: str, tally: Tally) -> None:
    held = sums.get(name, NOBODY)
    sums[name] = (held[0] + tally[0], held[1] + tally[1], held[2] + tally[2])


def _hourly(sums: Tallies | None) -> Hourly:
    if sums is None:
        return Hourly(Group(0, 0), {}, {})
    groups = [
        {name: Group(begun, sent) for name, (_, begun, sent) in each.items()}
        for each in (sums.total, sums.by_role, sums.by_function)
    ]
    return Hourly(groups[0].get("", Group(0, 0)), groups[1], groups[2])


def _together(invited: dict[str, Tally], counted: dict[str, Group]) -> dict[str, Counts]:
    """Merge invited people with the last count; a group that is only in the count was emptied by a replacement."""
    names = dict.fromkeys([*invited, *counted])
    empty = Group(0, 0)
    sums = {name: (invited.get(name, NOBODY), counted.get(name, empty)) for name in names}
    return {
        name: Counts(people, begun + group.begun, sent + group.sent)
        for name, ((people, begun, sent), group) in sums.items()
        if name == "" or people or begun or group.begun
    }
