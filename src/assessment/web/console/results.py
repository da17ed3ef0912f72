"""Results page and PDF, both rendered from the same report of the release."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.domain.report import Report
from assessment.domain.report.audiences import BOARD, FUNCTION, RESPONDENTS
from assessment.errors import NoResultsError
from assessment.pdf.editions import edition
from assessment.policies import CONSULTANT
from assessment.services import assessing, reporting
from assessment.services.press import Press
from assessment.services.principals import Consultant
from assessment.services.printing import said
from assessment.web.console.drawings import draw
from assessment.web.console.standing import standing
from assessment.web.languages import names_of
from assessment.web.pages import page
from assessment.wording import wording

PDF = "application/pdf"


@get("/assessments/{assessment_id:str}/results", name="console:results", policy=CONSULTANT, sync_to_thread=True)
def show(
    assessment_id: FromPath[str], reading: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show the report in the reader's language if the questionnaire has it; the PDF uses the survey's language."""
    assessment = assessing.get(reading, consultant.workspace_id, assessment_id)
    if assessment.state == "closed" and assessment.release is None:
        return page("console/no-results.html", NoResultsError.status, consultant=consultant, assessment=assessment)
    asked = reporting.ask(reading, consultant.workspace_id, assessment_id, preferred=consultant.language)
    report = said(asked.questionnaire, asked.order)
    words = wording(report.language)
    return page(
        "console/results.html",
        consultant=consultant,
        assessment=assessment,
        report=report,
        words=words,
        drawings=draw(report, words),
        language=report.language,
        own=asked.own,
        standing=standing(assessment, asked.questionnaire, consultant.language),
        report_languages=names_of(reporting.languages(asked.questionnaire)),
        editions=[(audience, edition(report, audience, words).name) for audience in _shorter(report)],
    )


def _shorter(report: Report) -> tuple[str, ...]:
    return BOARD, *(FUNCTION + part.id for part in report.functions), RESPONDENTS


@get(
    "/assessments/{assessment_id:str}/report.pdf",
    name="console:report",
    policy=CONSULTANT,
    sync_to_thread=True,
    media_type=PDF,
)
def download(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    press: NamedDependency[Press],
    audience: FromQuery[str | None] = None,
    language: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Return the PDF; by default the full report in the survey's language."""
    asked = reporting.ask(reading, consultant.workspace_id, assessment_id, audience, language)
    headers = {"content-disposition": f'attachment; filename="{asked.filename(assessment_id)}"'}
    reading.close()  # rendering takes seconds: do not occupy a database connection meanwhile
    return Response(press.print(asked.questionnaire, asked.order, assessment_id), media_type=PDF, headers=headers)
