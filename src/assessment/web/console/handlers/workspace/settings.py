"""Settings of the workspace: its name and time zone; what the operator has configured is shown."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.errors import InvalidError
from assessment.services.auth import workspaces
from assessment.services.auth.principals import Consultant
from assessment.settings import Settings
from assessment.storage.auth import users
from assessment.web.console.authentication import OWNERS_ONLY
from assessment.web.console.form_data import FormData
from assessment.web.console.form_errors import FieldError, InvalidFormError, map_field_errors
from assessment.web.console.workspace_area import BASE_PATH, build_area_context, render_area_page
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/workspace.html"
PAGE_PATH = "/workspace"


@get(PAGE_PATH, name="console:workspace", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_workspace(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    settings: NamedDependency[Settings],
) -> Template:
    stored = users.find_workspace(read_session, consultant.workspace_id)
    form = FormData({"name": (stored.name,), "time_zone": (stored.time_zone,)})
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
    """Save name and time zone, or neither and show the errors of both."""
    context = _build_context(write_session, consultant, settings, form)
    if form.is_returned:
        return render_area_page("workspace", context)
    errors: list[FieldError] = []
    workspace_id = consultant.workspace_id
    try:
        workspaces.set_time_zone(write_session, workspace_id, form.text("time_zone"), now)
    except InvalidError as error:
        errors += map_field_errors(error.problems)
    try:
        workspaces.rename_workspace(write_session, workspace_id, form.text("name"), now)
    except InvalidError as error:
        errors += map_field_errors(error.problems)
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)  # rolls back
    return redirect_to(f"{BASE_PATH}?done=saved")


def _build_context(session: Session, consultant: Consultant, settings: Settings, form: FormData) -> dict[str, Any]:
    return build_area_context(session, consultant, BASE_PATH) | {
        "form": form,
        "time_zones": sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        "sender": settings.sender if settings.smtp_url else "",
        "public_url": settings.public_url,
        "minimum_group": settings.minimum_group,
    }
