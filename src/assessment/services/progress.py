"""How far an assessment has come: people by role or by function, never by both (method 6.5)."""

from collections.abc import Collection, Iterable
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.storage import assessments, counting
from assessment.storage.counting import Counted

Tally: TypeAlias = tuple[int, int, int]  # invited, begun, sent
NOBODY = (0, 0, 0)


class Counts(Struct, frozen=True):
    """Those who were invited, of them who have begun, and of these who have sent."""

    invited: int
    started: int
    sent: int


class Progress(Struct, frozen=True, kw_only=True):
    """The whole, and each role and each function on its own."""

    total: Counts
    by_role: dict[str, Counts]
    by_function: dict[str, Counts]


def progress(session: Session, workspace_id: str, assessment_id: str) -> Progress:
    """Count those who were invited (or taken in from a file), have begun, and have sent."""
    assessments.find(session, workspace_id, assessment_id)
    rows = counting.counts(session, workspace_id, [assessment_id])
    return Progress(
        total=_summed(("", row) for row in rows).get("", Counts(*NOBODY)),
        by_role=_summed((row.role, row) for row in rows),
        by_function=_summed((name, row) for row in rows for name in row.functions.split(";")),
    )


def totals(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, Counts]:
    """Count the people of several assessments at once, each as a whole."""
    found = _summed((row.assessment_id, row) for row in counting.counts(session, workspace_id, assessment_ids))
    return {id_: found.get(id_, Counts(*NOBODY)) for id_ in assessment_ids}


def _summed(rows: Iterable[tuple[str, Counted]]) -> dict[str, Counts]:
    sums: dict[str, Tally] = {}
    for name, row in rows:
        held = sums.get(name, NOBODY)
        sums[name] = (held[0] + row.invited, held[1] + row.begun, held[2] + row.sent)
    return {name: Counts(*tally) for name, tally in sums.items()}
