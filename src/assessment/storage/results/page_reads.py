"""Prepared selects of the results page: who asks, the assessment, and what the page shows besides."""

from sqlalchemy import Engine, String, bindparam

from assessment.domain.assessment import AssessmentKey
from assessment.storage import assessments, tables
from assessment.storage.assessments import Assessment
from assessment.storage.auth.users import SignedInUser, select_user_by_token
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.results.page_versions import SELECT_VERSION, PageVersion


class SignedInReader(SignedInUser, frozen=True):
    """Signed-in user, and the languages that the workspace offers, empty for all."""

    languages: list[str]


class ResultPageReads:
    """Three selects of one view, on the event loop's connection."""

    def __init__(self, connection: EventLoopConnection, engine: Engine) -> None:
        workspace_id = bindparam("workspace_id", type_=String())
        of_assessment = assessments.select_assessment(workspace_id, bindparam("assessment_id", type_=String()))
        reader = select_user_by_token().add_columns(tables.workspace.c.languages)
        self._reader = PreparedRead(connection, engine, reader, SignedInReader)
        self._assessment = PreparedRead(connection, engine, of_assessment, Assessment)
        self._version = PreparedRead(connection, engine, SELECT_VERSION, PageVersion)

    async def find_reader(self, token_hash: bytes) -> SignedInReader | None:
        return await self._reader.find_row(token_hash=token_hash)

    async def find_assessment(self, key: AssessmentKey) -> Assessment | None:
        return await self._assessment.find_row(**key._asdict())

    async def load_version(self, key: AssessmentKey) -> PageVersion:
        """Load as `page_versions.load_page_version`; raises `UnavailableError` if that would block."""
        (row,) = await self._version.list_rows(**key._asdict())
        return PageVersion(*row)
