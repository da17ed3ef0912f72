"""Write the slides of the released report with the firm's own template; the page says what a template needs."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION, FUNCTION_EDITION_PREFIX
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import InvalidError, UnavailableError
from assessment.i18n import get_translator
from assessment.i18n.edition_names import name_audience
from assessment.i18n.messages import N_
from assessment.office.template_package import MAX_TEMPLATE_BYTES
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.reports import report_requests
from assessment.services.reports.own_templates import fill_own_template
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError
from assessment.web.console.handlers.result_pages.word_template import read_uploaded_template
from assessment.web.http.languages import list_language_names
from assessment.web.http.page_responses import render_page

TEMPLATE = "console/slide-template.html"
PAGE_PATH = "/assessments/{assessment_id:str}/slide-template"


@get(PAGE_PATH, name="console:slide-template", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_slide_template_form(
    assessment_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show the form, and the layouts and placeholders that a template needs."""
    return render_page(TEMPLATE, **_build_context(read_session, consultant, assessment_id, FormData({})))


@post(
    PAGE_PATH,
    name="console:fill-slide-template",
    policy=CONSULTANT,
    sync_to_thread=True,
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_TEMPLATE_BYTES + 1024**2,
    dependencies={"template_file": Provide(read_uploaded_template)},
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/slide-template"},
)
def fill_slide_template(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    template_file: NamedDependency[bytes],
) -> Response[bytes]:
    """Return the slides; nothing of the template is stored."""
    context = _build_context(read_session, consultant, assessment_id, form)
    if not template_file:
        raise InvalidFormError(TEMPLATE, [("template", N_("Choose a file."))], context)
    requested = report_requests.request_report(
        read_session,
        AssessmentKey(consultant.workspace_id, assessment_id),
        form.text("audience") or None,
        form.text("language") or None,
        file_format=FileFormat.DECK,
    )
    read_session.close()  # filling in takes seconds: do not occupy a database connection meanwhile
    try:
        slides = fill_own_template(requested.questionnaire, requested.job, template_file)
    except InvalidError as error:
        raise InvalidFormError(TEMPLATE, [("template", problem) for problem in error.problems], context) from error
    except UnavailableError as error:
        raise InvalidFormError(TEMPLATE, [("template", error.detail)], context) from error
    return Response(
        slides,
        media_type=FileFormat.DECK.media_type,
        headers={"content-disposition": f'attachment; filename="{requested.filename(assessment_id)}"'},
    )


def _build_context(session: Session, consultant: Consultant, assessment_id: str, form: FormData) -> dict[str, Any]:
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    requested = report_requests.request_report(session, key, preferred=consultant.language)
    names = requested.questionnaire.text(consultant.language).functions
    words = get_translator(consultant.language)
    functions = (FUNCTION_EDITION_PREFIX + function.id for function in requested.questionnaire.functions)
    return {
        "consultant": consultant,
        "assessment": assessment_setup.get_assessment(session, key),
        "editions": [
            (audience, name_audience(audience, names, words)) for audience in (FULL_EDITION, BOARD_EDITION, *functions)
        ],
        "report_languages": list_language_names(report_requests.list_report_languages(requested.questionnaire)),
        "language": requested.job.language,
        "form": form,
        "form_errors": NO_ERRORS,
    }
