"""Released figures, and raw answers where they are attributable, as files."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.policies import CONSULTANT
from assessment.services import auditing, exporting, tabulating
from assessment.services.principals import Consultant
from assessment.web.console.identity import FOR_OWNERS


@get(
    "/assessments/{assessment_id:str}/figures/{kind:str}", name="console:export", policy=CONSULTANT, sync_to_thread=True
)
def export(
    assessment_id: FromPath[str],
    kind: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Response[bytes]:
    """Give the figures: csv, xlsx or json."""
    if kind not in tabulating.MEDIA_TYPES:
        raise NotFoundError
    content = tabulating.export(reading, consultant.workspace_id, assessment_id, kind)
    headers = {"content-disposition": f'attachment; filename="figures-{assessment_id}.{kind}"'}
    return Response(content, media_type=tabulating.MEDIA_TYPES[kind], headers=headers)


@get(
    "/assessments/{assessment_id:str}/responses.csv",
    name="console:export-responses",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_OWNERS,
)
def export_responses(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Give the raw answers of an attributable assessment that is closed."""
    content = exporting.responses_csv(reading, consultant.workspace_id, assessment_id)
    reading.close()  # a thread that holds a connection must not wait for another one
    auditing.record_apart(
        engine, consultant.email, consultant.workspace_id, now, auditing.RESPONSES_EXPORTED, assessment_id
    )
    headers = {"content-disposition": f'attachment; filename="responses-{assessment_id}.csv"'}
    return Response(content.encode(), media_type=exporting.MEDIA_TYPE, headers=headers)
