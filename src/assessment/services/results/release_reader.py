"""Newest release for API consumers, who poll it: read on the event loop, without a session."""

from anyio import to_thread
from sqlalchemy import Engine

from assessment.services.results import published_results
from assessment.storage import database
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.results import releases
from assessment.storage.results.releases import Release, ReleaseDigest


class ReleaseReader:
    """Loads newest releases; raises as `published_results.load_release`."""

    def __init__(self, connection: EventLoopConnection, engine: Engine) -> None:
        self._engine = engine
        self._release_read = PreparedRead(connection, engine, releases.select_latest_release(), Release)
        self._digest_read = PreparedRead(connection, engine, releases.select_latest_digest(), ReleaseDigest)

    async def load_release(self, workspace_id: str, assessment_id: str) -> Release:
        release = await self._release_read.find_row(workspace_id=workspace_id, assessment_id=assessment_id)
        if release is None:
            return await to_thread.run_sync(self._load_or_refuse, workspace_id, assessment_id)
        return release

    async def load_digest(self, workspace_id: str, assessment_id: str) -> str:
        """Return the SHA-256 of the newest release, without loading its content."""
        row = await self._digest_read.find_row(workspace_id=workspace_id, assessment_id=assessment_id)
        if row is None:
            return (await to_thread.run_sync(self._load_or_refuse, workspace_id, assessment_id)).digest
        return row.digest

    def _load_or_refuse(self, workspace_id: str, assessment_id: str) -> Release:
        with database.read_session(self._engine) as session:
            return published_results.load_release(session, workspace_id, assessment_id)
