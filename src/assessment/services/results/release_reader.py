"""Newest release for API consumers, who poll it: read on the event loop, without a session."""

from anyio import to_thread
from msgspec import Struct
from sqlalchemy import Engine

from assessment.domain.assessment import AssessmentKey
from assessment.services.lru_cache import LruCache
from assessment.services.results import published_results
from assessment.storage import database
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.results import releases
from assessment.storage.results.releases import Release, ReleaseDigest

MAX_BODIES = 32  # about 30 kB each


class ReleaseBody(Struct):
    """Content of a release; `packed` is the same compressed, once someone has asked for that."""

    digest: str
    content: bytes
    packed: bytes = b""


class ReleaseReader:
    """Loads newest releases; raises as `published_results.load_release`."""

    def __init__(self, connection: EventLoopConnection, engine: Engine) -> None:
        self._engine = engine
        self._release_read = PreparedRead(connection, engine, releases.select_latest_release(), Release)
        self._digest_read = PreparedRead(connection, engine, releases.select_latest_digest(), ReleaseDigest)
        self._bodies: LruCache[str, ReleaseBody] = LruCache(MAX_BODIES)  # by digest, which says what the content is

    async def load_release(self, key: AssessmentKey) -> Release:
        release = await self._release_read.find_row(**key._asdict())
        if release is None:
            return await to_thread.run_sync(self._load_or_refuse, key)
        return release

    async def load_body(self, key: AssessmentKey, digest: str) -> ReleaseBody:
        """Return the newest release, whose digest was read just now; only for the event loop."""
        body = self._bodies.find_value(digest)
        if body is not None:
            return body
        release = await self.load_release(key)
        return self._bodies.add_value(release.digest, ReleaseBody(release.digest, release.content))

    async def load_digest(self, key: AssessmentKey) -> str:
        """Return the SHA-256 of the newest release, without loading its content."""
        row = await self._digest_read.find_row(**key._asdict())
        if row is None:
            return (await to_thread.run_sync(self._load_or_refuse, key)).digest
        return row.digest

    def _load_or_refuse(self, key: AssessmentKey) -> Release:
        with database.read_session(self._engine) as session:
            return published_results.load_release(session, key)
