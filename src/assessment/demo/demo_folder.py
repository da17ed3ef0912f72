"""Data folder of the demo: loaded once, atomically; its credentials are readable by the owner only."""

import os
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.demo import loader
from assessment.demo.loader import DemoAccess, ProgressCallback
from assessment.demo.scenario import DAYS_SINCE_OPENING, OPEN_DAYS
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import compute_closing_time
from assessment.errors import ConflictError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.operations import audit_trail
from assessment.storage import assessments, database, schema

CREDENTIALS_FILE = "demo.json"
DATABASE_FILE = "assessment.sqlite3"
REPORT_FILE = "kestrel-rowe.pdf"
MIN_TIME_OPEN = timedelta(days=3)
SCRATCH_FILE = "demo-loading.sqlite3"


class DemoFolder(Struct, frozen=True):
    """Data folder of the demo."""

    path: Path

    @property
    def database(self) -> Path:
        """Database file, named as every other command expects it."""
        return self.path / DATABASE_FILE

    @property
    def report(self) -> Path:
        return self.path / REPORT_FILE

    def read_access(self) -> DemoAccess | None:
        """Return the access data of a loaded demo, or None; `ConflictError` for a folder with another database."""
        credentials = self.path / CREDENTIALS_FILE
        if credentials.exists() and self.database.exists():
            return msgspec.json.decode(credentials.read_bytes(), type=DemoAccess)
        if self.database.exists():
            raise ConflictError(f"{self.database} is not a demo's database. Choose another folder: --data DIR")
        return None

    def delete_files(self) -> None:
        """Delete the demo's files; other files stay."""
        if self.read_access() is None:
            return
        for name in (DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm", CREDENTIALS_FILE, REPORT_FILE):
            (self.path / name).unlink(missing_ok=True)


def load_demo(
    folder: DemoFolder,
    catalogue: QuestionnaireCatalogue,
    secret: str,
    now: datetime,
    progress: AbstractContextManager[ProgressCallback],
) -> DemoAccess:
    """Load into a scratch database and rename it, so that an interrupted load leaves no incomplete demo."""
    scratch = folder.path / SCRATCH_FILE
    _delete_scratch(scratch)
    engine = database.make_engine(f"sqlite:///{scratch}")
    audit_trail.attach_secret(engine, secret)
    try:
        schema.migrate_schema(engine, now)
        with progress as step:
            loaded = loader.load_waves(loader.LoadTarget(engine, catalogue, secret), now, step)
        _write_file(folder.report, loader.render_report(engine, loaded))
    finally:
        engine.dispose()
    _write_file(folder.path / CREDENTIALS_FILE, msgspec.json.encode(loaded))
    scratch.replace(folder.database)
    return loaded


def _delete_scratch(scratch: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{scratch}{ending}").unlink(missing_ok=True)


def _postpone_closing(session: Session, access: DemoAccess, now: datetime) -> None:
    assessment = assessments.find_assessment(
        session, AssessmentKey(access.workspace, access.open_assessment), lock=True
    )
    soon = compute_closing_time((now + MIN_TIME_OPEN).date(), assessment.time_zone)
    if (
        assessment.state == AssessmentState.OPEN
        and assessment.closes_at is not None
        and soon is not None
        and assessment.closes_at < soon
    ):
        closes_on = (now + timedelta(days=OPEN_DAYS - DAYS_SINCE_OPENING)).date()
        values = {"closes_on": closes_on, "closes_at": compute_closing_time(closes_on, assessment.time_zone)}
        assessments.update_assessment(session, assessment, values)


def _write_file(path: Path, content: bytes) -> None:
    scratch = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(scratch, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    scratch.replace(path)


def refresh_demo(folder: DemoFolder, access: DemoAccess, secret: str, now: datetime) -> None:
    """Migrate a demo loaded by an older version, and postpone the closing date of its open survey."""
    engine = database.make_engine(f"sqlite:///{folder.database}")
    audit_trail.attach_secret(engine, secret)
    try:
        schema.migrate_schema(engine, now)
        with database.write_session(engine) as session:
            audit_trail.start_logs(session, now)
            _postpone_closing(session, access, now)
    finally:
        engine.dispose()
