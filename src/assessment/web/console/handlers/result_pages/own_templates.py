"""Fill in a consultant's own template for Word or PowerPoint with the released report."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct
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
from assessment.office.word_template.fields import list_template_fields
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.reports import report_requests
from assessment.services.reports.own_templates import fill_own_template_async
from assessment.services.reports.report_requests import ReportRequest
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError
from assessment.web.http.downloads import build_report_disposition
from assessment.web.http.languages import list_language_names
from assessment.web.http.page_responses import render_page


class TemplatePage(Struct, frozen=True):
    """Page for the templates of one file format; `editions` are offered besides those of the functions."""

    name: str
    file_format: FileFormat
    editions: tuple[str, ...]

    @property
    def path(self) -> str:
        """Path below that of the console."""
        return f"/assessments/{{assessment_id:str}}/{self.name}"

    @property
    def template(self) -> str:
        """Jinja template of the page."""
        return f"console/{self.name}.html"

    @property
    def page_after_sign_in(self) -> str:
        """Page that is shown where the session ended before the form was sent."""
        return f"/console/assessments/{{assessment_id}}/{self.name}"


WORD_PAGE = TemplatePage("word-template", FileFormat.DOCUMENT, (FULL_EDITION,))
SLIDE_PAGE = TemplatePage("slide-template", FileFormat.DECK, (FULL_EDITION, BOARD_EDITION))


async def read_uploaded_template(request: Request[Any, Any, Any]) -> bytes:
    """Dependency: content of the field `template`, at most a byte more than allowed; empty without a file."""
    upload = (await request.form()).get("template")
    return await upload.read(MAX_TEMPLATE_BYTES + 1) if isinstance(upload, UploadFile) else b""


def make_form_handler(page: TemplatePage) -> HTTPRouteHandler:
    """Make the handler that shows the form and what a template needs."""

    @get(page.path, name=f"console:{page.name}", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
    def show_template_form(
        assessment_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
    ) -> Template:
        return render_page(page.template, **_build_context(page, read_session, consultant, assessment_id, FormData({})))

    return show_template_form


def make_fill_handler(page: TemplatePage) -> HTTPRouteHandler:
    """Make the handler that returns the filled in file; nothing of the template is stored."""

    @post(
        page.path,
        name=f"console:fill-{page.name}",
        policy=CONSULTANT,
        status_code=HTTP_200_OK,
        request_max_body_size=MAX_TEMPLATE_BYTES + 1024**2,
        dependencies={"template_file": Provide(read_uploaded_template)},
        opt={PAGE_OPTION: page.page_after_sign_in},
    )
    async def fill_template(
        assessment_id: FromPath[str],
        read_session: NamedDependency[Session],
        consultant: NamedDependency[Consultant],
        form: NamedDependency[FormData],
        template_file: NamedDependency[bytes],
    ) -> Response[bytes]:
        context = await to_thread.run_sync(_build_context, page, read_session, consultant, assessment_id, form)
        if not template_file:
            raise InvalidFormError(page.template, [("template", N_("Choose a file."))], context)
        key = AssessmentKey(consultant.workspace_id, assessment_id)
        requested = await to_thread.run_sync(_request_file, page, read_session, key, form)
        try:
            content = await fill_own_template_async(requested.questionnaire, requested.job, template_file)
        except InvalidError as error:
            problems = [("template", problem) for problem in error.problems]
            raise InvalidFormError(page.template, problems, context) from error
        except UnavailableError as error:
            raise InvalidFormError(page.template, [("template", error.detail)], context) from error
        return Response(
            content,
            media_type=page.file_format.media_type,
            headers={"content-disposition": build_report_disposition(requested)},
        )

    return fill_template


def _request_file(page: TemplatePage, session: Session, key: AssessmentKey, form: FormData) -> ReportRequest:
    requested = report_requests.request_report(
        session, key, form.text("audience") or None, form.text("language") or None, file_format=page.file_format
    )
    session.close()  # filling in takes seconds: do not occupy a database connection meanwhile
    return requested


def _build_context(
    page: TemplatePage, session: Session, consultant: Consultant, assessment_id: str, form: FormData
) -> dict[str, Any]:
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    requested = report_requests.request_report(session, key, preferred=consultant.language)
    names = requested.questionnaire.text(consultant.language).functions
    translator = get_translator(consultant.language)
    functions = (FUNCTION_EDITION_PREFIX + function.id for function in requested.questionnaire.functions)
    return {
        "consultant": consultant,
        "assessment": assessment_setup.get_assessment(session, key),
        "fields": tuple(list_template_fields()) if page == WORD_PAGE else (),
        "editions": [
            (audience, name_audience(audience, names, translator)) for audience in (*page.editions, *functions)
        ],
        "report_languages": list_language_names(report_requests.list_report_languages(requested.questionnaire)),
        "language": requested.job.language,
        "form": form,
        "form_errors": NO_ERRORS,
    }


HANDLERS = tuple(make(page) for page in (WORD_PAGE, SLIDE_PAGE) for make in (make_form_handler, make_fill_handler))
