"""Users of the workspace: list, invite, change the role, disable, remove."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.problems import PersonNeededError
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, Scope, build_route_options
from assessment.api.resources.wire import copy_fields
from assessment.api.resources.wire.users import (
    ALL_USERS,
    LINK_EXAMPLE,
    REQUEST_EXAMPLE,
    RESPONSE_EXAMPLE,
    InvitedUserOut,
    NewUser,
    UserChange,
    UserList,
    UserOut,
    UserSort,
    build_user_out,
)
from assessment.domain.closed_sets import MemberRole
from assessment.domain.text_normalisation import normalize_address
from assessment.services.auth import members
from assessment.services.auth.members import (
    HasPasswordError,
    LastOwnerError,
    Member,
    MemberState,
    OtherWorkspaceError,
    UserDisabledError,
)
from assessment.services.auth.principals import KeyHolder
from assessment.services.auth.set_up_links import SetUpLink
from assessment.settings import Settings

TAG = "Users"
ADMIN_SCOPE: Scope = "admin:workspace"


@get(
    "/users",
    sync_to_thread=True,
    **build_route_options(
        "List users",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            parameters=(*list_pagination.PAGE_PARAMETERS, "email", "role", "state", "sort"),
            has_etag=True,
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_users(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
    email: Annotated[str, QueryParameter(max_length=254, description="Only the one with this address.")] = "",
    role: Annotated[MemberRole | None, QueryParameter(description="Only those in this role.")] = None,
    wanted_state: Annotated[
        MemberState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    sort: Annotated[UserSort, QueryParameter(description="The order; `-` from the last to the first.")] = "email",
) -> Response[Page[UserOut]]:
    """All users of your workspace, or those that match every filter."""
    wanted = UserList(email, role, wanted_state, sort)
    return etags.respond_with_etag(request, _encode_user_page(read_session, caller, cursor, limit, wanted))


@post(
    "/users",
    sync_to_thread=True,
    dto=StructBody[NewUser],
    **build_route_options(
        "Add a user",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            problems=(PersonNeededError,),
            request_example=REQUEST_EXAMPLE,
            response_example=LINK_EXAMPLE,
        ),
    ),
)
def create_user(
    request: Request[Any, Any, Any],
    data: JSONBody[NewUser],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[InvitedUserOut]:
    """Add someone. Hand over `link`: it sets the password, works once, and is in this response only.

    `If-Match` is compared with the first page of the list.
    """
    _refuse_owner(data.role)

    def perform_request() -> InvitedUserOut:
        etags.require_match(request, _encode_user_page(idempotent.session, caller))
        link = members.add_member(idempotent.session, caller.workspace_id, data.email, data.role.value, idempotent.now)
        added = members.find_member_by_email(idempotent.session, caller.workspace_id, link.email)
        return _build_invited_user(added, link, settings)

    return idempotent.run_once(perform_request, locate=_locate_user)


@get(
    "/users/{user_id:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a user",
        TAG,
        Operation(scope=ADMIN_SCOPE, has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_user(
    request: Request[Any, Any, Any],
    user_id: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[UserOut]:
    """One user of your workspace."""
    member = members.find_member(read_session, caller.workspace_id, user_id)
    return etags.respond_with_etag(request, etags.encode_json(build_user_out(member)))


@patch(
    "/users/{user_id:str}",
    sync_to_thread=True,
    dto=StructBody[UserChange],
    **build_route_options(
        "Change a user",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            problems=(PersonNeededError, LastOwnerError, OtherWorkspaceError),
            request_example={"role": "viewer"},
            response_example=RESPONSE_EXAMPLE | {"role": "viewer"},
        ),
    ),
)
def change_user(
    request: Request[Any, Any, Any],
    user_id: FromPath[str],
    data: JSONBody[UserChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[UserOut]:
    """Change the role of a user, or disable and enable the account.

    A workspace keeps an owner who can sign in (`#last-owner`). Someone who works in several workspaces is removed from
    one, not disabled (`#other-workspace`).
    """

    def perform_request() -> UserOut:
        session, home, now = idempotent.session, caller.workspace_id, idempotent.now
        current = _load_matching_user(request, session, caller, user_id)
        if data.role is not UNSET and data.role != current.role:
            _refuse_owner(data.role)
            members.change_role(session, home, user_id, data.role.value, now)
        is_disabled = current.state == MemberState.DISABLED
        if data.is_disabled is True and not is_disabled:
            members.disable_member(session, home, user_id, now)
        elif data.is_disabled is False and is_disabled:
            members.enable_member(session, home, user_id, now)
        return build_user_out(members.find_member(session, home, user_id))

    return idempotent.run_once(perform_request, status=200)


@post(
    "/users/{user_id:str}/link",
    sync_to_thread=True,
    **build_route_options(
        "Make another link to set a password",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            problems=(PersonNeededError, HasPasswordError, UserDisabledError),
            response_example=LINK_EXAMPLE,
        ),
    ),
)
def renew_link(
    request: Request[Any, Any, Any],
    user_id: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[InvitedUserOut]:
    """Make a new link for someone who has not set a password yet; the earlier one stops working."""

    def perform_request() -> InvitedUserOut:
        member = _load_matching_user(request, idempotent.session, caller, user_id)
        _refuse_owner(member.role)
        link = members.renew_link(idempotent.session, caller.workspace_id, user_id, idempotent.now)
        return _build_invited_user(member, link, settings)

    return idempotent.run_once(perform_request, locate=_locate_user)


@delete(
    "/users/{user_id:str}",
    sync_to_thread=True,
    **build_route_options(
        "Remove a user",
        TAG,
        Operation(scope=ADMIN_SCOPE, takes_if_match=True, error_statuses=(404, 409), problems=(LastOwnerError,)),
    ),
)
def remove_user(
    request: Request[Any, Any, Any],
    user_id: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Remove someone from the workspace and end their sessions; what they have done stays."""
    _load_matching_user(request, write_session, caller, user_id)
    members.remove_member(write_session, caller.workspace_id, user_id, now)


