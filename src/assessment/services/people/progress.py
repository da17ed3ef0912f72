"""Progress of an assessment: people by role or by function, never by both (method 6.5, 6.11).

What respondents did is counted at most once an hour; pages, the API and the list of assessments show the same count.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.services.people import people_summary, survey_course
from assessment.services.people.survey_course import SurveyCourse
from assessment.services.webhooks import event_queue
from assessment.storage import assessments
from assessment.storage.database import read_session, write_session
from assessment.storage.delivery import mailings
from assessment.storage.people import invitation_counts
from assessment.storage.people.invitation_counts import GroupCount

StageCounts: TypeAlias = tuple[int, int, int]  # invited, begun, sent
ZERO_COUNTS = (0, 0, 0)
COUNT_INTERVAL = timedelta(hours=1)


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


class GroupCounts(Struct, frozen=True):
    """Counts of one role or one function in a snapshot."""

    begun: int
    sent: int


class ProgressSnapshot(Struct, frozen=True):
    """Content of a stored snapshot; counts by role within a function are not even stored.

    `unsubscribed` are the people who want no more mails. `is_final`: taken after the close. Snapshots of earlier
    versions don't say it; for a closed assessment, no later count is better, because answers may be gone since.
    """

    total: GroupCounts
    by_role: dict[str, GroupCounts]
    by_function: dict[str, GroupCounts]
    course: SurveyCourse | None = None
    unsubscribed: int = 0
    is_final: bool = True


class SnapshotTotal(Struct, frozen=True):
    """The total of a stored snapshot alone: lists of many assessments need no more."""

    total: GroupCounts


class ProgressSums(Struct, frozen=True):
    """Sums of one assessment; `total` has the only key ""."""

    total: dict[str, StageCounts]
    by_role: dict[str, StageCounts]
    by_function: dict[str, StageCounts]


def refresh_counts(engine: Engine, workspace_id: str, assessment_ids: Collection[str], now: datetime) -> None:
    """Count the responses of assessments whose count is an hour old, in transactions of its own.

    A closed one is counted once: afterwards answers are erased, by retention for example. People are counted too,
    where they have changed since.
    Call it while the request's session has no connection: threads that hold one connection and wait for another can
    deadlock the pool.
    """
    with read_session(engine) as session:
        due = _find_due(session, workspace_id, assessment_ids, now)
    if due:
        with write_session(engine) as session:
            _save_counts(session, workspace_id, due, now, now - COUNT_INTERVAL)
    people_summary.refresh_summaries(engine, workspace_id, assessment_ids)


def refresh_open_counts(engine: Engine, now: datetime) -> None:
    """Count the responses of all open assessments whose count is an hour old, so that each day has a count."""
    with read_session(engine) as session:
        due = invitation_counts.find_open_assessments_to_count(session, now, now - COUNT_INTERVAL)
    for workspace_id, assessment_id in due:
        with write_session(engine) as session:
            _save_counts(session, workspace_id, [assessment_id], now, now - COUNT_INTERVAL)


def count_if_due(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Count the responses in the caller's transaction, unless the last count is final or less than an hour old."""
    due = _find_due(session, key.workspace_id, [key.assessment_id], now)
    if due:
        _save_counts(session, key.workspace_id, due, now, now - COUNT_INTERVAL)


def count_final(session: Session, key: AssessmentKey, now: datetime) -> None:
    """Count the responses at a close that publishes a release, regardless of the last count.

    Not at other closes: repeated closing and reopening would get around the hourly limit.
    """
    _save_counts(session, key.workspace_id, [key.assessment_id], now, now)


def resume_counting(session: Session, key: AssessmentKey) -> None:
    """Let a reopened assessment be counted again, an hour after the last count at the earliest."""
    stored = invitation_counts.find_snapshots(session, key.workspace_id, [key.assessment_id]).get(key.assessment_id)
    if stored is not None:
        content = msgspec.json.encode(replace(_decode_snapshot(stored), is_final=False))
        invitation_counts.update_snapshot(session, key, content)


def _find_due(session: Session, workspace_id: str, assessment_ids: Collection[str], now: datetime) -> list[str]:
    outdated = invitation_counts.find_outdated_counts(session, workspace_id, assessment_ids, now, now - COUNT_INTERVAL)
    return [
        entry.assessment_id
        for entry in outdated
        if entry.state != AssessmentState.CLOSED
        or entry.content is None
        or not msgspec.json.decode(entry.content, type=ProgressSnapshot).is_final
    ]


def _save_counts(session: Session, workspace_id: str, due: Collection[str], now: datetime, before: datetime) -> None:
    """Count and store; the snapshots of other processes between `before` and now stay."""
    tallies = _sum_rows(invitation_counts.count_responses(session, workspace_id, due))
    earlier = invitation_counts.find_snapshots(session, workspace_id, due)
    contents, counted = {}, {}
    for id_ in sorted(due):
        snapshot = _make_snapshot(tallies.get(id_))
        counted[id_] = assessments.find_assessment(session, AssessmentKey(workspace_id, id_))
        course = survey_course.measure_course(
            session,
            counted[id_],
            (snapshot.total.begun, snapshot.total.sent),
            _decode_snapshot(earlier.get(id_)).course,
            now,
        )
        unsubscribed = mailings.count_unsubscribed(session, AssessmentKey(workspace_id, id_))
        is_final = counted[id_].state == AssessmentState.CLOSED
        contents[id_] = msgspec.json.encode(
            replace(snapshot, course=course, unsubscribed=unsubscribed, is_final=is_final)
        )
    invitation_counts.save_snapshots(session, workspace_id, contents, now, before)
    # Read again: a count that another process has stored within the hour is not replaced.
    for id_, stored in invitation_counts.find_snapshots(session, workspace_id, due).items():
        event_queue.queue_sent_count(session, counted[id_], _decode_snapshot(stored).total.sent, now)


