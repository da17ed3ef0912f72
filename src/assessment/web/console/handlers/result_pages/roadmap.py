"""Findings and roadmap: the consultant's contribution to the reports, edited part by part and saved as revisions."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ActionStatus, AssessmentState
from assessment.domain.report.comment_parts import PartKind, PartValue, read_part
from assessment.domain.report.comments import MAX_REASON_LENGTH
from assessment.errors import ChangedError, InvalidError, NoResultsError, NotFoundError, Problem
from assessment.i18n import Translator, get_translator
from assessment.i18n.action_texts import name_status
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.rendering import build_job_report
from assessment.services.results import comment_edits
from assessment.services.results.comment_edits import PartConflictError, PartEdit, Undo
from assessment.services.results.consultant_comments import ConsultantComments
from assessment.storage import database
from assessment.web.actors import KEY, describe_actor
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.comment_forms import ADD_FIELD, PART_FIELD, REVISION_FIELD, ListedIds, read_part_form
from assessment.web.console.forms.edit_conflicts import EditConflict, EditConflictError
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, FieldError, InvalidFormError, map_field_errors
from assessment.web.console.views.comment_view import build_names, compare_part_versions
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_block, render_page

TEMPLATE = "console/roadmap.html"
SAVED_TEMPLATE = "console/roadmap-saved.html"
PATH = "/assessments/{assessment_id:str}/roadmap"
CHANGED_MEANWHILE = N_("{who} changed this while you were editing.")
CHANGED_SINCE = N_("Someone saved something since this page was loaded. Look at it, then undo again.")


@get(PATH, name="console:roadmap", policy=CONSULTANT, sync_to_thread=True)
def show_roadmap(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    """Show the computed findings and actions with the consultant's changes; editors change them here."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(read_session, key)
    if assessment.state == AssessmentState.CLOSED and assessment.release is None:
        return render_page(
            "console/no-results.html", NoResultsError.status, consultant=consultant, assessment=assessment
        )
    context = _build_context(read_session, consultant, assessment_id)
    return render_page(TEMPLATE, **context)


