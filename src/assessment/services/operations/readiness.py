"""Readiness check: the database answers and has the current schema, and the disk has free space."""

import os
import shutil
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.storage.schema import SchemaState, find_schema_state

MIN_FREE_BYTES = 100 * 1024 * 1024  # bytes; a group commit needs kilobytes, a backup the size of the database

DiskState: TypeAlias = Literal["ok", "nearly full", "not writable"]


class Readiness(Struct, frozen=True):
    """Result of the check. It names no path or server, because the endpoint is public."""

    database: Literal["ok", "does not answer"]
    schema: SchemaState | Literal["unknown"]
    disk: DiskState

    @property
    def ready(self) -> bool:
        return (self.database, self.schema, self.disk) == ("ok", "current", "ok")


def check_readiness(engine: Engine, data: Path) -> Readiness:
    disk = check_disk(data)
    try:
        return Readiness("ok", find_schema_state(engine), disk)
    except UnavailableError:
        return Readiness("does not answer", "unknown", disk)


def check_disk(data: Path) -> DiskState:
    """Check the data folder, or its nearest existing parent."""
    folder = next(place for place in (data, *data.parents) if place.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return "not writable"
    return "ok" if shutil.disk_usage(folder).free >= MIN_FREE_BYTES else "nearly full"
