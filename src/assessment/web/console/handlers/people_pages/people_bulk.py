"""Acts on several people of the list at once: mail them again, replace or revoke their invitations."""

from datetime import datetime
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import mail_states, mailings
from assessment.services.delivery.queued_mailings import UNDO_WINDOW
from assessment.services.people import people_invitations
from assessment.storage.people import people_table
from assessment.storage.people.invitations import Invitation
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.forms.edit_conflicts import preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import InvalidFormError
from assessment.web.console.handlers.people_pages.chosen_replacement import (
    NOBODY_TO_REPLACE,
    list_replaceable,
    replace_chosen,
)
from assessment.web.console.handlers.people_pages.people import PEOPLE_PATH, TEMPLATE, build_context
from assessment.web.http.page_responses import redirect_to, render_page

REVOKE_TEMPLATE = "console/revoke-many.html"
NOBODY_CHOSEN = N_("Choose the people first: tick the boxes in the list.")
NOBODY_TO_MAIL = N_(
    "None of these people can be mailed: they are queued or revoked already, or you hand out their links."
)
NOBODY_TO_REVOKE = N_("All of these invitations are revoked already.")


@post(
    f"{PEOPLE_PATH}/chosen",
    name="console:chosen-people",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/people"},
)
def act_on_chosen(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Mail the ticked people, or ask before their invitations are replaced or revoked, without those revoked before."""
    context = build_context(write_session, consultant, catalogue, assessment_id, form.text("query"), form)
    chosen = _load_chosen(write_session, consultant, assessment_id, form)
    if not chosen:
        raise InvalidFormError(TEMPLATE, [("chosen", NOBODY_CHOSEN)], context)
    if form.text("act") == "mail":
        return _mail_chosen(write_session, consultant, assessment_id, chosen, context, now)
    if form.text("act") == "replace":
        replaceable = list_replaceable(write_session, consultant.workspace_id, chosen)
        if not replaceable:
            raise InvalidFormError(TEMPLATE, [("chosen", NOBODY_TO_REPLACE)], context)
        return replace_chosen(write_session, consultant, catalogue, replaceable, context, now)
    active = tuple(invitation for invitation in chosen if invitation.revoked_on is None)
    if not active:
        raise InvalidFormError(TEMPLATE, [("chosen", NOBODY_TO_REVOKE)], context)
    if form.text("sure") != "yes":
        return render_page(REVOKE_TEMPLATE, **context | {"chosen": active})
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    for invitation in active:
        with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id, invitation.id):
            people_invitations.revoke_invitation(write_session, key, invitation.id, now)
    return redirect_to(f"/console/assessments/{assessment_id}/people?done=revoked-many")


def _load_chosen(
    session: Session, consultant: Consultant, assessment_id: str, form: FormData
) -> tuple[Invitation, ...]:
    ids = form.list_values("chosen")[: people_table.PAGE_SIZE]
    return people_table.list_chosen_invitations(session, AssessmentKey(consultant.workspace_id, assessment_id), ids)


def _mail_chosen(
    session: Session,
    consultant: Consultant,
    assessment_id: str,
    chosen: tuple[Invitation, ...],
    context: dict[str, Any],
    now: datetime,
) -> Response[Any]:
    """Queue the invitation to all who can get it; the page of mails shows their number, and can undo it."""
    states = mail_states.load_mail_states_of(session, consultant.workspace_id, chosen)
    mailable = [id_ for id_, state in states.items() if state.state != "queued"]
    if not mailable:
        raise InvalidFormError(TEMPLATE, [("chosen", NOBODY_TO_MAIL)], context)
    with preserve_form_on_conflict(session, consultant, FormData({}), None, assessment_id):
        mailing = mailings.queue_invitations(
            session,
            AssessmentKey(consultant.workspace_id, assessment_id),
            now,
            mailable,
            undo=UNDO_WINDOW,
            reply_to=consultant.email,
        )
    return redirect_to(f"/console/assessments/{assessment_id}/mails?done=mails-queued:{mailing.id}")
