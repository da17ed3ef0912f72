"""Download of single charts of the results page."""

from anyio import to_thread
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.services.auth.principals import Consultant
from assessment.services.reports import chart_pictures
from assessment.services.reports.render_pool import RenderPool
from assessment.web.http.downloads import build_disposition

ISO_DATE_LENGTH = 10


@get(
    "/assessments/{assessment_id:str}/charts/{name:str}/{ending:str}",
    name="console:chart",
    policy=CONSULTANT,
)
async def download_chart(
    assessment_id: FromPath[str],
    name: FromPath[str],
    ending: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    render_pool: NamedDependency[RenderPool],
    language: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Return one chart of the newest results as svg or png."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    requested = await to_thread.run_sync(chart_pictures.request_chart, read_session, key, name, ending, language)
    details = requested.job.contents.details
    parts = (details.organisation, details.title, (details.date or "")[:ISO_DATE_LENGTH], name, requested.job.language)
    return Response(
        await render_pool.render_async(requested.questionnaire, requested.job, assessment_id),
        media_type=chart_pictures.MEDIA_TYPES[ending],
        headers={"content-disposition": build_disposition(parts, ending)},
    )
