"""Data folder of the demo: loaded once, atomically; its credentials are readable by the owner only."""

import os
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.demo import loading
from assessment.demo.loading import Loaded, Progress
from assessment.demo.story import OPEN_FOR, OPEN_SINCE
from assessment.domain.closing_time import end_of_day
from assessment.errors import ConflictError
from assessment.library import Library
from assessment.services import auditing
from assessment.storage import assessments, database, schema

CREDENTIALS = "demo.json"
DATABASE = "assessment.sqlite3"
REPORT = "kestrel-rowe.pdf"
SOON = timedelta(days=3)
SCRATCH = "demo-loading.sqlite3"


class Folder(Struct, frozen=True):
    """Data folder of the demo."""

    path: Path

    @property
    def database(self) -> Path:
        """Database file, named as every other command expects it."""
        return self.path / DATABASE

    @property
    def report(self) -> Path:
        return self.path / REPORT

    def loaded(self) -> Loaded | None:
        """Return the access data of a loaded demo, or None; `ConflictError` for a folder with another database."""
        kept = self.path / CREDENTIALS
        if kept.exists() and self.database.exists():
            return msgspec.json.decode(kept.read_bytes(), type=Loaded)
        if self.database.exists():
            raise ConflictError(f"{self.database} is not a demo's database. Choose another folder: --data DIR")
        return None

    def reset(self) -> None:
        """Delete the demo's files; other files stay."""
        if self.loaded() is None:
            return
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", CREDENTIALS, REPORT):
            (self.path / name).unlink(missing_ok=True)


def load(
    folder: Folder, library: Library, secret: str, now: datetime, progress: AbstractContextManager[Progress]
) -> Loaded:
    """Load into a scratch database and rename it, so that an interrupted load leaves no incomplete demo."""
    scratch = folder.path / SCRATCH
    _clear(scratch)
    engine = database.connect(f"sqlite:///{scratch}")
    auditing.attach_secret(engine, secret)
    try:
        schema.migrate(engine, now)
        with progress as step:
            loaded = loading.load(loading.Place(engine, library, secret), now, step)
        _write(folder.report, loading.report(engine, loaded))
    finally:
        engine.dispose()
    _write(folder.path / CREDENTIALS, msgspec.json.encode(loaded))
    scratch.replace(folder.database)
    return loaded


def _clear(scratch: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{scratch}{ending}").unlink(missing_ok=True)


def _postpone(session: Session, kept: Loaded, now: datetime) -> None:
    held = assessments.find(session, kept.workspace, kept.open_assessment, lock=True)
    soon = end_of_day((now + SOON).date(), held.time_zone)
    if held.state == "open" and held.closes_at is not None and soon is not None and held.closes_at < soon:
        closes_on = (now + timedelta(days=OPEN_FOR - OPEN_SINCE)).date()
        values = {"closes_on": closes_on, "closes_at": end_of_day(closes_on, held.time_zone)}
        assessments.change(session, held, values)


def _write(path: Path, content: bytes) -> None:
    scratch = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(scratch, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    scratch.replace(path)


def refresh(folder: Folder, kept: Loaded, secret: str, now: datetime) -> None:
    """Migrate a demo loaded by an older version, and postpone the closing date of its open survey."""
    engine = database.connect(f"sqlite:///{folder.database}")
    auditing.attach_secret(engine, secret)
    try:
        schema.migrate(engine, now)
        with database.writing(engine) as session:
            auditing.start_logs(session, now)
            _postpone(session, kept, now)
    finally:
        engine.dispose()
