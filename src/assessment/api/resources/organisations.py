"""Organisations: the consultant's clients."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page, format_flag
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire.organisations import (
    REQUEST_EXAMPLE,
    RESPONSE_EXAMPLE,
    NewOrganisation,
    OrganisationChange,
    OrganisationOut,
    OrganisationSort,
    build_organisation_out,
)
from assessment.errors import OpenAssessmentError
from assessment.services.assessments import client_erasure, client_organisations
from assessment.services.assessments.client_organisations import OrganisationPatch
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports.render_pool import RenderPool
from assessment.storage import cursor_pagination, database
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.organisations import Organisation

TAG = "Organisations"


@get(
    "/organisations",
    sync_to_thread=True,
    **build_route_options(
        "List organisations",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=(*list_pagination.PAGE_PARAMETERS, "archived", "sort"),
            has_etag=True,
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_organisations(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
    archived: Annotated[
        bool | None, QueryParameter(description="True for archived ones only, false for all others.")
    ] = None,
    sort: Annotated[OrganisationSort, QueryParameter(description="The order; `-` from the last to the first.")] = (
        "-created_at"
    ),
) -> Response[Page[OrganisationOut]]:
    """All organisations of your workspace, or those that match the filter."""
    page = _encode_organisation_page(read_session, caller, cursor, limit, sort, archived)
    return etags.respond_with_etag(request, page)


@post(
    "/organisations",
    sync_to_thread=True,
    dto=StructBody[NewOrganisation],
    **build_route_options(
        "Add an organisation",
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
def create_organisation(
    request: Request[Any, Any, Any],
    data: JSONBody[NewOrganisation],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[OrganisationOut]:
    """Add a client. `If-Match` is compared with the first page of the list."""

    def perform_request() -> OrganisationOut:
        etags.require_match(request, _encode_organisation_page(idempotent.session, caller))
        return build_organisation_out(
            client_organisations.create_organisation(
                idempotent.session,
                caller.workspace_id,
                data.name,
                idempotent.now,
                contact_name=data.contact_name,
                contact_email=data.contact_email,
            )
        )

    return idempotent.run_once(perform_request, locate=lambda new: Representation(f"/organisations/{new.id}"))


@get(
    "/organisations/{organisation:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read an organisation",
        TAG,
        Operation(scope="read:assessments", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_organisation(
    request: Request[Any, Any, Any],
    organisation: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[OrganisationOut]:
    """One client."""
    current = client_organisations.get_organisation(read_session, caller.workspace_id, organisation)
    return etags.respond_with_etag(request, etags.encode_json(build_organisation_out(current)))


@patch(
    "/organisations/{organisation:str}",
    sync_to_thread=True,
    dto=StructBody[OrganisationChange],
    **build_route_options(
        "Change an organisation",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            request_example={"contact_name": "Ines Roth"},
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def change_organisation(
    request: Request[Any, Any, Any],
    organisation: FromPath[str],
    data: JSONBody[OrganisationChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[OrganisationOut]:
    """Change the name or the contact. No two clients have names that differ in case only."""

    def perform_request() -> OrganisationOut:
        current = _load_matching_organisation(request, idempotent.session, caller, organisation)
        changes = OrganisationPatch(**msgspec.structs.asdict(data))
        changed = client_organisations.update_organisation(
            idempotent.session,
            caller.workspace_id,
            current.id,
            changes,
            now=idempotent.now,
            revision=current.revision,
        )
        return build_organisation_out(changed)

    return idempotent.run_once(perform_request, status=200)


@post(
    "/organisations/{organisation:str}/archive",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Archive an organisation",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(OpenAssessmentError,),
            response_example=RESPONSE_EXAMPLE | {"archived_on": "2026-12-20"},
        ),
    ),
)
def archive_organisation(
    request: Request[Any, Any, Any],
    organisation: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[OrganisationOut]:
    """Put a client away, with its assessments. Nothing is deleted; refused (409) while an assessment is open."""
    return _run_change(request, organisation, idempotent, caller, client_organisations.archive_organisation)


@post(
    "/organisations/{organisation:str}/restore",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Restore an organisation",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def restore_organisation(
    request: Request[Any, Any, Any],
    organisation: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[OrganisationOut]:
    """Bring an archived client back."""
    return _run_change(request, organisation, idempotent, caller, client_organisations.restore_organisation)


@delete(
    "/organisations/{organisation:str}",
    sync_to_thread=True,
    **build_route_options(
        "Erase an organisation",
        TAG,
        Operation(
            scope="admin:workspace",
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(OpenAssessmentError,),
        ),
    ),
)
def erase_organisation(
    request: Request[Any, Any, Any],
    organisation: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    now: NamedDependency[datetime],
) -> None:
    """Erase a client with all its assessments, people, answers and results. This can't be undone.

    Refused (409) while one of its assessments is open.
    """
    current = _load_matching_organisation(request, write_session, caller, organisation)
    for assessment_id in client_erasure.erase_client(write_session, caller.workspace_id, current.id, now):
        database.run_after_commit(write_session, partial(_evict_reports, render_pool, assessment_id))


def _evict_reports(render_pool: RenderPool, assessment_id: str, _: Engine) -> None:
    render_pool.evict_reports(assessment_id)


def _run_change(
    request: Request[Any, Any, Any],
    organisation: str,
    idempotent: IdempotentRequest,
    caller: KeyHolder,
    change: Callable[[Session, str, str, datetime], Organisation],
) -> Response[OrganisationOut]:
    def perform_request() -> OrganisationOut:
        current = _load_matching_organisation(request, idempotent.session, caller, organisation)
        return build_organisation_out(change(idempotent.session, caller.workspace_id, current.id, idempotent.now))

    return idempotent.run_once(perform_request, status=200)


def _load_matching_organisation(
    request: Request[Any, Any, Any], session: Session, caller: KeyHolder, organisation: str
) -> Organisation:
    current = client_organisations.get_organisation(session, caller.workspace_id, organisation)
    etags.require_match(request, etags.encode_json(build_organisation_out(current)))
    return current


def _encode_organisation_page(  # page, order and filter of a list
    session: Session,
    caller: KeyHolder,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    sort: OrganisationSort = "-created_at",
    archived: bool | None = None,  # noqa: FBT001  # as in the query
) -> bytes:
    def find_page(page: PageRequest) -> cursor_pagination.RowPage[Organisation]:
        return client_organisations.list_organisations(session, caller.workspace_id, page, archived=archived)

    name = ListName("/organisations", (sort, format_flag(archived)))
    return etags.encode_json(list_pagination.load_page(find_page, build_organisation_out, name, cursor, limit, sort))
