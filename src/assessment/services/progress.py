"""How far an assessment has come: people by role or by function, never by both (method 6.5)."""

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.storage import assessments, counting

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
    rows = counting.counts(session, workspace_id, assessment_id)
    return Progress(
        total=_summed(("", row[2:]) for row in rows).get("", Counts(*NOBODY)),
        by_role=_summed((row[0], row[2:]) for row in rows),
        by_function=_summed((name, row[2:]) for row in rows for name in row[1].split(";")),
    )


def _summed(rows: Iterable[tuple[str, Tally]]) -> dict[str, Counts]:
    sums: dict[str, Tally] = {}
    for name, tally in rows:
        held = sums.get(name, NOBODY)
        sums[name] = (held[0] + tally[0], held[1] + tally[1], held[2] + tally[2])
    return {name: Counts(*tally) for name, tally in sums.items()}
