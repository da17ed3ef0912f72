"""API keys of the workspace: list, make, revoke, and replace with an overlap. A key is shown once."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.i18n.messages import N_
from assessment.services.auth import api_keys
from assessment.services.auth.api_keys import NewApiKey
from assessment.services.auth.permissions import SCOPES
from assessment.services.auth.principals import Consultant
from assessment.settings import Settings
from assessment.web.console.authentication import OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import raise_form_errors
from assessment.web.console.forms.form_fields import read_choice
from assessment.web.console.workspace_area import KEYS_PATH, OVERLAP_HOURS, build_area_context, render_area_page
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/keys.html"
LIST_PATH = "/workspace/keys"
KEY_PATH = f"{LIST_PATH}/{{key_id:str}}"
TO_KEY = OWNERS_ONLY | {PAGE_OPTION: f"{KEYS_PATH}/{{key_id}}"}
VALIDITY_DAYS = (30, 90, 180, 365)
SCOPE_NAMES = {
    "read:assessments": N_("Read clients, assessments, invitations and progress"),
    "read:scores": N_("Read results"),
    "read:reports": N_("Download reports"),
    "write:assessments": N_("Create and change assessments, invite people, import responses"),
    "admin:workspace": N_("Manage the workspace"),
}


@get(LIST_PATH, name="console:keys", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_keys(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    context = _build_list_context(read_session, consultant, now)
    return render_area_page("keys", context)


@post(
    LIST_PATH,
    name="console:add-key",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY | {PRESERVES_FORM: True},
)
def add_key(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Make a key, and show it this once."""
    context = _build_list_context(write_session, consultant, now) | {"form": form}
    if form.is_returned:
        return render_area_page("keys", context)
    with raise_form_errors(TEMPLATE, context):
        key = api_keys.add_key(
            write_session,
            consultant.workspace_id,
            form.text("name"),
            form.list_values("scopes"),
            now,
            secret=settings.secret,
            lasts=timedelta(days=read_choice(form, "days", VALIDITY_DAYS)),
        )
    return _show_new_key(write_session, consultant, key, now)


@get(KEY_PATH, name="console:key", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_key(
    key_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    context = build_area_context(read_session, consultant, KEYS_PATH)
    key = api_keys.find_key(read_session, consultant.workspace_id, key_id)
    return render_area_page(
        "key", context, key=key, state=key.find_state(now), scope_names=SCOPE_NAMES, overlaps=OVERLAP_HOURS
    )


@post(f"{KEY_PATH}/rotate", name="console:rotate-key", policy=CONSULTANT, sync_to_thread=True, opt=TO_KEY)
def rotate_key(
    key_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Replace a key by one with the same name, scopes and validity, and show it this once."""
    key = api_keys.rotate_key(
        write_session,
        key_id,
        now,
        secret=settings.secret,
        overlap=timedelta(hours=read_choice(form, "overlap", OVERLAP_HOURS)),
        workspace_id=consultant.workspace_id,
    )
    return _show_new_key(write_session, consultant, key, now)


@post(f"{KEY_PATH}/revoke", name="console:revoke-key", policy=CONSULTANT, sync_to_thread=True, opt=TO_KEY)
def revoke_key(
    key_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    api_keys.revoke_key(write_session, consultant.workspace_id, key_id, now)
    return redirect_to(f"{KEYS_PATH}?done=key-revoked")


def _build_list_context(session: Session, consultant: Consultant, now: datetime) -> dict[str, Any]:
    keys = api_keys.list_all_keys(session, consultant.workspace_id)
    return build_area_context(session, consultant, KEYS_PATH) | {
        "keys": tuple((key, key.find_state(now)) for key in keys),
        "scopes": SCOPES,
        "scope_names": SCOPE_NAMES,
        "validity_days": VALIDITY_DAYS,
        "new_key": None,
    }


def _show_new_key(session: Session, consultant: Consultant, key: NewApiKey, now: datetime) -> Template:
    return render_area_page("keys", _build_list_context(session, consultant, now), new_key=key)