def _refuse_owner(role: MemberRole) -> None:
    """Refuse to make an owner by key: an owner can grant every scope, which only people may do."""
    if role == MemberRole.OWNER:
        raise PersonNeededError("People make owners, in the console; a key can't.")


def _load_matching_user(request: Request[Any, Any, Any], session: Session, caller: KeyHolder, user_id: str) -> Member:
    member = members.find_member(session, caller.workspace_id, user_id)
    etags.require_match(request, etags.encode_json(build_user_out(member)))
    return member


def _build_invited_user(member: Member, link: SetUpLink, settings: Settings) -> InvitedUserOut:
    address = f"{settings.public_url}{link.path}"
    return copy_fields(member, InvitedUserOut, id=member.user_id, link=address, link_expires_at=link.expires_at)


def _locate_user(invited: InvitedUserOut) -> Representation:
    """Return where a user can be read, without the link."""
    return Representation(f"/users/{invited.id}", etags.encode_json(copy_fields(invited, UserOut)))


def _encode_user_page(
    session: Session,
    caller: KeyHolder,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    wanted: UserList = ALL_USERS,
) -> bytes:
    address = normalize_address(wanted.email) if wanted.email else ""
    rows = [
        build_user_out(member)
        for member in members.list_members(session, caller.workspace_id)
        if address in ("", member.email) and wanted.role in (None, member.role) and wanted.state in (None, member.state)
    ]
    name = ListName("/users", (address, wanted.role, wanted.state, wanted.sort))
    is_descending = wanted.sort.startswith("-")
    page = list_pagination.slice_page(
        rows, lambda user: (user.email, user.id), name, cursor, limit, is_descending=is_descending
    )
    return etags.encode_json(page)
