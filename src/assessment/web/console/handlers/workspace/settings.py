"""Settings of the workspace; what the operator has configured is shown."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.report.details import MAX_LOGO_BYTES
from assessment.errors import InvalidError, NotFoundError, Problem
from assessment.i18n.messages import N_
from assessment.services.auth import workspace_preferences, workspaces
from assessment.services.auth.principals import Consultant
from assessment.services.operations import audit_trail
from assessment.services.results.consultant_comments import LogoImage, redraw_logo
from assessment.settings import Settings
from assessment.storage.auth import users
from assessment.storage.auth.workspace_preferences import WorkspacePreferences
from assessment.web.console.authentication import OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.edit_conflicts import (
    MARK_FIELD,
    EditConflictError,
    describe_changed_mark,
    make_mark,
)
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import FieldError, InvalidFormError, map_field_errors
from assessment.web.console.workspace_area import BASE_PATH, build_area_context, render_area_page
from assessment.web.http import languages
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/workspace.html"
PAGE_PATH = "/workspace"
LOGO_PATH = "/workspace/logo"
FIELD_LABELS = {
    "name": N_("Name"),
    "time_zone": N_("Time zone"),
    "sender_name": N_("Sender name (optional)"),
    "prepared_by": N_("Reports are prepared by (optional)"),
    "accent": N_("Colour of reports (optional)"),
    "languages": N_("Languages"),
    "retention_months": N_("Months until answers are due for deletion (optional)"),
}


@get(PAGE_PATH, name="console:workspace", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_workspace(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    settings: NamedDependency[Settings],
) -> Template:
    form = _fill_form(read_session, consultant)
    context = _build_context(read_session, consultant, settings, form)
    return render_area_page("workspace", context)


@post(
    PAGE_PATH,
    name="console:change-workspace",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY | {PRESERVES_FORM: True},
)
def change_workspace(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save all settings, or none and show the errors of each field, or what another owner has changed meanwhile."""
    workspace_id = consultant.workspace_id
    users.find_workspace(write_session, workspace_id, lock=True)  # until the stored values are compared and replaced
    context = _build_context(write_session, consultant, settings, form)
    if form.is_returned:
        return render_area_page("workspace", context | {"mark": form.text(MARK_FIELD)})
    errors: list[FieldError] = []
    actor = audit_trail.find_last_actor(write_session, workspace_id, workspace_id, audit_trail.WORKSPACE_CHANGED)
    stored = _fill_form(write_session, consultant)
    conflict = describe_changed_mark(form, stored, FIELD_LABELS, actor, consultant.language)
    if conflict is not None:
        raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict})
    try:
        workspaces.set_time_zone(write_session, workspace_id, form.text("time_zone"), now)
    except InvalidError as error:
        errors += map_field_errors(error.problems)
    try:
        workspaces.rename_workspace(write_session, workspace_id, form.text("name"), now)
    except InvalidError as error:
        errors += map_field_errors(error.problems)
    preferences = WorkspacePreferences(
        languages=tuple(form.list_values("languages")),
        sender_name=form.text("sender_name"),
        retention_months=form_fields.read_integer(form, "retention_months", errors),
        prepared_by=form.text("prepared_by"),
        accent=form.text("accent"),
    )
    try:
        workspace_preferences.change_preferences(write_session, workspace_id, preferences, now)
    except InvalidError as error:
        errors += map_field_errors(error.problems)
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)  # rolls back
    return redirect_to(f"{BASE_PATH}?done=saved")


async def read_logo_file(request: Request[Any, Any, Any]) -> bytes:
    """Dependency: content of the field `logo`; empty without one. At most one byte more than the limit is read."""
    upload = (await request.form()).get("logo")
    return await upload.read(MAX_LOGO_BYTES + 1) if isinstance(upload, UploadFile) else b""


@post(
    LOGO_PATH,
    name="console:change-logo",
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_LOGO_BYTES + 1024**2,
    dependencies={"logo_file": Provide(read_logo_file)},
    opt=OWNERS_ONLY | {PAGE_OPTION: BASE_PATH},
)
def change_logo(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    logo_file: NamedDependency[bytes],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Store an uploaded logo, or remove the stored one. Redrawing is slow, so it precedes the first statement."""
    image = LogoImage()
    if form.text("act") != "remove":
        image = redraw_logo(logo_file) if logo_file else LogoImage(None, (Problem(N_("Choose a file.")),))
    if image.problems:
        context = _build_context(write_session, consultant, settings, _fill_form(write_session, consultant))
        raise InvalidFormError(TEMPLATE, [("logo", problem) for problem in image.problems], context)
    workspace_preferences.change_logo(write_session, consultant.workspace_id, image.content, now)
    return redirect_to(f"{BASE_PATH}?done=saved")


@get(
    LOGO_PATH,
    name="console:logo",
    policy=CONSULTANT,
    sync_to_thread=True,
    media_type="image/png",
    opt=OWNERS_ONLY,
)
def show_logo(read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Response[bytes]:
    """Return the logo of the workspace as PNG."""
    logo = workspace_preferences.load_logo(read_session, consultant.workspace_id)
    if logo is None:
        raise NotFoundError
    return Response(logo, media_type="image/png")


def _fill_form(session: Session, consultant: Consultant) -> FormData:
    """Build the form data for the stored settings."""
    stored = users.find_workspace(session, consultant.workspace_id)
    preferences = workspace_preferences.load_preferences(session, consultant.workspace_id)
    months = preferences.retention_months
    return FormData(
        {
            "name": (stored.name,),
            "time_zone": (stored.time_zone,),
            "sender_name": (preferences.sender_name,),
            "prepared_by": (preferences.prepared_by,),
            "accent": (preferences.accent,),
            "languages": preferences.languages or tuple(languages.INTERFACE_LANGUAGES),
            "retention_months": ("" if months is None else str(months),),
        }
    )


def _build_context(session: Session, consultant: Consultant, settings: Settings, form: FormData) -> dict[str, Any]:
    preferences = workspace_preferences.load_preferences(session, consultant.workspace_id)
    return build_area_context(session, consultant, BASE_PATH) | {
        "form": form,
        "mark": make_mark(_fill_form(session, consultant)),
        "time_zones": sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        "language_names": languages.list_language_names(languages.INTERFACE_LANGUAGES),
        "has_logo": preferences.has_logo,
        "saved_accent": preferences.accent,
        "sender": settings.sender if settings.smtp_url else "",
        "public_url": settings.public_url,
        "minimum_group": settings.minimum_group,
    }
