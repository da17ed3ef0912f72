"""Content of the page “Mails”: what is ready, queued, sent and planned."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ASSESSMENT_MAIL_KINDS, AssessmentState, MailKind
from assessment.domain.survey.closing_time import get_state_at, load_time_zone
from assessment.i18n.messages import N_
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import delivery_totals, mail_texts, mailings, queued_mailings, reminder_plans
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.delivery.queued_mailings import UNDO_WINDOW, ListedMailing
from assessment.services.operations import audit_trail
from assessment.services.people import progress
from assessment.storage.assessments import Assessment
from assessment.storage.delivery.reminder_plans import ReminderPlan
from assessment.web.console.forms.edit_conflicts import EditConflict, describe_changed_mark, make_mark
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS

PLAN_RANGES = {  # what the form offers; a plan made by the API may have other values
    "reminders": range(mailings.MAX_REMINDERS + 1),
    "first_after_days": range(mailings.FIRST_REMINDER_DAYS, 15),
    "every_days": range(1, 15),
    "send_from": range(24),
    "send_until": range(1, 25),
    "closing_notice_days": range(8),
}
PLAN_LABELS = {
    "reminders": N_("Reminders, at most"),
    "first_after_days": N_("First reminder, days after the first invitation"),
    "every_days": N_("Days between reminders"),
    "closing_notice_days": N_("Mail that it closes soon, days before"),
    "send_from": N_("Send from (hour)"),
    "send_until": N_("Send until (hour)"),
    "sends_results": N_("Mail everyone when the results are published"),
}


class MailingEntry(Struct, frozen=True, kw_only=True):
    """Mailing for display; `queued_at` is in the workspace's time zone.

    `action` is "undo" before the first mail goes out, "stop" while some may be queued, otherwise empty.
    """

    id: str
    kind: MailKind
    count: int
    queued_at: datetime
    is_planned: bool
    is_cancelled: bool
    action: str


def build_mails_context(
    session: Session, consultant: Consultant, assessment_id: str, now: datetime, form: FormData | None = None
) -> dict[str, Any]:
    """Build the context of the page; `form` is a plan that was typed."""
    workspace_id = consultant.workspace_id
    assessment = assessment_setup.get_assessment(session, AssessmentKey(workspace_id, assessment_id))
    state = get_state_at(assessment.state, assessment.closes_at, now)
    plan = reminder_plans.load_plan(session, AssessmentKey(workspace_id, assessment_id))
    mail = find_mail(session)
    typed = form or fill_plan_form(plan or ReminderPlan())
    return {
        "consultant": consultant,
        "assessment": assessment,
        "is_open": state == AssessmentState.OPEN,
        "can_change": consultant.can_edit and state != AssessmentState.CLOSED and mail is not None,
        "mail": mail,
        "unmailed": mailings.preview_invitations(session, AssessmentKey(workspace_id, assessment_id)),
        "totals": delivery_totals.load_delivery_totals(session, AssessmentKey(workspace_id, assessment_id)),
        "reminder": mailings.preview_reminder(session, AssessmentKey(workspace_id, assessment_id), now),
        "has_notice": queued_mailings.has_closing_notice(session, assessment),
        "unsubscribed": progress.load_unsubscribed(session, AssessmentKey(workspace_id, assessment_id)),
        "entries": list_mailing_entries(session, assessment, now),
        "plan": plan,
        "mark": make_mark(fill_plan_form(plan or ReminderPlan())),
        "planned": reminder_plans.list_planned_mailings(session, AssessmentKey(workspace_id, assessment_id)),
        "choices": _list_plan_choices(typed),
        "own_texts": _list_own_texts(session, assessment),
        "kinds": ASSESSMENT_MAIL_KINDS,
        "form": typed,
        "form_errors": NO_ERRORS,
        "queued": None,
    }


def list_mailing_entries(session: Session, assessment: Assessment, now: datetime) -> tuple[MailingEntry, ...]:
    """Return the mailings of an assessment, the newest first."""
    listed = queued_mailings.list_mailings(session, assessment.key, now)
    return tuple(_make_entry(listed_mailing, assessment, now) for listed_mailing in reversed(listed))


def fill_plan_form(plan: ReminderPlan) -> FormData:
    """Return the form's fields for a plan, and whether it is stopped."""
    fields: dict[str, tuple[str, ...]] = {name: (str(getattr(plan, name)),) for name in PLAN_RANGES}
    ticked = {name: ("yes",) for name in ("sends_results", "is_stopped") if getattr(plan, name)}
    return FormData(fields | ticked)


def describe_changed_plan(
    session: Session, consultant: Consultant, key: AssessmentKey, form: FormData
) -> EditConflict | None:
    """Return what differs if someone else has changed or stopped the plan since the form was made."""
    stored = fill_plan_form(reminder_plans.load_plan(session, key) or ReminderPlan())
    actor = audit_trail.find_last_actor(session, key.workspace_id, key.assessment_id, reminder_plans.PLAN_CHANGED)
    return describe_changed_mark(form, stored, PLAN_LABELS, actor, consultant.language)


def make_plan(form: FormData) -> ReminderPlan:
    """Return the plan of a form; a field that is no number keeps its default."""
    numbers = {name: int(form.text(name)) for name in PLAN_RANGES if _is_number(form.text(name))}
    return structs.replace(ReminderPlan(), sends_results=form.text("sends_results") == "yes", **numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4  # noqa: PLR2004  # no plan has a longer number


def _make_entry(listed: ListedMailing, assessment: Assessment, now: datetime) -> MailingEntry:
    mailing = listed.mailing
    is_undo = not mailing.is_planned and now < mailing.queued_at + UNDO_WINDOW - timedelta(seconds=1)
    return MailingEntry(
        id=mailing.id,
        kind=mailing.kind,
        count=mailing.shown_count,
        queued_at=mailing.queued_at.astimezone(load_time_zone(assessment.time_zone)),
        is_planned=mailing.is_planned,
        is_cancelled=mailing.cancelled_at is not None,
        action="" if not listed.can_cancel else "undo" if is_undo else "stop",
    )


def _list_plan_choices(typed: FormData) -> dict[str, list[int]]:
    """Return the numbers to choose from, by field, with the present one."""
    return {
        name: sorted({*offered, *([int(typed.text(name))] if _is_number(typed.text(name)) else [])})
        for name, offered in PLAN_RANGES.items()
    }


def _list_own_texts(session: Session, assessment: Assessment) -> set[str]:
    return {
        kind
        for kind in ASSESSMENT_MAIL_KINDS
        if mail_texts.has_own_template(session, assessment, kind, assessment.language)
    }
