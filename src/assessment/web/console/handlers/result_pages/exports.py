"""Downloads: released figures, and the raw answers of attributable assessments."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.errors import NotFoundError
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.results import answer_files, figure_export, portfolio_export
from assessment.storage import assessments
from assessment.web.console.authentication import FOR_EDITORS
from assessment.web.http.downloads import build_disposition


@get(
    "/assessments/{assessment_id:str}/figures/{kind:str}", name="console:export", policy=CONSULTANT, sync_to_thread=True
)
def export_figures(
    assessment_id: FromPath[str],
    kind: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Response[bytes]:
    """Return the figures as csv, xlsx or json."""
    if kind not in figure_export.MEDIA_TYPES:
        raise NotFoundError
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    content = figure_export.export_figures(read_session, key, kind)
    headers = {"content-disposition": _name_file(read_session, key, "figures", kind)}
    return Response(content, media_type=figure_export.MEDIA_TYPES[kind], headers=headers)


@get("/benchmarks/figures/{kind:str}", name="console:export-portfolio", policy=CONSULTANT, sync_to_thread=True)
def export_portfolio(
    kind: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Return the released headline figures of all closed assessments, as csv or xlsx."""
    if kind not in portfolio_export.PORTFOLIO_KINDS:
        raise NotFoundError
    content = portfolio_export.export_portfolio(read_session, consultant.workspace_id, kind)
    today = assessments.find_workspace_day(read_session, consultant.workspace_id, now)
    headers = {"content-disposition": build_disposition((consultant.workspace, today, "figures"), kind)}
    return Response(content, media_type=portfolio_export.get_media_type(kind), headers=headers)


@get(
    "/assessments/{assessment_id:str}/responses.csv",
    name="console:export-responses",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_EDITORS,
)
def export_responses(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Return the raw answers of a closed attributable assessment; recorded in the audit log."""
    return _respond_with_answers(write_session, consultant, assessment_id, now, answer_files.CSV)


@get(
    "/assessments/{assessment_id:str}/answers/{kind:str}",
    name="console:export-answers",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_EDITORS,
)
def export_answers(
    assessment_id: FromPath[str],
    kind: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Return the answers of counted responses as xlsx or sav."""
    if kind not in answer_files.MEDIA_TYPES:
        raise NotFoundError
    return _respond_with_answers(write_session, consultant, assessment_id, now, kind)


def _respond_with_answers(
    session: Session, consultant: Consultant, assessment_id: str, now: datetime, kind: str
) -> Response[bytes]:
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    content = answer_files.export_answers(session, key, now, kind)
    headers = {"content-disposition": _name_file(session, key, "responses", kind)}
    return Response(content, media_type=answer_files.MEDIA_TYPES[kind], headers=headers)


def _name_file(session: Session, key: AssessmentKey, content: str, ending: str) -> str:
    assessment = assessment_setup.get_assessment(session, key)
    return build_disposition((assessment.organisation, assessment.title, assessment.closed_on, content), ending)
