"""Mails of an assessment: send invitations and reminders, follow the queue, undo, and plan what goes out by itself.

Numbers of reminders come from hourly counts; no page shows who gets one, since that would show who has not sent.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.errors import ConflictError, NotFoundError
from assessment.i18n.messages import N_
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import mailings, queued_mailings, reminder_plans
from assessment.services.delivery.queued_mailings import UNDO_WINDOW
from assessment.services.people import people_invitations
from assessment.services.people.progress import refresh_counts
from assessment.storage.delivery.mailings import Mailing
from assessment.web.console import flash
from assessment.web.console.authentication import PAGE_OPTION, POLLED
from assessment.web.console.forms.edit_conflicts import MARK_FIELD, EditConflictError, preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import InvalidFormError, raise_form_errors
from assessment.web.console.handlers.people_pages.people import PEOPLE_PATH
from assessment.web.console.views.mail_overview import build_mails_context, describe_changed_plan, make_plan
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_fragment, render_page

TEMPLATE = "console/mails.html"
MAILS_PATH = "/assessments/{assessment_id:str}/mails"
TO_MAILS = {PAGE_OPTION: "/console/assessments/{assessment_id}/mails"}
NUMBER_CHANGED = N_("The number has changed since you opened this page. Check it, and send again.")
ALREADY_QUEUED = N_("A mail to this person is queued already.")
EVERYONE_MAILED = N_("Everyone has been mailed already.")


@get(MAILS_PATH, name="console:mails", policy=CONSULTANT, sync_to_thread=True)
def show_mails(
    request: Request[Any, Any, Any],
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template:
    """Show what was mailed; once, right after mails were queued, with the button that undoes it on top."""
    refresh_counts(engine, consultant.workspace_id, [assessment_id], now)
    context = build_mails_context(read_session, consultant, assessment_id, now)
    queued = flash.read_subject(request, flash.MAILS_QUEUED)
    chosen = next((entry for entry in context["entries"] if entry.id == queued), None)
    return render_page(TEMPLATE, **context | {"queued": chosen})


@get(f"{MAILS_PATH}/progress", name="console:mail-progress", policy=CONSULTANT, sync_to_thread=True, opt=POLLED)
def show_mail_progress(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Show how far the queue is: for htmx the fragment, otherwise the whole page."""
    context = build_mails_context(read_session, consultant, assessment_id, now)
    return render_fragment(request, TEMPLATE, "sending", **context)


@post(
    f"{MAILS_PATH}/invitations", name="console:send-invitations", policy=CONSULTANT, sync_to_thread=True, opt=TO_MAILS
)
def send_invitations(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Queue the first mail to everyone who has none, if they are as many as the button said."""
    context = build_mails_context(write_session, consultant, assessment_id, now)
    with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id):
        mailing = mailings.queue_invitations(
            write_session,
            AssessmentKey(consultant.workspace_id, assessment_id),
            now,
            undo=UNDO_WINDOW,
            reply_to=consultant.email,
        )
    if not mailing.shown_count or form.text("number") != str(mailing.shown_count):
        refusal = NUMBER_CHANGED if mailing.shown_count else EVERYONE_MAILED
        raise InvalidFormError(TEMPLATE, [("invitations", refusal)], context)  # rolls back
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-queued:{mailing.id}")


@post(f"{MAILS_PATH}/reminders", name="console:send-reminders", policy=CONSULTANT, sync_to_thread=True, opt=TO_MAILS)
def send_reminders(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    return _queue_mailing(mailings.queue_reminders, write_session, consultant, assessment_id, now)


@post(
    f"{MAILS_PATH}/closing-notice",
    name="console:send-closing-notice",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_MAILS,
)
def send_closing_notice(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    return _queue_mailing(mailings.queue_closing_notice, write_session, consultant, assessment_id, now)


@post(
    f"{MAILS_PATH}/{{mailing_id:str}}/cancel",
    name="console:cancel-mails",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_MAILS,
)
def cancel_mails(
    assessment_id: FromPath[str],
    mailing_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Cancel what is still queued of a mailing."""
    listed = queued_mailings.list_mailings(write_session, AssessmentKey(consultant.workspace_id, assessment_id), now)
    chosen = next((entry for entry in listed if entry.mailing.id == mailing_id), None)
    if chosen is None:
        raise NotFoundError
    if not chosen.can_cancel:
        return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-gone")
    cancelled = queued_mailings.cancel_queued(write_session, consultant.workspace_id, mailing_id, now)
    outcome = "mails-stopped" if cancelled.shown_count else "mails-undone"
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done={outcome}")


@post(
    f"{PEOPLE_PATH}/{{invitation_id:str}}/mail",
    name="console:mail-person",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/people"},
)
def mail_person(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Mail the invitation to one person, for the first time or again."""
    people_invitations.get_invitation(
        write_session, AssessmentKey(consultant.workspace_id, assessment_id), invitation_id
    )
    with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id, invitation_id):
        mailing = mailings.queue_invitations(
            write_session,
            AssessmentKey(consultant.workspace_id, assessment_id),
            now,
            [invitation_id],
            undo=UNDO_WINDOW,
            reply_to=consultant.email,
        )
        if not mailing.shown_count:  # e.g. a double click; the error rolls the empty mailing back
            raise ConflictError(ALREADY_QUEUED)
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-queued:{mailing.id}")


@post(
    f"{MAILS_PATH}/plan",
    name="console:plan-mails",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True},
)
def plan_mails(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Store what goes out by itself; storing starts a stopped plan again."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    reminder_plans.lock_plan(write_session, key)  # until the stored plan is compared and replaced
    context = build_mails_context(write_session, consultant, assessment_id, now, form)
    if form.is_returned:
        return render_page(TEMPLATE, **context | {"mark": form.text(MARK_FIELD)})
    conflict = describe_changed_plan(write_session, consultant, key, form)
    if conflict is not None:
        raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict})
    with (
        raise_form_errors(TEMPLATE, context),
        preserve_form_on_conflict(write_session, consultant, form, None, assessment_id),
    ):
        reminder_plans.save_plan(write_session, key, make_plan(form), now)
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-planned")


@post(f"{MAILS_PATH}/plan/stop", name="console:stop-plan", policy=CONSULTANT, sync_to_thread=True, opt=TO_MAILS)
def stop_plan(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    reminder_plans.stop_plan(write_session, AssessmentKey(consultant.workspace_id, assessment_id), now)
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=plan-stopped")


@post(f"{MAILS_PATH}/plan/resume", name="console:resume-plan", policy=CONSULTANT, sync_to_thread=True, opt=TO_MAILS)
def resume_plan(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    reminder_plans.resume_plan(write_session, AssessmentKey(consultant.workspace_id, assessment_id), now)
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-planned")


def _queue_mailing(
    queue: Callable[..., Mailing], session: Session, consultant: Consultant, assessment_id: str, now: datetime
) -> Redirect:
    """Queue a mailing that can be undone for a while; redirect to the page that shows it."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment_setup.get_assessment(session, key)
    with preserve_form_on_conflict(session, consultant, FormData({}), None, assessment_id):
        mailing = queue(session, key, now, undo=UNDO_WINDOW, reply_to=consultant.email)
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-queued:{mailing.id}")
