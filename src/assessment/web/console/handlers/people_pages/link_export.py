"""Links for many people at once, as CSV for a mail merge or as letters; shown once, only hashes are stored."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.services.results.figure_export import escape_formula
from assessment.services.survey import duration_estimate
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.web.console.forms.edit_conflicts import preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import InvalidFormError
from assessment.web.console.handlers.people_pages.people import PEOPLE_PATH, TEMPLATE, build_context
from assessment.web.console.labels import QuestionnaireLabels, get_labels
from assessment.web.console.views.qr_codes import draw_qr_code
from assessment.web.http.downloads import build_disposition
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import render_page

LETTERS_TEMPLATE = "console/letters.html"
MAX_LETTERS = 500
CSV_HEADER = ("name", "email", "role", "functions", "link")


class InvitationLetter(Struct, frozen=True):
    """Letter to one person: link, its QR code, and the estimated minutes (from, to)."""

    name: str
    link: str
    code: Markup
    minutes: tuple[int, int]


@post(f"{PEOPLE_PATH}/links", name="console:links", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def make_links(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Make a link for each invitation that has none, or one more for everyone, and return all new links."""
    if form.is_returned:
        return render_page(TEMPLATE, **build_context(write_session, consultant, catalogue, assessment_id, form=form))
    to_print = form.text("as") == "letters"
    with preserve_form_on_conflict(write_session, consultant, form, None, assessment_id):
        linked_invitations = people_invitations.create_links(
            write_session,
            AssessmentKey(consultant.workspace_id, assessment_id),
            now,
            everyone=form.text("who") == "everyone",
        )
    refusal = _find_refusal(linked_invitations, to_print=to_print)
    if refusal:
        raise InvalidFormError(
            TEMPLATE, [("who", refusal)], build_context(write_session, consultant, catalogue, assessment_id, form=form)
        )
    assessment = assessment_setup.get_assessment(write_session, AssessmentKey(consultant.workspace_id, assessment_id))
    questionnaire = find_questionnaire(write_session, assessment, catalogue)
    start = f"{settings.public_url.rstrip('/')}/s/"
    if not to_print:
        content = _write_csv(linked_invitations, get_labels(questionnaire, assessment, consultant.language), start)
        parts = (assessment.organisation, assessment.title, get_workspace_day(now, assessment.time_zone), "links")
        headers = {"content-disposition": build_disposition(parts, "csv")}
        return Response(content, media_type="text/csv", headers=headers)
    return render_page(
        LETTERS_TEMPLATE,
        consultant=consultant,
        assessment=assessment,
        letters=_build_letters(write_session, assessment, linked_invitations, questionnaire, start),
    )


def _find_refusal(linked_invitations: Sequence[LinkedInvitation], *, to_print: bool) -> str:
    if not linked_invitations:
        return N_("Everyone has a link. Choose “everyone” to make one more for each.")
    if to_print and len(linked_invitations) > MAX_LETTERS:
        return N_("At most 500 letters can be made at once. Take the file, and print letters from it.")
    return ""


def _write_csv(linked_invitations: Sequence[LinkedInvitation], labels: QuestionnaireLabels, start: str) -> bytes:
    """Write CSV with a byte order mark, so that Excel reads UTF-8, and with formulas escaped."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for linked in linked_invitations:
        invitation = linked.invitation
        functions = "; ".join(labels.function(function) for function in invitation.functions)
        texts = (
            invitation.name or "",
            invitation.email or "",
            labels.role(invitation.role),
            functions,
            f"{start}{linked.token}",
        )
        writer.writerow([escape_formula(text) for text in texts])
    return file.getvalue().encode("utf-8-sig")


def _build_letters(
    session: Session,
    assessment: Assessment,
    linked_invitations: Sequence[LinkedInvitation],
    questionnaire: Questionnaire,
    start: str,
) -> list[InvitationLetter]:
    """Build the letters; estimates are cached by role and functions."""
    minutes: dict[tuple[str, tuple[str, ...]], tuple[int, int]] = {}
    letters = []
    for linked in linked_invitations:
        role_and_functions = (linked.invitation.role, tuple(linked.invitation.functions))
        if role_and_functions not in minutes:
            minutes[role_and_functions] = duration_estimate.estimate_minutes(
                session, assessment.workspace_id, questionnaire, *role_and_functions, assessment.language
            )
        letters.append(_build_letter(linked, minutes[role_and_functions], start))
    return letters


def _build_letter(linked: LinkedInvitation, minutes: tuple[int, int], start: str) -> InvitationLetter:
    invitation = linked.invitation
    link = f"{start}{linked.token}"
    return InvitationLetter(invitation.name or invitation.email or "", link, draw_qr_code(link), minutes)