def load_progress(session: Session, key: AssessmentKey) -> Progress:
    """Return the people invited (or imported) now, with those begun and sent at the last count."""
    assessments.find_assessment(session, key)
    here = [key.assessment_id]
    snapshot = invitation_counts.find_snapshots(session, key.workspace_id, here).get(key.assessment_id)
    rows = people_summary.load_summary(session, key).invited
    invited = _sum_rows(rows).get(key.assessment_id, ProgressSums({}, {}, {}))
    counted = _decode_snapshot(snapshot)
    return Progress(
        counted_at=snapshot.counted_at if snapshot else None,
        total=_merge_counts(invited.total, {"": counted.total}).get("", Counts(*ZERO_COUNTS)),
        by_role=_merge_counts(invited.by_role, counted.by_role),
        by_function=_merge_counts(invited.by_function, counted.by_function),
    )


def load_course(session: Session, key: AssessmentKey) -> SurveyCourse | None:
    """Return the course of a survey at the last hourly count; None while too few people have begun."""
    snapshots = invitation_counts.find_snapshots(session, key.workspace_id, [key.assessment_id])
    return _decode_snapshot(snapshots.get(key.assessment_id)).course


def load_unsubscribed(session: Session, key: AssessmentKey) -> int:
    """Return how many people wanted no more mails at the last hourly count: at once would show who it was."""
    snapshots = invitation_counts.find_snapshots(session, key.workspace_id, [key.assessment_id])
    return _decode_snapshot(snapshots.get(key.assessment_id)).unsubscribed


def load_totals(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, Counts]:
    """Return the total counts of several assessments, as of the last count."""
    snapshots = invitation_counts.find_snapshots(session, workspace_id, assessment_ids)
    summaries = people_summary.load_summaries(session, workspace_id, assessment_ids)
    invited = _sum_rows(row for summary in summaries.values() for row in summary.invited)
    return {
        id_: _merge_counts(
            invited.get(id_, ProgressSums({}, {}, {})).total, {"": _decode_snapshot(snapshots.get(id_)).total}
        ).get("", Counts(*ZERO_COUNTS))
        for id_ in assessment_ids
    }


def compute_sent_percent(sent: int, invited: int) -> int:
    """Return the share of those invited who have sent, in whole percent, rounded down: 100 only when all have."""
    return min(100, 100 * sent // invited) if invited else 0


def compute_total(people: Iterable[GroupCount], snapshot: bytes | None) -> Counts:
    """Compute the total counts from the invited people and a stored hourly count."""
    total = GroupCounts(0, 0) if snapshot is None else msgspec.json.decode(snapshot, type=SnapshotTotal).total
    invited = started = sent = 0
    for row in people:
        invited, started, sent = invited + row.invited, started + row.begun, sent + row.sent
    return Counts(invited, started + total.begun, sent + total.sent)


def _decode_snapshot(snapshot: invitation_counts.CountSnapshot | None) -> ProgressSnapshot:
    if snapshot is None:
        return ProgressSnapshot(GroupCounts(0, 0), {}, {})
    return msgspec.json.decode(snapshot.content, type=ProgressSnapshot)


def _sum_rows(rows: Iterable[GroupCount]) -> dict[str, ProgressSums]:
    sums_by_assessment: dict[str, ProgressSums] = {}
    for row in rows:
        sums = sums_by_assessment.setdefault(row.assessment_id, ProgressSums({}, {}, {}))
        tally = (row.invited, row.begun, row.sent)
        _add_counts(sums.total, "", tally)
        _add_counts(sums.by_role, row.role, tally)
        for name in row.functions.split(";"):
            _add_counts(sums.by_function, name, tally)
    return sums_by_assessment


def _add_counts(sums: dict[str, StageCounts], name: str, tally: StageCounts) -> None:
    before = sums.get(name, ZERO_COUNTS)
    sums[name] = (before[0] + tally[0], before[1] + tally[1], before[2] + tally[2])


def _make_snapshot(sums: ProgressSums | None) -> ProgressSnapshot:
    if sums is None:
        return ProgressSnapshot(GroupCounts(0, 0), {}, {})
    groups = [
        {name: GroupCounts(begun, sent) for name, (_, begun, sent) in counts.items()}
        for counts in (sums.total, sums.by_role, sums.by_function)
    ]
    return ProgressSnapshot(groups[0].get("", GroupCounts(0, 0)), groups[1], groups[2])


def _merge_counts(invited: dict[str, StageCounts], counted: dict[str, GroupCounts]) -> dict[str, Counts]:
    """Merge invited people with the last count; a group that is only in the count was emptied by a replacement."""
    names = dict.fromkeys([*invited, *counted])
    empty = GroupCounts(0, 0)
    sums = {name: (invited.get(name, ZERO_COUNTS), counted.get(name, empty)) for name in names}
    return {
        name: Counts(people, begun + group.begun, sent + group.sent)
        for name, ((people, begun, sent), group) in sums.items()
        if name == "" or people or begun or group.begun
    }
