"""Webhooks of the workspace: list, add, replace the secret, delete, delivery log and replays."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.closed_sets import DeliveryProblem, DeliveryState, WebhookEvent
from assessment.i18n.messages import N_
from assessment.services.auth.principals import Consultant
from assessment.services.webhooks import delivery_log, subscriptions
from assessment.services.webhooks.public_addresses import parse_networks
from assessment.services.webhooks.subscriptions import MAX_WEBHOOKS, NewWebhook
from assessment.settings import Settings
from assessment.storage.cursor_pagination import PageRequest
from assessment.web.console.authentication import OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import raise_form_errors
from assessment.web.console.forms.form_fields import read_choice
from assessment.web.console.workspace_area import OVERLAP_HOURS, WEBHOOKS_PATH, build_area_context, render_area_page
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/webhooks.html"
LIST_PATH = "/workspace/webhooks"
WEBHOOK_PATH = f"{LIST_PATH}/{{webhook_id:str}}"
TO_WEBHOOK = OWNERS_ONLY | {PAGE_OPTION: f"{WEBHOOKS_PATH}/{{webhook_id}}"}
DELIVERIES_A_PAGE = 25
EVENT_NAMES = {
    WebhookEvent.ASSESSMENT_OPENED: N_("An assessment was opened"),
    WebhookEvent.ASSESSMENT_CLOSED: N_("An assessment was closed"),
    WebhookEvent.REPORT_READY: N_("Results were published, and the report can be downloaded"),
    WebhookEvent.RESPONSE_SENT: N_("Further people have sent their answers, counted hourly and in steps"),
}
STATE_NAMES = {
    DeliveryState.QUEUED: N_("Waiting"),
    DeliveryState.SENDING: N_("Being delivered"),
    DeliveryState.DELIVERED: N_("Delivered"),
    DeliveryState.FAILED: N_("Failed"),
    DeliveryState.CANCELLED: N_("Cancelled"),
}
PROBLEM_NAMES = {
    DeliveryProblem.STATUS: N_("the receiver refused it"),
    DeliveryProblem.REDIRECT: N_("the receiver sent a redirect, which is not followed"),
    DeliveryProblem.TIMEOUT: N_("the receiver took too long"),
    DeliveryProblem.CONNECTION: N_("the receiver can’t be reached"),
    DeliveryProblem.ADDRESS: N_("the host has an address that is not public"),
    DeliveryProblem.CERTIFICATE: N_("the receiver’s certificate is not valid"),
    DeliveryProblem.SECRET: N_("the signing secret can’t be read: replace it"),
}


@get(LIST_PATH, name="console:webhooks", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_webhooks(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    context = _build_list_context(read_session, consultant)
    return render_area_page("webhooks", context)


@post(
    LIST_PATH,
    name="console:add-webhook",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY | {PRESERVES_FORM: True},
)
def add_webhook(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Add a webhook, and show its signing secret this once."""
    context = _build_list_context(write_session, consultant) | {"form": form}
    if form.is_returned:
        return render_area_page("webhooks", context)
    with raise_form_errors(TEMPLATE, context):
        new = subscriptions.add_webhook(
            write_session,
            consultant.workspace_id,
            form.text("url"),
            form.list_values("events"),
            now,
            secret=settings.secret,
            networks=parse_networks(settings.webhook_networks),
        )
    return _render_webhook(write_session, consultant, new.webhook.id, new=new)


@get(WEBHOOK_PATH, name="console:webhook", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_webhook(
    webhook_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    cursor: FromQuery[str] = "",
) -> Template:
    """Show a webhook with its delivery log."""
    return _render_webhook(read_session, consultant, webhook_id, cursor=cursor)


@post(f"{WEBHOOK_PATH}/rotate", name="console:rotate-webhook", policy=CONSULTANT, sync_to_thread=True, opt=TO_WEBHOOK)
def rotate_webhook(
    webhook_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Replace the signing secret, and show the new one this once."""
    new = subscriptions.rotate_secret(
        write_session,
        consultant.workspace_id,
        webhook_id,
        now,
        secret=settings.secret,
        overlap=timedelta(hours=read_choice(form, "overlap", OVERLAP_HOURS)),
    )
    return _render_webhook(write_session, consultant, webhook_id, new=new)


@post(f"{WEBHOOK_PATH}/delete", name="console:delete-webhook", policy=CONSULTANT, sync_to_thread=True, opt=TO_WEBHOOK)
def delete_webhook(
    webhook_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    subscriptions.delete_webhook(write_session, consultant.workspace_id, webhook_id, now)
    return redirect_to(f"{WEBHOOKS_PATH}?done=webhook-deleted")


@post(
    f"{WEBHOOK_PATH}/deliveries/{{delivery_id:str}}/replay",
    name="console:replay-delivery",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_WEBHOOK,
)
def replay_delivery(
    webhook_id: FromPath[str],
    delivery_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    delivery_log.replay_delivery(write_session, consultant.workspace_id, webhook_id, delivery_id, now)
    return redirect_to(f"{WEBHOOKS_PATH}/{webhook_id}?done=delivery-replayed")


def _build_list_context(session: Session, consultant: Consultant) -> dict[str, Any]:
    page = subscriptions.list_webhooks(session, consultant.workspace_id, PageRequest(limit=MAX_WEBHOOKS))
    return build_area_context(session, consultant, WEBHOOKS_PATH) | {
        "webhooks": page.data,
        "event_names": EVENT_NAMES,
    }


def _render_webhook(
    session: Session,
    consultant: Consultant,
    webhook_id: str,
    *,
    cursor: str = "",
    new: NewWebhook | None = None,
    flash_message: str = "",
) -> Template:
    webhook = subscriptions.get_webhook(session, consultant.workspace_id, webhook_id)
    page = delivery_log.list_deliveries(
        session, consultant.workspace_id, webhook_id, PageRequest(cursor or None, DELIVERIES_A_PAGE)
    )
    return render_area_page(
        "webhook",
        build_area_context(session, consultant, WEBHOOKS_PATH),
        webhook=webhook,
        deliveries=page.data,
        next_cursor=page.next_cursor,
        new_secret=new.secret if new else "",
        event_names=EVENT_NAMES,
        state_names=STATE_NAMES,
        problem_names=PROBLEM_NAMES,
        overlaps=OVERLAP_HOURS,
        flash_message=flash_message,
    )
