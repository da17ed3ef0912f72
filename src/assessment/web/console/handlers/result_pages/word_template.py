"""Fill in a consultant's own Word template with the released report; the page lists the fields."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.audiences import FULL_EDITION, FUNCTION_EDITION_PREFIX
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import InvalidError, UnavailableError
from assessment.i18n.messages import N_
from assessment.office.template_package import MAX_TEMPLATE_BYTES
from assessment.office.word_template.fields import list_template_fields
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.reports import report_requests
from assessment.services.reports.own_templates import fill_own_template
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError
from assessment.web.http.languages import list_language_names
from assessment.web.http.page_responses import render_page

TEMPLATE = "console/word-template.html"
PAGE_PATH = "/assessments/{assessment_id:str}/word-template"


async def read_uploaded_template(request: Request[Any, Any, Any]) -> bytes:
    """Dependency: content of the field `template`, at most a byte more than allowed; empty without a file."""
    upload = (await request.form()).get("template")
    return await upload.read(MAX_TEMPLATE_BYTES + 1) if isinstance(upload, UploadFile) else b""


@get(PAGE_PATH, name="console:word-template", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_template_form(
    assessment_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show the form and the fields that a template may use."""
    return render_page(TEMPLATE, **_build_context(read_session, consultant, assessment_id, FormData({})))


@post(
    PAGE_PATH,
    name="console:fill-word-template",
    status_code=HTTP_200_OK,
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_TEMPLATE_BYTES + 1024**2,
    dependencies={"template_file": Provide(read_uploaded_template)},
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/word-template"},
)
def fill_template(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    template_file: NamedDependency[bytes],
) -> Response[bytes]:
    """Return the filled in document; nothing of the template is stored."""
    context = _build_context(read_session, consultant, assessment_id, form)
    if not template_file:
        raise InvalidFormError(TEMPLATE, [("template", N_("Choose a file."))], context)
    requested = report_requests.request_report(
        read_session,
        AssessmentKey(consultant.workspace_id, assessment_id),
        form.text("audience") or None,
        form.text("language") or None,
        file_format=FileFormat.DOCUMENT,
    )
    read_session.close()  # filling in takes seconds: do not occupy a database connection meanwhile
    try:
        document = fill_own_template(requested.questionnaire, requested.job, template_file)
    except InvalidError as error:
        raise InvalidFormError(TEMPLATE, [("template", problem) for problem in error.problems], context) from error
    except UnavailableError as error:
        raise InvalidFormError(TEMPLATE, [("template", error.detail)], context) from error
    return Response(
        document,
        media_type=FileFormat.DOCUMENT.media_type,
        headers={"content-disposition": f'attachment; filename="{requested.filename(assessment_id)}"'},
    )


def _build_context(session: Session, consultant: Consultant, assessment_id: str, form: FormData) -> dict[str, Any]:
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    requested = report_requests.request_report(session, key, preferred=consultant.language)
    texts = requested.questionnaire.text(consultant.language)
    functions = {
        function.id: texts.functions.get(function.id, function.id) for function in requested.questionnaire.functions
    }
    return {
        "consultant": consultant,
        "assessment": assessment_setup.get_assessment(session, key),
        "fields": tuple(list_template_fields()),
        "audiences": [FULL_EDITION, *(FUNCTION_EDITION_PREFIX + id_ for id_ in functions)],
        "functions": functions,
        "report_languages": list_language_names(report_requests.list_report_languages(requested.questionnaire)),
        "language": requested.job.language,
        "form": form,
        "form_errors": NO_ERRORS,
    }
