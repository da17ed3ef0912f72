"""Readiness check: the database answers and has the current schema, and the disk has free space."""

import os
import shutil
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.storage.schema import State, schema_state

DISK_LEAST = 100 * 1024 * 1024  # bytes; a group commit needs kilobytes, a backup the size of the database

Disk: TypeAlias = Literal["ok", "nearly full", "not writable"]


class Readiness(Struct, frozen=True):
    """Result of the check. It names no path or server, because the endpoint is public."""

    database: Literal["ok", "does not answer"]
    schema: State | Literal["unknown"]
    disk: Disk

    @property
    def ready(self) -> bool:
        return (self.database, self.schema, self.disk) == ("ok", "current", "ok")


def check(engine: Engine, data: Path) -> Readiness:
    disk = disk_state(data)
    try:
        return Readiness("ok", schema_state(engine), disk)
    except UnavailableError:
        return Readiness("does not answer", "unknown", disk)


def disk_state(data: Path) -> Disk:
    """Check the data folder, or its nearest existing parent."""
    folder = next(place for place in (data, *data.parents) if place.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return "not writable"
    return "ok" if shutil.disk_usage(folder).free >= DISK_LEAST else "nearly full"
