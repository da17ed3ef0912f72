"""Prepared selects of the results page: the consultant, the assessment, and other content of the page."""

from sqlalchemy import Engine, String, bindparam, true

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
    """Two selects of one view, on the event loop's connection."""

    def __init__(self, connection: EventLoopConnection, engine: Engine) -> None:
        workspace_id = bindparam("workspace_id", type_=String())
        of_assessment = assessments.select_assessment(workspace_id, bindparam("assessment_id", type_=String()))
        reader = select_user_by_token().add_columns(tables.workspace.c.languages)
        self._reader = PreparedRead(connection, engine, reader, SignedInReader)
        self._names = [str(column.key) for column in of_assessment.selected_columns]
        version = SELECT_VERSION.subquery()
        with_version = of_assessment.add_columns(*version.c).join(version, true())
        self._assessment = PreparedRead(connection, engine, with_version, Assessment)

    async def find_reader(self, token_hash: bytes) -> SignedInReader | None:
        return await self._reader.find_row(token_hash=token_hash)

    async def find_assessment(self, key: AssessmentKey) -> tuple[Assessment, PageVersion] | None:
        """Find an assessment and what its page shows besides; raises `UnavailableError` if that would block."""
        rows = await self._assessment.list_rows(**key._asdict())
        if not rows:
            return None
        values, version = rows[0][: len(self._names)], rows[0][len(self._names) :]
        return Assessment(**dict(zip(self._names, values, strict=True))), PageVersion(*version)
