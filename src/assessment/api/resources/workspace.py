"""Settings of the workspace: name, time zone, languages, retention, and how its reports look."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.request_bodies import UNSTORABLE_MESSAGE, StructBody
from assessment.api.openapi.operations import Operation, Scope, build_route_options
from assessment.api.resources.wire import RequestStruct
from assessment.domain.text_normalisation import strip_invisible
from assessment.errors import InvalidError, Problem
from assessment.i18n import list_languages
from assessment.services.auth import workspace_preferences, workspaces
from assessment.services.auth.principals import KeyHolder
from assessment.services.auth.workspace_preferences import MAX_RETENTION_MONTHS, MAX_SENDER_LENGTH
from assessment.services.results.consultant_comments import LogoImage, redraw_logo
from assessment.storage.auth import users

TAG = "Workspace"
ADMIN_SCOPE: Scope = "admin:workspace"
PATH = "/workspace"
MAX_BODY_BYTES = 2 * 1024 * 1024  # a 1 MB logo in base64, and the rest
REQUEST_EXAMPLE = {"prepared_by": "Berg & Partner", "accent": "#0B3D63"}
RESPONSE_EXAMPLE = {
    "name": "Berg & Partner",
    "time_zone": "Europe/Vienna",
    "languages": ["de", "en", "es", "fr"],
    "sender_name": "Berg & Partner",
    **REQUEST_EXAMPLE,
    "logo": None,
    "retention_months": 24,
}

# Only described here: the service validates, so that one response names every fault.
ColourText = Annotated[str, Meta(extra_json_schema={"pattern": "^(#[0-9A-Fa-f]{6})?$"})]
NameText = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_SENDER_LENGTH})]
MonthCount = Annotated[int, Meta(extra_json_schema={"minimum": 1, "maximum": MAX_RETENTION_MONTHS})]


class WorkspaceChange(RequestStruct, frozen=True):
    """Fields to change; those that are not sent stay as they are."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "name": "No two workspaces of a server have the same name.",
        "time_zone": "An IANA name, like `Europe/Vienna`. Closing dates and links end at midnight there.",
        "languages": "On offer for surveys and reports.",
        "sender_name": "Of mails; empty for the name of the server.",
        "prepared_by": "On the cover of reports that name nobody else; empty for nobody.",
        "accent": "Colour of covers and headings of reports, like `#0B3D63`, of at least 4.5 to 1 with white; empty "
        "for our own. Charts keep their own colours.",
        "logo": "On reports without one of their own: a PNG or JPEG as base64, at most 1 MB and 4 million pixels. It "
        "is redrawn, so you get a PNG back. Null for none.",
        "retention_months": "After that time, closed assessments are marked for erasure; null for no limit.",
    }

    name: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    languages: tuple[str, ...] | UnsetType = UNSET
    sender_name: NameText | UnsetType = UNSET
    prepared_by: NameText | UnsetType = UNSET
    accent: ColourText | UnsetType = UNSET
    logo: bytes | UnsetType | None = UNSET
    retention_months: MonthCount | UnsetType | None = UNSET


class WorkspaceOut(Struct, frozen=True):
    """Settings of the workspace of your key."""

    name: str
    time_zone: str
    languages: tuple[str, ...]
    sender_name: str
    prepared_by: str
    accent: str
    logo: bytes | None
    retention_months: int | None


@get(
    PATH,
    sync_to_thread=True,
    **build_route_options(
        "Read the workspace",
        TAG,
        Operation(scope=ADMIN_SCOPE, has_etag=True, response_example=RESPONSE_EXAMPLE),
    ),
)
def read_workspace(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[WorkspaceOut]:
    """Settings of the workspace of your key, with what its reports look like."""
    return etags.respond_with_etag(request, etags.encode_json(_load_workspace(read_session, caller)))


@patch(
    PATH,
    sync_to_thread=True,
    dto=StructBody[WorkspaceChange],
    request_max_body_size=MAX_BODY_BYTES,
    **build_route_options(
        "Change the workspace",
        TAG,
        Operation(
            scope=ADMIN_SCOPE,
            is_idempotent=True,
            takes_if_match=True,
            request_example=REQUEST_EXAMPLE,
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def change_workspace(
    request: Request[Any, Any, Any],
    data: JSONBody[WorkspaceChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[WorkspaceOut]:
    """Change settings, all that are sent or none. Published reports keep the look that they were published with."""
    # Redrawing is slow, so it precedes the first statement.
    image = redraw_logo(data.logo) if isinstance(data.logo, bytes) else LogoImage()

    def perform_request() -> WorkspaceOut:
        session, now = idempotent.session, idempotent.now
        before = _load_workspace(session, caller)
        etags.require_match(request, etags.encode_json(before))
        _change_settings(session, caller.workspace_id, data, image, now)
        return _load_workspace(session, caller)

    return idempotent.run_once(perform_request, status=200)


def _change_settings(
    session: Session, workspace_id: str, data: WorkspaceChange, image: LogoImage, now: datetime
) -> None:
    """Change what was sent; `InvalidError` lists the problems of all fields."""
    stored = workspace_preferences.load_preferences(session, workspace_id)
    fields = {
        name: getattr(data, name)
        for name in ("languages", "sender_name", "prepared_by", "accent", "retention_months")
        if getattr(data, name) is not UNSET
    }
    new = replace(stored, **{"languages": stored.languages or tuple(list_languages()), **fields})
    steps: list[Callable[[], object]] = []
    if data.name is not UNSET:
        name = data.name
        steps.append(lambda: workspaces.rename_workspace(session, workspace_id, name, now))
    if data.time_zone is not UNSET:
        time_zone = data.time_zone
        steps.append(lambda: workspaces.set_time_zone(session, workspace_id, time_zone, now))
    if fields:
        steps.append(lambda: workspace_preferences.change_preferences(session, workspace_id, new, now))
    problems = [replace(problem, pointer="/logo") for problem in image.problems]
    problems += [
        Problem(UNSTORABLE_MESSAGE, pointer=f"/{name}", code="invalid-character")
        for name in ("name", "sender_name", "prepared_by")
        if isinstance(text := getattr(data, name), str) and strip_invisible(text) != text  # would be removed silently
    ]
    for change in steps:
        problems += _list_problems(change)
    if problems:
        raise InvalidError("The workspace can’t be changed.", problems)
    if data.logo is not UNSET and image.content != workspace_preferences.load_logo(session, workspace_id):
        workspace_preferences.change_logo(session, workspace_id, image.content, now)


def _list_problems(change: Callable[[], object]) -> tuple[Problem, ...]:
    """Make a change, or return why it can't be made; what others changed is rolled back with the request."""
    try:
        change()
    except InvalidError as error:
        return tuple(error.problems)
    return ()


def _load_workspace(session: Session, caller: KeyHolder) -> WorkspaceOut:
    stored = users.find_workspace(session, caller.workspace_id)
    preferences = workspace_preferences.load_preferences(session, caller.workspace_id)
    return WorkspaceOut(
        name=stored.name,
        time_zone=stored.time_zone,
        languages=preferences.languages or tuple(sorted(list_languages())),
        sender_name=preferences.sender_name,
        prepared_by=preferences.prepared_by,
        accent=preferences.accent,
        logo=workspace_preferences.load_logo(session, caller.workspace_id),
        retention_months=preferences.retention_months,
    )