@post(PATH, name="console:change-roadmap", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def change_roadmap(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    render_pool: NamedDependency[RenderPool],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save one part; htmx gets the line that confirms it, a plain form a redirect."""
    context = _build_context(write_session, consultant, assessment_id) | {"form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    part, value, errors = _read_form(form, context)
    edit = PartEdit(
        part=part,
        value=value,
        # An added finding is put after the stored ones, whatever they are by now.
        revision=context["own"].revision
        if form.text(ADD_FIELD)
        else form_fields.read_integer(form, REVISION_FIELD, []) or 0,
        user_id=consultant.user_id,
        saved_at=now,
    )
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    try:
        saved = comment_edits.save_part(write_session, key, edit, catalogue)
    except PartConflictError as error:
        raise _make_conflict(request, context, edit, error) from error
    except InvalidError as error:
        errors += map_field_errors(_place_problems(error.problems, part))
        raise _make_refusal(request, context, part, errors) from error
    if errors:
        raise _make_refusal(request, context, part, errors)
    database.run_after_commit(write_session, lambda _: render_pool.evict_reports(assessment_id))
    if request.htmx:
        return render_block(SAVED_TEMPLATE, "saved", **context | {"part": part, "save": saved, "just_saved": True})
    return redirect_to(f"/console/assessments/{assessment_id}/roadmap?done=plan-saved#{_get_anchor(part)}")


@post(
    "/assessments/{assessment_id:str}/roadmap/undo",
    name="console:undo-roadmap",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/roadmap"},
)
def restore_save(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    render_pool: NamedDependency[RenderPool],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save an earlier revision again, as a new one: an undo can be undone."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    context = _build_context(write_session, consultant, assessment_id) | {"form": form}
    number = form_fields.read_integer(form, "number", [])
    if number is None:
        raise NotFoundError
    undo = Undo(
        number=number,
        revision=form_fields.read_integer(form, REVISION_FIELD, []) or 0,
        user_id=consultant.user_id,
        saved_at=now,
    )
    try:
        comment_edits.restore_revision(write_session, key, undo, catalogue)
    except ChangedError as error:
        conflict = EditConflict((get_translator(consultant.language).gettext(CHANGED_SINCE),))
        raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict}) from error
    database.run_after_commit(write_session, lambda _: render_pool.evict_reports(assessment_id))
    return redirect_to(f"/console/assessments/{assessment_id}/roadmap?done=plan-undone#history")


def _read_form(form: FormData, context: dict[str, Any]) -> tuple[str, PartValue, list[FieldError]]:
    """Return part, value and errors of the form; `NotFoundError` for an unknown part."""
    part, errors = form.text(PART_FIELD), list[FieldError]()
    if part == PartKind.MODERATION:
        part = f"{part}:{form.text('figure')}"
    report = context["report"]
    listed = ListedIds(
        [action.id for action in report.roadmap.actions], [finding.id for finding in report.answer.stated]
    )
    try:
        return part, read_part_form(form, part, errors, listed, context["own"].comments), errors
    except ValueError as error:
        raise NotFoundError from error


def _place_problems(problems: tuple[Problem, ...], part: str) -> list[Problem]:
    """Give problems of a moderation the ids of its form's fields; others have them already."""
    if not part.startswith(PartKind.MODERATION):
        return list(problems)
    return [
        Problem(problem.message, problem.remedy, pointer=problem.pointer.rpartition("/")[2])
        if problem.pointer.startswith("/moderations/")
        else problem
        for problem in problems
    ]


def _make_refusal(
    request: HTMXRequest, context: dict[str, Any], part: str, errors: list[FieldError]
) -> InvalidFormError:
    if request.htmx:
        return InvalidFormError(SAVED_TEMPLATE, errors, context | {"part": part, "save": None, "is_fragment": True})
    return InvalidFormError(TEMPLATE, errors, context | {"open_part": part})


def _make_conflict(
    request: HTMXRequest, context: dict[str, Any], edit: PartEdit, error: PartConflictError
) -> InvalidFormError:
    """Show both versions and who saved the other one; the form then holds the newest revision, to replace it."""
    translator = get_translator(context["consultant"].language)
    author = _describe_author(error.newest, translator)
    versions = compare_part_versions(edit.value, error.stored, author, context["names"], translator)
    conflict = EditConflict((translator.gettext(CHANGED_MEANWHILE).format(who=author),), versions)
    more = {
        "conflict": conflict,
        "part": edit.part,
        "open_part": edit.part,
        "save": error.newest,
        # A query, because a link to another place on the same page would not load it again.
        "other_path": f"/console/assessments/{context['assessment'].id}/roadmap"
        f"?revision={error.newest.revision}#{_get_anchor(edit.part)}",
    }
    if not request.htmx:
        return EditConflictError(TEMPLATE, [], context | more)
    refusal = InvalidFormError(SAVED_TEMPLATE, [], context | more | {"is_fragment": True})
    refusal.status = 409
    return refusal


def _describe_author(save: ConsultantComments, translator: Translator) -> str:
    return (
        translator.gettext(KEY).format(name=save.saved_by) if save.by_key else describe_actor(translator, save.saved_by)
    )


def _get_anchor(part: str) -> str:
    return part.replace(":", "-").replace(".", "-")


def _build_context(session: Session, consultant: Consultant, assessment_id: str) -> dict[str, Any]:
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(session, key)
    requested = report_requests.request_report(session, key, preferred=consultant.language)
    questionnaire = requested.questionnaire
    report = build_job_report(questionnaire, requested.job)
    translator, page_translator = get_translator(report.language), get_translator(consultant.language)
    names = build_names(questionnaire, assessment.organisation, page_translator, report)
    texts = questionnaire.text(report.language)
    own = requested.comments
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.can_edit,
        "report": report,
        "translator": translator,
        "own": own,
        "names": names,
        "saves": [
            (change.save, [names.name_part(part, page_translator) for part in change.parts], change.changed_logo)
            for change in comment_edits.list_saves(session, key)
        ],
        "rule_texts": texts.rules,
        "statuses": [(str(status), name_status(status, page_translator)) for status in ActionStatus],
        "about": read_part(own.comments, PartKind.ABOUT),
        "read_part": lambda part: read_part(own.comments, part),
        "max_reason": MAX_REASON_LENGTH,
        "open_part": "",
        "form": FormData({}),
        "form_errors": NO_ERRORS,
    }
