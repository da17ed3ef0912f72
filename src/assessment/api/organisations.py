"""Organisations: the consultant's clients."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.orm import Session

from assessment.api import lists, tags
from assessment.api.bodies import Body
from assessment.api.lists import Cursor, Limit, Page
from assessment.api.once import Once
from assessment.api.operations import Operation, operation
from assessment.api.wire.organisations import NewOrganisation, OrganisationOut, shown
from assessment.services import organising
from assessment.services.principals import KeyHolder
from assessment.storage import pages
from assessment.storage.organisations import Organisation
from assessment.storage.pages import Place

TAG = "Organisations"
SENT = {"name": "Northwind Retail"}
GIVEN = {"id": "mf4gk3tbnjzxsyls", "name": "Northwind Retail", "created_at": "2026-11-02T09:30:00Z"}


@get(
    "/organisations",
    sync_to_thread=True,
    **operation(
        "List organisations",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=lists.PARAMETERS,
            tagged=True,
            gives={"data": [GIVEN], "next_cursor": None},
        ),
    ),
)
def list_organisations(
    request: Request[Any, Any, Any],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = lists.LIMIT_DEFAULT,
) -> Response[Page[OrganisationOut]]:
    """All organisations of your workspace."""
    return tags.tagged(request, _listed(reading, caller, cursor, limit))


@post(
    "/organisations",
    sync_to_thread=True,
    dto=Body[NewOrganisation],
    **operation(
        "Add an organisation",
        TAG,
        Operation(scope="write:assessments", once=True, guarded=True, sends=SENT, gives=GIVEN),
    ),
)
def create_organisation(
    request: Request[Any, Any, Any],
    data: JSONBody[NewOrganisation],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
) -> Response[OrganisationOut]:
    """Add a client. `If-Match` is compared with the first page of the list."""

    def work() -> OrganisationOut:
        tags.unchanged(request, _listed(once.session, caller, "", lists.LIMIT_DEFAULT))
        return shown(organising.create(once.session, caller.workspace_id, data.name, once.now))

    return once.answer(work)


def _listed(session: Session, caller: KeyHolder, cursor: str, limit: int) -> bytes:
    def find(place: Place) -> pages.Page[Organisation]:
        return organising.list_organisations(session, caller.workspace_id, place)

    return tags.encoded(lists.found(find, shown, cursor, limit))
