"""Publish and share: frozen reports, what changed since, withdrawal, and links for clients."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from anyio import to_thread
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import ConflictError, InvalidError, NoResultsError
from assessment.i18n import Translator, get_translator
from assessment.i18n.edition_names import name_audience
from assessment.i18n.messages import N_
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.reports import published_reports, report_requests, share_links
from assessment.services.reports.published_reports import ChangesSince, FrozenReport, Publication, UnrenderedFile
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.share_links import NewShareLink
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.storage.results import published_reports as stored_reports
from assessment.storage.results import share_links as stored_links
from assessment.storage.results.share_links import ShareLink
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import (
    NO_ERRORS,
    FieldError,
    InvalidFormError,
    map_field_errors,
    raise_form_errors,
)
from assessment.web.console.views.comment_view import CommentNames, build_names
from assessment.web.http.downloads import name_published_file
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.languages import list_language_names
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/reports.html"
PATH = "/assessments/{assessment_id:str}/reports"
REPORT_PATH = f"{PATH}/{{report_id:str}}"
FORMAT_NAMES = {
    FileFormat.PDF: N_("PDF"),
    FileFormat.DECK: N_("Slides (PPTX)"),
    FileFormat.DOCUMENT: N_("Document (DOCX)"),
    FileFormat.WORKBOOK: N_("Workbook (XLSX)"),
}
DEFAULT_DAYS = 30
TO_REPORTS = {PAGE_OPTION: "/console/assessments/{assessment_id}/reports"}


class ListedReport(Struct, frozen=True):
    """A published report with what changed since, its editions (id, name), and its links with their last days."""

    frozen: FrozenReport
    changes: tuple[str, ...]
    editions: tuple[tuple[str, str], ...]
    links: tuple[tuple[ShareLink, date], ...]


@get(PATH, name="console:published-reports", policy=CONSULTANT, sync_to_thread=True)
def show_published_reports(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    """List the published reports with their links, and what a report published now would change."""
    assessment = assessment_setup.get_assessment(read_session, AssessmentKey(consultant.workspace_id, assessment_id))
    if assessment.state == AssessmentState.CLOSED and assessment.release is None:
        return render_page(
            "console/no-results.html", NoResultsError.status, consultant=consultant, assessment=assessment
        )
    context = _build_context(read_session, consultant, assessment, now)
    return render_page(TEMPLATE, **context)


@post(PATH, name="console:publish-report", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def publish_report(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Freeze the report as it is now."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(write_session, key)
    context = _build_context(write_session, consultant, assessment, now) | {"form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    new = Publication(form.text("language") or None, form.text("note"), now, user_id=consultant.user_id)
    with raise_form_errors(TEMPLATE, context):
        published_reports.publish_report(write_session, key, new)
    return redirect_to(f"/console/assessments/{assessment_id}/reports?done=report-published")


@post(
    f"{REPORT_PATH}/withdraw",
    name="console:withdraw-report",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_REPORTS,
)
def withdraw_report(
    assessment_id: FromPath[str],
    report_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Withdraw a published report; its links open nothing any more."""
    published_reports.withdraw_report(
        write_session, AssessmentKey(consultant.workspace_id, assessment_id), report_id, now
    )
    return redirect_to(f"/console/assessments/{assessment_id}/reports?done=report-withdrawn")


