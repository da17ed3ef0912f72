"""Pages of the settings area: their paths, and what all of them show."""

from collections.abc import Mapping
from typing import Any

from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.i18n.messages import N_
from assessment.services.auth.principals import Consultant
from assessment.storage import assessments
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS
from assessment.web.http.page_responses import render_page

BASE_PATH = "/console/workspace"
ACCOUNT_PATH = f"{BASE_PATH}/account"
USERS_PATH = f"{BASE_PATH}/users"
KEYS_PATH = f"{BASE_PATH}/keys"
WEBHOOKS_PATH = f"{BASE_PATH}/webhooks"
QUESTIONNAIRES_PATH = f"{BASE_PATH}/questionnaires"
AUDIT_PATH = f"{BASE_PATH}/audit"
OVERLAP_HOURS = (0, 1, 24, 168)  # for which a replaced key or secret still works
OWN_PAGES = ((ACCOUNT_PATH, N_("My account")),)
OWNERS_PAGES = (
    (USERS_PATH, N_("Users")),
    (KEYS_PATH, N_("API keys")),
    (WEBHOOKS_PATH, N_("Webhooks")),
    (QUESTIONNAIRES_PATH, N_("Questionnaires")),
    (BASE_PATH, N_("Workspace")),
    (AUDIT_PATH, N_("Audit log")),
)


def build_area_context(session: Session, consultant: Consultant, here: str) -> dict[str, Any]:
    """Return what every page shows; `here` is the path of the page that is open in the navigation."""
    return {
        "consultant": consultant,
        "area_pages": (*OWN_PAGES, *OWNERS_PAGES) if consultant.is_owner else OWN_PAGES,
        "here": here,
        "time_zone": assessments.find_time_zone(session, consultant.workspace_id),
        "form": FormData({}),
        "form_errors": NO_ERRORS,
    }


def render_area_page(template: str, context: Mapping[str, object], **more: object) -> Template:
    return render_page(f"console/workspace/{template}.html", **{**context, **more})
