"""Clients: the list with waves and levels, the page of one client, and adding one."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.auth import workspace_preferences
from assessment.services.auth.principals import Consultant
from assessment.services.people.progress import refresh_counts
from assessment.services.results import client_portfolio
from assessment.services.results.client_portfolio import ClientWaves
from assessment.storage.assessments import AssessmentFilter
from assessment.storage.cursor_pagination import MAX_LIMIT, PageRequest
from assessment.web.console.authentication import FOR_EDITORS
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError, raise_form_errors
from assessment.web.console.similar_clients import find_name_warning
from assessment.web.console.views import client_list
from assessment.web.console.views.assessment_list import AssessmentListEntry, build_entries
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

NEW_TEMPLATE = "console/clients/new.html"
NEW_PATH = "/clients/new"


@get("/clients", name="console:clients", policy=CONSULTANT, sync_to_thread=True)
def show_clients(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    q: FromQuery[str] = "",
    status: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    page: FromQuery[str] = "",
) -> Template:
    """Show the clients with their assessments and the level of the newest results."""
    query = client_list.parse_query(q, status, sort, page)
    clients = client_portfolio.list_clients(read_session, consultant.workspace_id)
    return render_page(
        "console/clients/list.html",
        consultant=consultant,
        query=query,
        listed=client_list.select_page(clients, query, consultant.language),
        filter_labels=client_list.FILTER_LABELS,
        has_clients=bool(clients),
    )


@get(NEW_PATH, name="console:new-client", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_new_client_form(consultant: NamedDependency[Consultant]) -> Template:
    return render_page(NEW_TEMPLATE, consultant=consultant, form=FormData({}), form_errors=NO_ERRORS)


@post(NEW_PATH, name="console:add-client", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def add_client(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Add a client; a name that another one has is refused, one that is much like it only the first time."""
    context = {"consultant": consultant, "form": form}
    if form.is_returned:
        return render_page(NEW_TEMPLATE, **context, form_errors=NO_ERRORS)
    with raise_form_errors(NEW_TEMPLATE, context):
        client = client_organisations.create_organisation(
            write_session,
            consultant.workspace_id,
            form.text("name"),
            now,
            contact_name=form.text("contact_name"),
            contact_email=form.text("contact_email"),
        )
    warning = find_name_warning(write_session, consultant.workspace_id, form, "name")
    if warning is not None:
        raise InvalidFormError(NEW_TEMPLATE, [warning], context)
    return redirect_to(f"{client_list.PATH}/{client.id}?done=client-created")


@get("/clients/{organisation_id:str}", name="console:client", policy=CONSULTANT, sync_to_thread=True)
def show_client(
    organisation_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template:
    """Show a client with its contact, its assessments and what to do next."""
    client = client_portfolio.load_client(read_session, consultant.workspace_id, organisation_id)
    listed = assessment_setup.list_assessments(
        read_session,
        consultant.workspace_id,
        PageRequest(limit=MAX_LIMIT),
        AssessmentFilter(organisation_id=organisation_id),
    ).data
    read_session.close()  # `refresh_counts` takes its own connection; two per thread could deadlock the pool
    refresh_counts(engine, consultant.workspace_id, [assessment.id for assessment in listed], now)
    entries = build_entries(read_session, consultant, listed, now)
    preferences = workspace_preferences.load_preferences(read_session, consultant.workspace_id)
    return render_page(
        "console/clients/client.html",
        consultant=consultant,
        client=client,
        entries=[entry for entry in entries if entry.assessment.archived_on is None],
        archived=[entry for entry in entries if entry.assessment.archived_on is not None],
        levels={wave.assessment_id: wave for wave in client.waves},
        next_entry=find_next_entry(client, entries),
        due_ids={
            entry.assessment.id
            for entry in entries
            if workspace_preferences.is_retention_over(preferences, entry.assessment.closed_on, entry.today)
        },
        has_open=any(entry.assessment.state == "open" for entry in entries),
    )


def find_next_entry(client: ClientWaves, entries: tuple[AssessmentListEntry, ...]) -> AssessmentListEntry | None:
    """Return the assessment whose next action is that of the client: the current one, otherwise the newest results."""
    wave = client.current or client.newest_result
    return next((entry for entry in entries if wave and entry.assessment.id == wave.assessment_id), None)
