"""Pictures of single charts of a report, as SVG or PNG."""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.charts.report_drawings import draw_report_charts
from assessment.domain.assessment import AssessmentKey
from assessment.errors import NotFoundError
from assessment.i18n import get_translator
from assessment.services.reports import report_requests
from assessment.services.reports.rendering import build_job_report
from assessment.services.reports.report_requests import ReportRequest

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class NamedChart(Struct, frozen=True):
    """A chart that can be downloaded; `description` is its text alternative with every number."""

    name: str
    title: str
    description: str


def list_charts(session: Session, key: AssessmentKey, language: str | None = None) -> tuple[NamedChart, ...]:
    """List the charts of the newest release; raises as `request_report`."""
    requested = report_requests.request_report(session, key, language=language)
    report = build_job_report(requested.questionnaire, requested.job)
    charts = draw_report_charts(report, get_translator(report.language))
    return tuple(NamedChart(name, chart.title, chart.description) for name, chart in charts.items())


def request_chart(
    session: Session, key: AssessmentKey, name: str, ending: str, language: str | None = None
) -> ReportRequest:
    """Assemble a job for the render pool, and end the session; raises as `request_report`.

    `NotFoundError` for an ending that is none of `MEDIA_TYPES`, and for a chart that the report does not have.
    """
    if ending not in MEDIA_TYPES:
        raise NotFoundError
    requested = report_requests.request_report(session, key, language=language)
    session.close()  # drawing is slow: return the connection to the pool first
    report = build_job_report(requested.questionnaire, requested.job)
    if name not in draw_report_charts(report, get_translator(report.language)):
        raise NotFoundError
    return replace(requested, job=replace(requested.job, chart=f"{name}.{ending}"))