@get(f"{REPORT_PATH}/file", name="console:published-file", policy=CONSULTANT)
async def download_published_file(
    assessment_id: FromPath[str],
    report_id: FromPath[str],
    read_session: NamedDependency[Session],
    engine: NamedDependency[Engine],
    consultant: NamedDependency[Consultant],
    render_pool: NamedDependency[RenderPool],
    audience: FromQuery[str] = FULL_EDITION,
    file_format: FromQuery[str] = FileFormat.PDF,
) -> Response[bytes]:
    """Return a file of a published report: the same bytes for every reader, for good."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)

    def prepare_file() -> tuple[str, bytes | UnrenderedFile]:
        report = stored_reports.find_report(read_session, key, report_id)
        name = name_published_file(read_session, report, audience, file_format)
        return name, published_reports.prepare_file(read_session, report, audience, file_format)

    disposition, prepared = await to_thread.run_sync(prepare_file)
    content = await published_reports.finish_file(prepared, engine, render_pool)
    return Response(
        content,
        media_type=FileFormat(file_format).media_type,
        headers={"content-disposition": disposition},
    )


@post(
    f"{REPORT_PATH}/links",
    name="console:share-report",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True},
)
def share_report(
    assessment_id: FromPath[str],
    report_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Make a link, and show it this once."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(write_session, key)
    context = _build_context(write_session, consultant, assessment, now) | {"form": form, "shared_id": report_id}
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    errors: list[FieldError] = []
    day = form_fields.read_date(form, "expires_on", errors)
    new = NewShareLink(
        note=form.text("note"),
        audiences=form.list_values("audiences"),
        formats=form.list_values("formats"),
        last_day=day or (get_workspace_day(now, assessment.time_zone) + timedelta(days=DEFAULT_DAYS)),
        password=form.raw("password"),
        recipient=form.text("recipient"),
        user_id=consultant.user_id,
    )
    try:
        created = share_links.create_link(write_session, key, report_id, new, now)
    except InvalidError as error:
        raise InvalidFormError(TEMPLATE, [*errors, *map_field_errors(error.problems)], context) from error
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)
    changed = _build_context(write_session, consultant, assessment, now)
    return render_page(
        TEMPLATE,
        **changed
        | {"new_link": f"{settings.public_url}{created.path}", "mailed_to": new.recipient, "shared_id": report_id},
    )


@post(
    f"{REPORT_PATH}/links/{{link_id:str}}/revoke",
    name="console:revoke-share",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_REPORTS,
)
def revoke_share(
    assessment_id: FromPath[str],
    report_id: FromPath[str],
    link_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Revoke a link at once."""
    share_links.revoke_link(
        write_session, AssessmentKey(consultant.workspace_id, assessment_id), report_id, link_id, now
    )
    return redirect_to(f"/console/assessments/{assessment_id}/reports?done=share-revoked")


def _build_context(session: Session, consultant: Consultant, assessment: Assessment, now: datetime) -> dict[str, Any]:
    translator = get_translator(consultant.language)
    questionnaire = load_questionnaire(session, assessment)
    if assessment.release is None:
        report_requests.request_report(session, assessment.key)  # raises the reason
    names = build_names(questionnaire, assessment.organisation, translator)
    stored = stored_reports.list_reports(session, assessment.key)
    links = stored_links.list_links(session, assessment.workspace_id, [report.id for report in stored])
    listed = [
        _build_listed(
            session, assessment, published_reports.load_frozen_report(session, report), links, names, translator
        )
        for report in stored
    ]
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.can_edit,
        "listed": listed,
        "report_languages": list_language_names(report_requests.list_report_languages(questionnaire)),
        "format_names": {str(one): name for one, name in FORMAT_NAMES.items()},
        "now": now,
        "default_end": get_workspace_day(now, assessment.time_zone) + timedelta(days=DEFAULT_DAYS),
        "has_mail": find_mail(session) is not None,
        "new_link": "",
        "mailed_to": "",
        "shared_id": "",
        "form": FormData({}),
        "form_errors": NO_ERRORS,
    }


def _build_listed(
    session: Session,
    assessment: Assessment,
    frozen: FrozenReport,
    links: Sequence[ShareLink],
    names: CommentNames,
    translator: Translator,
) -> ListedReport:
    report = frozen.report
    try:
        changes = _describe_changes(published_reports.find_changes(session, assessment.key, report), names, translator)
    except ConflictError:
        changes = ()
    functions = frozen.questionnaire.text(translator.language).functions
    editions = tuple(
        (audience, name_audience(audience, functions, translator)) for audience in frozen.list_audiences(FileFormat.PDF)
    )
    last_days = tuple(
        (link, share_links.get_last_day(link, assessment.time_zone)) for link in links if link.report_id == report.id
    )
    return ListedReport(frozen, changes, editions, last_days)


def _describe_changes(changes: ChangesSince, names: CommentNames, translator: Translator) -> tuple[str, ...]:
    """List how a report published now would differ."""
    lines = [
        text
        for is_changed, text in (
            (changes.has_new_figures, translator.gettext("New results were published.")),
            (changes.has_new_comparison, translator.gettext("The comparison with the last wave is different.")),
            (changes.has_new_quotes, translator.gettext("Other comments of people are quoted.")),
            (changes.has_new_logo, translator.gettext("The logo is different.")),
            (changes.has_new_author, translator.gettext("“Prepared by” is different.")),
            (changes.has_new_colour, translator.gettext("The colour of reports is different.")),
            (changes.has_new_names, translator.gettext("The client or the assessment has another name.")),
            (changes.has_new_rank, translator.gettext("The rank among other clients is different.")),
            (changes.has_new_questionnaire, translator.gettext("The texts of the questionnaire are different.")),
        )
        if is_changed
    ]
    return (*lines, *(names.name_part(part, translator) for part in changes.parts))
