"""Assessments: create, change, open, close, reopen."""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire.assessments import (
    REQUEST_EXAMPLE,
    RESPONSE_EXAMPLE,
    AssessmentChange,
    AssessmentOut,
    NewAssessment,
    build_assessment_out,
    parse_changes,
    parse_new_assessment,
)
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.errors import (
    LockedError,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage import cursor_pagination
from assessment.storage.assessments import Assessment, AssessmentFilter
from assessment.storage.cursor_pagination import PageRequest

TAG = "Assessments"

AssessmentSort: TypeAlias = Literal["-created_at", "created_at", "title", "-title"]


class AssessmentList(Struct, frozen=True):
    """Filters and order of a list of assessments; empty for all."""

    organisation: str = ""
    state: str = ""
    wave_of: str = ""
    archived: bool | None = None
    sort: AssessmentSort = "-created_at"


ALL_ASSESSMENTS = AssessmentList()


@get(
    "/assessments",
    sync_to_thread=True,
    **build_route_options(
        "List assessments",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=(*list_pagination.PAGE_PARAMETERS, "organisation", "state", "wave_of", "archived", "sort"),
            has_etag=True,
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_assessments(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
    organisation: Annotated[str, QueryParameter(max_length=100, description="Only those of this organisation.")] = "",
    wanted_state: Annotated[
        AssessmentState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    wave_of: Annotated[
        str, QueryParameter(max_length=100, description="Only those that follow this earlier assessment.")
    ] = "",
    archived: Annotated[
        bool | None,
        QueryParameter(
            description="True for archived ones only, with those of archived clients; false for all others."
        ),
    ] = None,
    sort: Annotated[AssessmentSort, QueryParameter(description="The order; `-` from the last to the first.")] = (
        "-created_at"
    ),
) -> Response[Page[AssessmentOut]]:
    """All assessments of your workspace, or those that match every filter."""
    wanted = AssessmentList(organisation, wanted_state.value if wanted_state else "", wave_of, archived, sort)
    return etags.respond_with_etag(request, _encode_assessment_page(read_session, caller, cursor, limit, wanted))


@post(
    "/assessments",
    sync_to_thread=True,
    dto=StructBody[NewAssessment],
    **build_route_options(
        "Set up an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            request_example=REQUEST_EXAMPLE,
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def create_assessment(
    request: Request[Any, Any, Any],
    data: JSONBody[NewAssessment],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    settings: NamedDependency[Settings],
) -> Response[AssessmentOut]:
    """Create a draft. `If-Match` is compared with the first page of the list."""

    def perform_request() -> AssessmentOut:
        etags.require_match(request, _encode_assessment_page(idempotent.session, caller))
        assessment = assessment_setup.create_assessment(
            idempotent.session,
            caller.workspace_id,
            parse_new_assessment(data),
            catalogue,
            idempotent.now,
            operator_minimum=settings.minimum_group,
        )
        return build_assessment_out(assessment)

    return idempotent.run_once(perform_request, locate=lambda new: Representation(f"/assessments/{new.id}"))


@get(
    "/assessments/{assessment:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read an assessment",
        TAG,
        Operation(scope="read:assessments", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[AssessmentOut]:
    """One assessment with its settings and state."""
    current = assessment_setup.get_assessment(read_session, AssessmentKey(caller.workspace_id, assessment))
    return etags.respond_with_etag(request, etags.encode_json(build_assessment_out(current)))


@patch(
    "/assessments/{assessment:str}",
    sync_to_thread=True,
    dto=StructBody[AssessmentChange],
    **build_route_options(
        "Change an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(LockedError,),
            request_example={"targets": {"care": 80}},
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def change_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[AssessmentChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    settings: NamedDependency[Settings],
) -> Response[AssessmentOut]:
    """Change settings. What the start page promises locks at the opening, the rest at the close (409, `#locked`).

    At the opening: organisation, asker, questionnaire, mode, confidentiality, minimum group, `share_results`, `domains`
    and `wave_of`. `in_benchmarks` never locks. What the close has locked stays locked in a reopened assessment, except
    title, language and closing date.
    """

    def perform_request() -> AssessmentOut:
        current = load_matching_assessment(request, idempotent.session, caller, assessment)
        changed = assessment_setup.update_assessment(
            idempotent.session,
            current.key,
            parse_changes(data),
            catalogue,
            now=idempotent.now,
            revision=current.revision,
            operator_minimum=settings.minimum_group,
        )
        return build_assessment_out(changed)

    return idempotent.run_once(perform_request, status=200)


def load_matching_assessment(
    request: Request[Any, Any, Any], session: Session, caller: KeyHolder, assessment: str
) -> Assessment:
    """Load an assessment and check `If-Match` against its current content.

    Raises `ChangedError` (412) if it differs from what the client has seen.
    """
    current = assessment_setup.get_assessment(session, AssessmentKey(caller.workspace_id, assessment))
    etags.require_match(request, etags.encode_json(build_assessment_out(current)))
    return current


def _encode_assessment_page(
    session: Session,
    caller: KeyHolder,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    wanted: AssessmentList = ALL_ASSESSMENTS,
) -> bytes:
    def find_page(page: PageRequest) -> cursor_pagination.RowPage[Assessment]:
        return assessment_setup.list_assessments(
            session,
            caller.workspace_id,
            page,
            AssessmentFilter(
                organisation_id=wanted.organisation or None,
                state=wanted.state,
                wave_of=wanted.wave_of,
                archived=wanted.archived,
            ),
        )

    name = ListName("/assessments", tuple(map(str, msgspec.structs.astuple(wanted))))
    return etags.encode_json(
        list_pagination.load_page(find_page, build_assessment_out, name, cursor, limit, wanted.sort)
    )
