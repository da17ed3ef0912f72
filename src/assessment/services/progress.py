"""How far an assessment has come: people by role or by function, never by both (method 6.5)."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.storage import assessments, counting

Tally: TypeAlias = tuple[int, int, int]  # invited, begun, sent


class Counts(Struct, frozen=True):
    """Null is hidden: so few that it would speak of single people."""

    invited: int
    started: int | None
    sent: int | None


class Progress(Struct, frozen=True, kw_only=True):
    """The whole, and each role and function on its own; `reason` says why some are hidden."""

    total: Counts
    by_role: dict[str, Counts]
    by_function: dict[str, Counts]
    reason: str | None = None


def progress(session: Session, workspace_id: str, assessment_id: str) -> Progress:
    """Count those who were invited (or taken in from a file), have begun, and have sent."""
    assessment = assessments.find(session, workspace_id, assessment_id)
    rows = counting.counts(session, workspace_id, assessment_id)
    open_to_all = assessment.confidentiality == "attributable" or assessment.mode == "consensus"
    k = 0 if open_to_all else assessment.minimum_group
    total = guarded(_summed(("", row[2:]) for row in rows) or {"": (0, 0, 0)}, k)[""]
    by_role = guarded(_summed((row[0], row[2:]) for row in rows), k)
    by_function = guarded(_summed((name, row[2:]) for row in rows for name in row[1].split(";")), k)
    every = (total, *by_role.values(), *by_function.values())
    hides = any(each.started is None or each.sent is None for each in every)
    reason = f"fewer than {k + 1} people" if hides else None
    return Progress(total=total, by_role=by_role, by_function=by_function, reason=reason)


def guarded(tallies: Mapping[str, Tally], k: int) -> dict[str, Counts]:
    """Hide what counts 1 to k people, and where only one is hidden, one more: the rest would give it away."""
    begun = _hidden({name: tally[1] for name, tally in tallies.items()}, k)
    sent = _hidden({name: tally[2] for name, tally in tallies.items()}, k)
    return {name: Counts(tally[0], begun[name], sent[name]) for name, tally in tallies.items()}


def _hidden(counts: Mapping[str, int], k: int) -> dict[str, int | None]:
    few = {name for name, count in counts.items() if 1 <= count <= k}
    others = sorted((count, name) for name, count in counts.items() if name not in few and count)
    if len(few) == 1 and others:
        few.add(others[0][1])
    return {name: None if name in few else count for name, count in counts.items()}


def _summed(rows: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    sums: dict[str, Tally] = {}
    for name, tally in rows:
        held = sums.get(name, (0, 0, 0))
        sums[name] = (held[0] + tally[0], held[1] + tally[1], held[2] + tally[2])
    return sums
