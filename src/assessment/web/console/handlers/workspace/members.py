"""Users of the workspace: list, add with a link that sets the password, change the role, disable, remove."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.closed_sets import MemberRole
from assessment.services.auth import members, password_resets
from assessment.services.auth.principals import Consultant
from assessment.services.auth.set_up_links import SetUpLink
from assessment.services.delivery.mail_settings import find_mail
from assessment.settings import Settings
from assessment.web.console.authentication import OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import raise_form_errors
from assessment.web.console.workspace_area import USERS_PATH, build_area_context, render_area_page
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/users.html"
LIST_PATH = "/workspace/users"
MEMBER_PATH = f"{LIST_PATH}/{{user_id:str}}"
TO_MEMBER = OWNERS_ONLY | {PAGE_OPTION: f"{USERS_PATH}/{{user_id}}"}
TO_USERS = OWNERS_ONLY | {PAGE_OPTION: USERS_PATH}


@get(LIST_PATH, name="console:users", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_users(read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Template:
    context = _build_list_context(read_session, consultant)
    return render_area_page("users", context)


@post(
    LIST_PATH,
    name="console:add-user",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY | {PRESERVES_FORM: True},
)
def add_user(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Add a user, and mail the link to set a password; without a mail server, show it this once."""
    context = _build_list_context(write_session, consultant) | {"form": form}
    if form.is_returned:
        return render_area_page("users", context)
    with raise_form_errors(TEMPLATE, context):
        link = members.add_member(write_session, consultant.workspace_id, form.text("email"), form.text("role"), now)
    if find_mail(write_session) is not None:
        password_resets.mail_set_up_link(
            write_session, consultant.workspace_id, consultant.workspace, link, consultant.language, now
        )
        return redirect_to(f"{USERS_PATH}?done=user-mailed")
    return render_area_page("users", _build_list_context(write_session, consultant), **_show_link(settings, link))


@get(MEMBER_PATH, name="console:user", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_user(
    user_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    context = _build_member_context(read_session, consultant, user_id)
    return render_area_page("user", context)


@post(f"{MEMBER_PATH}/role", name="console:change-role", policy=CONSULTANT, sync_to_thread=True, opt=TO_MEMBER)
def change_role(
    user_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    members.change_role(write_session, consultant.workspace_id, user_id, form.text("role"), now)
    if user_id == consultant.user_id:  # no longer an owner, most likely
        return redirect_to("/console")
    return redirect_to(f"{USERS_PATH}/{user_id}?done=role-changed")


@post(f"{MEMBER_PATH}/link", name="console:renew-link", policy=CONSULTANT, sync_to_thread=True, opt=TO_MEMBER)
def renew_link(
    user_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Show a new link to set a password, this once; the earlier one stops working."""
    link = members.renew_link(write_session, consultant.workspace_id, user_id, now)
    context = _build_member_context(write_session, consultant, user_id)
    return render_area_page("user", context, **_show_link(settings, link))


@post(f"{MEMBER_PATH}/disable", name="console:disable-user", policy=CONSULTANT, sync_to_thread=True, opt=TO_MEMBER)
def disable_user(
    user_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    members.disable_member(write_session, consultant.workspace_id, user_id, now)
    return redirect_to(f"{USERS_PATH}/{user_id}?done=user-disabled")


@post(f"{MEMBER_PATH}/enable", name="console:enable-user", policy=CONSULTANT, sync_to_thread=True, opt=TO_MEMBER)
def enable_user(
    user_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    members.enable_member(write_session, consultant.workspace_id, user_id, now)
    return redirect_to(f"{USERS_PATH}/{user_id}?done=user-enabled")


@get(f"{MEMBER_PATH}/remove", name="console:ask-remove-user", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_remove_form(
    user_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show what a removal means, with the button."""
    return render_area_page("remove-user", _build_member_context(read_session, consultant, user_id))


@post(f"{MEMBER_PATH}/remove", name="console:remove-user", policy=CONSULTANT, sync_to_thread=True, opt=TO_USERS)
def remove_user(
    user_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    members.remove_member(write_session, consultant.workspace_id, user_id, now)
    return redirect_to(f"{USERS_PATH}?done=user-removed")


def _build_list_context(session: Session, consultant: Consultant) -> dict[str, Any]:
    return build_area_context(session, consultant, USERS_PATH) | {
        "members": members.list_members(session, consultant.workspace_id),
        "roles": tuple(MemberRole),
        "link": None,
        "has_mail": find_mail(session) is not None,
    }


def _build_member_context(session: Session, consultant: Consultant, user_id: str) -> dict[str, Any]:
    return build_area_context(session, consultant, USERS_PATH) | {
        "member": members.find_member(session, consultant.workspace_id, user_id),
        "roles": tuple(MemberRole),
        "link": None,
    }


def _show_link(settings: Settings, link: SetUpLink) -> dict[str, object]:
    return {"link": link, "url": f"{settings.public_url}{link.path}"}
