"""Log of erasures, ids only; replayed after an older backup is restored."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import ErasureKind
from assessment.storage import tables
from assessment.storage.database import is_sqlite

erasure = tables.erasure


class Erasure(Struct, frozen=True):
    """An erasure; `subject` is the id of what was erased."""

    workspace_id: str
    kind: ErasureKind
    subject: str
    erased_on: date


def record_erasure(session: Session, erased: Erasure) -> None:
    record_erasures(session, [erased])


def record_erasures(session: Session, erased: Iterable[Erasure]) -> None:
    """Record erasures; those already recorded stay unchanged."""
    rows = [asdict(record) for record in erased]
    if not rows:
        return
    dialect = sqlite if is_sqlite(session.connection()) else postgresql
    session.execute(dialect.insert(erasure).on_conflict_do_nothing(), rows)


def list_erasures(session: Session) -> list[Erasure]:
    """Return all erasures, in the order of their ids."""
    rows = session.execute(select(*(erasure.c[name] for name in Erasure.__struct_fields__)).order_by(erasure.c.subject))
    return [Erasure(*row) for row in rows]


def delete_erasures_before(session: Session, before: date) -> int:
    """Delete records from before a day: no backup is as old. Return how many."""
    return int(session.execute(delete(erasure).where(erasure.c.erased_on < before)).rowcount)  # type: ignore[attr-defined]  # a cursor result
