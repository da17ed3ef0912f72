"""Edit, archive, restore and erase a client."""

from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from msgspec import structs
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.errors import ChangedError, InvalidError
from assessment.i18n.messages import N_
from assessment.services.assessments import client_erasure, client_organisations
from assessment.services.assessments.client_organisations import OrganisationPatch
from assessment.services.auth.principals import Consultant
from assessment.services.reports.render_pool import RenderPool
from assessment.services.results import client_portfolio
from assessment.storage import database
from assessment.storage.organisations import Organisation
from assessment.web.console.authentication import FOR_EDITORS, OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.edit_conflicts import EditConflictError, compare_versions, describe_changes
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError, map_field_errors, raise_form_errors
from assessment.web.console.labels import QuestionnaireLabels
from assessment.web.console.views.client_list import PATH as LIST_PATH
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/clients/edit.html"
ERASE_TEMPLATE = "console/clients/erase.html"
CLIENT_PATH = "/clients/{organisation_id:str}"
FIELDS = ("name", "contact_name", "contact_email")
TO_CLIENT = {PAGE_OPTION: f"{LIST_PATH}/{{organisation_id}}"}
CHANGED_MEANWHILE = N_("This client was changed while you were editing.")


@get(f"{CLIENT_PATH}/edit", name="console:edit-client", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_edit_form(
    organisation_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    client = client_organisations.get_organisation(read_session, consultant.workspace_id, organisation_id)
    return render_page(TEMPLATE, consultant=consultant, client=client, form=_fill_form(client), form_errors=NO_ERRORS)


@post(
    f"{CLIENT_PATH}/edit",
    name="console:change-client",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True},
)
def change_client(
    organisation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save name and contact, or show the errors, or both versions if someone else has saved first."""
    client = client_organisations.get_organisation(write_session, consultant.workspace_id, organisation_id)
    context = {"consultant": consultant, "client": client, "form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context, form_errors=NO_ERRORS)
    revision = form_fields.read_integer(form, "revision", [])
    changes = OrganisationPatch(**{name: form.text(name) for name in FIELDS})
    try:
        client_organisations.update_organisation(
            write_session, consultant.workspace_id, organisation_id, changes, now=now, revision=revision
        )
    except ChangedError as error:
        conflict, changed_by = describe_changes(write_session, consultant, organisation_id, revision, CHANGED_MEANWHILE)
        labels = QuestionnaireLabels(roles={}, functions={}, channels={}, title="")
        versions = compare_versions(form, _fill_form(client), changed_by, labels, consultant.language)
        conflict = structs.replace(conflict, versions=versions)
        raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict}) from error
    except InvalidError as error:
        raise InvalidFormError(TEMPLATE, map_field_errors(error.problems), context) from error
    return redirect_to(f"{LIST_PATH}/{organisation_id}?done=client-saved")


@post(f"{CLIENT_PATH}/archive", name="console:archive-client", policy=CONSULTANT, sync_to_thread=True, opt=TO_CLIENT)
def archive_client(
    organisation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Redirect:
    """Archive the client; the notice offers to undo it."""
    client_organisations.archive_organisation(write_session, consultant.workspace_id, organisation_id, now)
    return redirect_to(f"{LIST_PATH}/{organisation_id}?done=client-archived:{organisation_id}")


@post(f"{CLIENT_PATH}/restore", name="console:restore-client", policy=CONSULTANT, sync_to_thread=True, opt=TO_CLIENT)
def restore_client(
    organisation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Redirect:
    """Restore the client; the notice offers to undo it."""
    client_organisations.restore_organisation(write_session, consultant.workspace_id, organisation_id, now)
    return redirect_to(f"{LIST_PATH}/{organisation_id}?done=client-restored:{organisation_id}")


@get(f"{CLIENT_PATH}/erase", name="console:ask-erase-client", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_erase_form(
    organisation_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show what would be erased, and ask for the name."""
    context = _build_erase_context(read_session, consultant, organisation_id)
    return render_page(ERASE_TEMPLATE, **context, form=FormData({}), form_errors=NO_ERRORS)


@post(
    f"{CLIENT_PATH}/erase",
    name="console:erase-client",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY | {PRESERVES_FORM: True},
)
def erase_client(
    organisation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
    render_pool: NamedDependency[RenderPool],
) -> Response[Any]:
    """Erase the client if its name was typed."""
    context = _build_erase_context(write_session, consultant, organisation_id) | {"form": form}
    if form.is_returned:
        return render_page(ERASE_TEMPLATE, **context, form_errors=NO_ERRORS)
    with raise_form_errors(ERASE_TEMPLATE, context):
        erased = client_erasure.erase_client(
            write_session, consultant.workspace_id, organisation_id, now, typed_name=form.text("typed_name")
        )
    database.run_after_commit(write_session, partial(_evict_reports, render_pool, erased))
    return redirect_to(f"{LIST_PATH}?done=client-erased")


def _evict_reports(render_pool: RenderPool, assessment_ids: tuple[str, ...], _: Engine) -> None:
    for assessment_id in assessment_ids:
        render_pool.evict_reports(assessment_id)


def _build_erase_context(session: Session, consultant: Consultant, organisation_id: str) -> dict[str, Any]:
    client = client_portfolio.load_client(session, consultant.workspace_id, organisation_id)
    return {
        "consultant": consultant,
        "client": client.organisation,
        "waves": client.waves,
        "counts": client_erasure.count_erased(session, consultant.workspace_id, organisation_id),
        "has_open": any(wave.state == "open" for wave in client.waves),
    }


def _fill_form(client: Organisation) -> FormData:
    return FormData({name: (getattr(client, name),) for name in FIELDS})
