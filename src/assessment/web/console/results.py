"""What came out: the released result as a page, and as the PDF made from the same report."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.policies import CONSULTANT
from assessment.services import assessing, reporting
from assessment.services.press import Press
from assessment.services.principals import Consultant
from assessment.web.console.drawings import draw
from assessment.web.pages import page
from assessment.wording import wording

PDF = "application/pdf"


@get("/assessments/{assessment_id:str}/results", name="console:results", policy=CONSULTANT, sync_to_thread=True)
def show(
    assessment_id: FromPath[str], reading: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show the report."""
    assessment = assessing.get(reading, consultant.workspace_id, assessment_id)
    report = reporting.report(reading, consultant.workspace_id, assessment_id)
    words = wording(report.language)
    return page(
        "console/results.html",
        consultant=consultant,
        assessment=assessment,
        report=report,
        words=words,
        drawings=draw(report, words),
    )


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
) -> Response[bytes]:
    """Give the PDF."""
    asked = reporting.ask(reading, consultant.workspace_id, assessment_id)
    headers = {"content-disposition": f'attachment; filename="report-{assessment_id}.pdf"'}
    return Response(press.print(asked.questionnaire, asked.order), media_type=PDF, headers=headers)
