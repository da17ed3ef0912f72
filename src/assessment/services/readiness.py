"""Whether this process can serve: its database answers, has the right schema, and there is room on the disk."""

import os
import shutil
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.storage.schema import State, schema_state

DISK_LEAST = 100 * 1024 * 1024  # bytes; a group of answers needs some kilobytes, a backup as much as the database

Disk: TypeAlias = Literal["ok", "nearly full", "not writable"]


class Readiness(Struct, frozen=True):
    """What was found; it bears no name of a place or a server, for anybody may ask."""

    database: Literal["ok", "does not answer"]
    schema: State | Literal["unknown"]
    disk: Disk

    @property
    def ready(self) -> bool:
        """Whether all is as it should be."""
        return (self.database, self.schema, self.disk) == ("ok", "current", "ok")


def check(engine: Engine, data: Path) -> Readiness:
    """Look at the database and at the data folder now."""
    disk = disk_state(data)
    try:
        return Readiness("ok", schema_state(engine), disk)
    except UnavailableError:
        return Readiness("does not answer", "unknown", disk)


def disk_state(data: Path) -> Disk:
    """Say whether something can be stored in the data folder, or where it is to be made."""
    folder = next(place for place in (data, *data.parents) if place.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return "not writable"
    return "ok" if shutil.disk_usage(folder).free >= DISK_LEAST else "nearly full"
