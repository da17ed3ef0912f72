"""Organisations: the consultant's clients."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire import RequestStruct, Title
from assessment.services.assessments import client_organisations
from assessment.services.auth.principals import KeyHolder
from assessment.storage import cursor_pagination
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.organisations import Organisation

TAG = "Organisations"
REQUEST_EXAMPLE = {"name": "Northwind Retail"}
RESPONSE_EXAMPLE = {"id": "mf4gk3tbnjzxsyls", "name": "Northwind Retail", "created_at": "2026-11-02T09:30:00Z"}


OrganisationSort: TypeAlias = Literal["-created_at", "created_at", "name", "-name"]


class NewOrganisation(RequestStruct, frozen=True):
    """A client whose social media is assessed."""

    field_descriptions: ClassVar[Mapping[str, str]] = {"name": "What the client is called."}

    name: Title


class OrganisationOut(Struct, frozen=True):
    """A client whose social media is assessed."""

    id: str
    name: str
    created_at: datetime


def build_organisation_out(organisation: Organisation) -> OrganisationOut:
    return OrganisationOut(organisation.id, organisation.name, organisation.created_at)


@get(
    "/organisations",
    sync_to_thread=True,
    **build_route_options(
        "List organisations",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=(*list_pagination.PAGE_PARAMETERS, "sort"),
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
    sort: Annotated[OrganisationSort, QueryParameter(description="The order; `-` from the last to the first.")] = (
        "-created_at"
    ),
) -> Response[Page[OrganisationOut]]:
    """All organisations of your workspace."""
    return etags.respond_with_etag(request, _encode_organisation_page(read_session, caller, cursor, limit, sort))


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
            client_organisations.create_organisation(idempotent.session, caller.workspace_id, data.name, idempotent.now)
        )

    return idempotent.run_once(perform_request, locate=lambda new: Representation(f"/organisations/{new.id}"))


def _encode_organisation_page(
    session: Session,
    caller: KeyHolder,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    sort: OrganisationSort = "-created_at",
) -> bytes:
    def find_page(page: PageRequest) -> cursor_pagination.RowPage[Organisation]:
        return client_organisations.list_organisations(session, caller.workspace_id, page)

    name = ListName("/organisations", (sort,))
    return etags.encode_json(list_pagination.load_page(find_page, build_organisation_out, name, cursor, limit, sort))
