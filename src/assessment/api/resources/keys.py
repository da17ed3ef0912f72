"""API keys of the workspace: list, create, replace, revoke. The text of a key is returned once."""

from datetime import datetime, timedelta
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
from assessment.api.resources.wire.keys import (
    NEW_KEY_EXAMPLE,
    REQUEST_EXAMPLE,
    RESPONSE_EXAMPLE,
    CreatedKeyOut,
    KeyChange,
    KeyOut,
    KeyRotation,
    KeySort,
    NewKey,
    build_key_out,
)
from assessment.domain.closed_sets import KeyState
from assessment.errors import InvalidError, NotFoundError, Problem
from assessment.services.auth import api_keys
from assessment.services.auth.api_keys import MAX_VALIDITY, KeyEndedError, KeyPatch, ListedKey
from assessment.services.auth.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage.auth.api_keys import KeyFilter

TAG = "Keys"
ADMIN_SCOPE: Scope = "admin:workspace"


@get(
    "/keys",
    sync_to_thread=True,
    **build_route_options(
        "List keys",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            parameters=(*list_pagination.PAGE_PARAMETERS, "state", "scope", "sort"),
            has_etag=True,
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_keys(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
    wanted_state: Annotated[KeyState | None, QueryParameter(name="state", description="Only those in this state.")] = (
        None
    ),
    wanted_scope: Annotated[
        Scope | None, QueryParameter(name="scope", description="Only those that have this scope.")
    ] = None,
    sort: Annotated[KeySort, QueryParameter(description="The order; `-` from the last to the first.")] = "-created_at",
) -> Response[Page[KeyOut]]:
    """All keys of your workspace, those that have ended too, or those that match every filter."""
    wanted = KeyFilter(now=now, state=wanted_state, scope=wanted_scope or "")
    return etags.respond_with_etag(request, _encode_key_page(read_session, caller, wanted, cursor, limit, sort))


@post(
    "/keys",
    sync_to_thread=True,
    dto=StructBody[NewKey],
    **build_route_options(
        "Create a key",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            problems=(PersonNeededError,),
            request_example=REQUEST_EXAMPLE,
            response_example=NEW_KEY_EXAMPLE,
        ),
    ),
)
def create_key(
    request: Request[Any, Any, Any],
    data: JSONBody[NewKey],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[CreatedKeyOut]:
    """Create a key. Its text is returned in this response only. `If-Match` is compared with the first page of the list.

    A key can't grant `admin:workspace` (403, `#person-needed`).
    """
    _refuse_admin_scope(data.scopes)
    if data.expires_at is not None:
        _refuse_past(data.expires_at, idempotent.now)

    def perform_request() -> CreatedKeyOut:
        etags.require_match(request, _encode_key_page(idempotent.session, caller, KeyFilter(now=idempotent.now)))
        lasts = MAX_VALIDITY if data.expires_at is None else data.expires_at - idempotent.now
        new = api_keys.add_key(
            idempotent.session,
            caller.workspace_id,
            data.name,
            data.scopes,
            idempotent.now,
            secret=settings.secret,
            lasts=lasts,
        )
        return _build_created_key(idempotent, caller, new.id, new.text)

    return idempotent.run_once(perform_request, locate=_locate_key)


@get(
    "/keys/{key_id:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a key",
        TAG,
        Operation(scope=ADMIN_SCOPE, has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_key(
    request: Request[Any, Any, Any],
    key_id: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> Response[KeyOut]:
    """One key, without its text."""
    key = api_keys.find_key(read_session, caller.workspace_id, key_id)
    return etags.respond_with_etag(request, etags.encode_json(build_key_out(key, now)))


@patch(
    "/keys/{key_id:str}",
    sync_to_thread=True,
    dto=StructBody[KeyChange],
    **build_route_options(
        "Change a key",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            problems=(KeyEndedError, PersonNeededError),
            request_example={"scopes": ["read:assessments"]},
            response_example=RESPONSE_EXAMPLE | {"scopes": ["read:assessments"]},
        ),
    ),
)
def change_key(
    request: Request[Any, Any, Any],
    key_id: FromPath[str],
    data: JSONBody[KeyChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[KeyOut]:
    """Change name, scopes or end of a key; its text stays the same.

    Scopes and end of a key with `admin:workspace` are changed by people, who replace it in the console (403,
    `#person-needed`).
    """

    def perform_request() -> KeyOut:
        key = _load_matching_key(request, idempotent.session, caller, key_id, idempotent.now)
        if data.scopes is not UNSET or data.expires_at is not UNSET:
            _refuse_admin_scope((*key.scopes, *(data.scopes or ())))
        if data.expires_at is not UNSET:
            _refuse_past(data.expires_at, idempotent.now)
        changes = KeyPatch(data.name, data.scopes, data.expires_at)
        changed = api_keys.change_key(idempotent.session, caller.workspace_id, key_id, changes, idempotent.now)
        return build_key_out(changed, idempotent.now)

    return idempotent.run_once(perform_request, status=200)


@post(
    "/keys/{key_id:str}/rotate",
    sync_to_thread=True,
    dto=StructBody[KeyRotation],
    **build_route_options(
        "Replace a key",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            problems=(KeyEndedError, PersonNeededError),
            request_example={"overlap_hours": 24},
            response_example=NEW_KEY_EXAMPLE,
        ),
    ),
)
def rotate_key(
    request: Request[Any, Any, Any],
    key_id: FromPath[str],
    data: JSONBody[KeyRotation],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[CreatedKeyOut]:
    """Create a key with the same name, scopes and validity; the earlier one works for `overlap_hours` more.

    A key with `admin:workspace` is replaced by people, in the console (403, `#person-needed`).
    """

    def perform_request() -> CreatedKeyOut:
        earlier = _load_matching_key(request, idempotent.session, caller, key_id, idempotent.now)
        _refuse_admin_scope(earlier.scopes)
        new = api_keys.rotate_key(
            idempotent.session,
            earlier.id,
            idempotent.now,
            secret=settings.secret,
            overlap=timedelta(hours=data.overlap_hours),
            workspace_id=caller.workspace_id,
        )
        return _build_created_key(idempotent, caller, new.id, new.text)

    return idempotent.run_once(perform_request, locate=_locate_key)


@delete(
    "/keys/{key_id:str}",
    sync_to_thread=True,
    **build_route_options(
        "Revoke a key", TAG, Operation(scope=ADMIN_SCOPE, takes_if_match=True, error_statuses=(404,))
    ),
)
def revoke_key(
    request: Request[Any, Any, Any],
    key_id: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """End a key at once, also the one that you use. It stays in the list as revoked."""
    key = _load_matching_key(request, write_session, caller, key_id, now)
    if key.revoked_at is not None:
        raise NotFoundError  # a second DELETE has nothing left to revoke
    api_keys.revoke_key(write_session, caller.workspace_id, key_id, now)


def _refuse_past(expires_at: datetime, now: datetime) -> None:
    if expires_at <= now:
        problem = Problem("This time is past.", pointer="/expires_at", code="date-past")
        raise InvalidError("A key can't have this end.", [problem])


def _refuse_admin_scope(scopes: tuple[str, ...]) -> None:
    if ADMIN_SCOPE in scopes:
        raise PersonNeededError(f"People grant {ADMIN_SCOPE}, in the console; a key can't.")


def _load_matching_key(
    request: Request[Any, Any, Any], session: Session, caller: KeyHolder, key_id: str, now: datetime
) -> ListedKey:
    key = api_keys.find_key(session, caller.workspace_id, key_id)
    etags.require_match(request, etags.encode_json(build_key_out(key, now)))
    return key


def _build_created_key(idempotent: IdempotentRequest, caller: KeyHolder, key_id: str, text: str) -> CreatedKeyOut:
    key = api_keys.find_key(idempotent.session, caller.workspace_id, key_id)
    return copy_fields(key, CreatedKeyOut, state=key.find_state(idempotent.now), text=text)


def _locate_key(created: CreatedKeyOut) -> Representation:
    """Return where a key can be read, without its text."""
    return Representation(f"/keys/{created.id}", etags.encode_json(copy_fields(created, KeyOut)))


def _encode_key_page(
    session: Session,
    caller: KeyHolder,
    wanted: KeyFilter,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    sort: KeySort = "-created_at",
) -> bytes:
    page = list_pagination.load_page(
        lambda place: api_keys.list_keys(session, caller.workspace_id, place, wanted),
        lambda key: build_key_out(key, wanted.now),
        ListName("/keys", (wanted.state, wanted.scope, sort)),
        cursor,
        limit,
        sort,
    )
    return etags.encode_json(page)
