"""Page of a download that takes long: it says how far the file is, and starts the download when it is ready."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.plugins.htmx import HTMXRequest
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import NotFoundError
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.web.console.authentication import POLLED
from assessment.web.http.page_responses import render_block, render_page

TEMPLATE = "console/report-progress.html"
WAIT_SECONDS = 2.0  # most files are ready by then, so that the page is not shown
POLL_SECONDS = 2


def build_progress_path(assessment_id: str, audience: str, language: str, file_format: str) -> str:
    """Build the path of the page of one file."""
    query = urlencode({"audience": audience, "language": language, "file_format": file_format})
    return f"/console/assessments/{assessment_id}/download/progress?{query}"


@get(
    "/assessments/{assessment_id:str}/download/progress",
    name="console:download-progress",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=POLLED,
)
def show_download_progress(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    render_pool: NamedDependency[RenderPool],
    audience: FromQuery[str] = FULL_EDITION,
    language: FromQuery[str] = "",
    file_format: FromQuery[str] = FileFormat.PDF,
) -> Response[Any]:
    """Show how far the file is. Without JavaScript the page loads itself again."""
    if file_format not in tuple(FileFormat):
        raise NotFoundError
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(read_session, key)
    requested = report_requests.request_report(
        read_session, key, audience, language or None, file_format=FileFormat(file_format)
    )
    read_session.close()  # waiting must not occupy a database connection
    progress = render_pool.start(requested.questionnaire, requested.job, assessment_id, 0)
    query = urlencode({"audience": audience, "language": language, "file_format": file_format})
    context = {
        "consultant": consultant,
        "assessment": assessment,
        "progress": progress,
        "file_path": f"/console/assessments/{assessment_id}/download?{query}",
        "progress_path": build_progress_path(assessment_id, audience, language, file_format),
        "seconds": POLL_SECONDS,
    }
    return render_block(TEMPLATE, "progress", **context) if request.htmx else render_page(TEMPLATE, **context)
