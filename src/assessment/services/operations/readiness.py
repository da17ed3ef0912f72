"""Readiness check: the database answers and can be written to, has the current schema, and the disk has free space."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import Engine

from assessment.domain.closed_sets import SchemaState
from assessment.errors import UnavailableError
from assessment.storage import bulk_jobs, database
from assessment.storage.delivery import outbox, webhook_deliveries
from assessment.storage.schema import find_schema_state
from assessment.storage.write_check import WriteState, check_write

MIN_FREE_BYTES = 100 * 1024 * 1024  # bytes; a group commit needs kilobytes, a backup the size of the database
LATE_AFTER = timedelta(minutes=15)  # a worker takes what is due within seconds

DiskState: TypeAlias = Literal["ok", "nearly full", "not writable"]
JobState: TypeAlias = Literal["ok", "late", "unknown"]
JobKind: TypeAlias = Literal["mail", "webhook", "large request"]


class Readiness(Struct, frozen=True):
    """Result of the check. It names no path or server, because the endpoint is public.

    `writes` is "busy" while another program writes, which passes. `jobs` is "late" if mails, events for webhooks or
    large requests that are due are not taken by any worker; requests can be served all the same.
    """

    database: Literal["ok", "does not answer"]
    schema: SchemaState | Literal["unknown"]
    disk: DiskState
    writes: WriteState | Literal["unknown"] = "unknown"
    jobs: JobState = "unknown"

    @property
    def ready(self) -> bool:
        usable = (self.database, self.schema, self.disk) == ("ok", SchemaState.CURRENT, "ok")
        return usable and self.writes in ("ok", "busy")


def check_readiness(engine: Engine, data: Path, now: datetime) -> Readiness:
    disk = check_disk(data)
    try:
        state = find_schema_state(engine)
        if state is not SchemaState.CURRENT:
            return Readiness("ok", state, disk)
        return Readiness("ok", state, disk, check_write(engine), check_jobs(engine, now))
    except UnavailableError:
        return Readiness("does not answer", "unknown", disk)


def check_disk(data: Path) -> DiskState:
    """Check the data folder, or its nearest existing parent."""
    if not os.access(_find_existing(data), os.W_OK | os.X_OK):
        return "not writable"
    return "ok" if measure_free_bytes(data) >= MIN_FREE_BYTES else "nearly full"


def measure_free_bytes(data: Path) -> int:
    """Return the free space of the data folder's disk."""
    return shutil.disk_usage(_find_existing(data)).free


def _find_existing(data: Path) -> Path:
    return next(place for place in (data, *data.parents) if place.exists())


def check_jobs(engine: Engine, now: datetime) -> JobState:
    """Check how long the oldest job has been due."""
    return "late" if max(measure_job_delays(engine, now).values()) > LATE_AFTER else "ok"


def measure_job_delays(engine: Engine, now: datetime) -> dict[JobKind, timedelta]:
    """Return for each kind of job since when the oldest one that no worker has taken is due; 0 if none is."""
    with database.read_session(engine) as session:
        oldest: dict[JobKind, datetime | None] = {
            "mail": outbox.find_oldest_due(session, now),
            "webhook": webhook_deliveries.find_oldest_due(session, now),
            "large request": bulk_jobs.find_oldest_queued(session),
        }
    nothing = timedelta(0)
    return {kind: nothing if moment is None else max(nothing, now - moment) for kind, moment in oldest.items()}
