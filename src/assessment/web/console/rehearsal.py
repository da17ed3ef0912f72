"""Preview of the survey by role and functions; nothing is stored."""

from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from msgspec import structs
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import assessing, previewing
from assessment.services.principals import Consultant
from assessment.services.shelf import questionnaire_for
from assessment.web.console.names import Names, names
from assessment.web.pages import away, page
from assessment.web.survey import preview

BASE = "/assessments/{assessment_id:str}/preview"
BETWEEN = ","


@get(BASE, name="console:preview", policy=CONSULTANT, sync_to_thread=True)
def choose(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    role: FromQuery[str] = "",
    functions: FromQuery[list[str] | None] = None,
) -> Response[Any]:
    """Show the form for role and functions; if both are chosen, redirect to the first page."""
    assessment = assessing.get(reading, consultant.workspace_id, assessment_id)
    known = names(questionnaire_for(reading, assessment, library), assessment, consultant.language)
    base = f"/console/assessments/{assessment_id}/preview"
    chosen = tuple(_chosen(known, functions or []))
    if role in known.roles and chosen:
        return away(f"{base}/{role}/{BETWEEN.join(chosen)}")
    return page(
        "console/preview.html",
        consultant=consultant,
        assessment=assessment,
        names=known,
        role=role,
        functions=chosen,
        is_incomplete=bool(role or functions),
    )


@get(f"{BASE}/{{role:str}}/{{functions:str}}", name="console:rehearse-first", policy=CONSULTANT, sync_to_thread=True)
def rehearse_first(
    assessment_id: FromPath[str],
    role: FromPath[str],
    functions: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
) -> Template:
    return _shown(reading, consultant, library, (assessment_id, role, functions), None)


@get(
    f"{BASE}/{{role:str}}/{{functions:str}}/{{section:str}}",
    name="console:rehearse",
    policy=CONSULTANT,
    sync_to_thread=True,
)
def rehearse(
    assessment_id: FromPath[str],
    role: FromPath[str],
    functions: FromPath[str],
    section: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
) -> Template:
    return _shown(reading, consultant, library, (assessment_id, role, functions), section)


def _shown(
    session: Session, consultant: Consultant, library: Library, whose: tuple[str, str, str], section: str | None
) -> Template:
    assessment_id, role, functions = whose
    wanted = [name for name in functions.split(BETWEEN) if name]
    if not wanted:
        raise NotFoundError
    questionnaire, somebody = previewing.preview(session, consultant.workspace_id, assessment_id, library, role, wanted)
    if consultant.language in questionnaire.texts:  # respondents can switch the language too
        somebody = structs.replace(somebody, language=consultant.language)
    base = f"/console/assessments/{assessment_id}/preview"
    return preview(questionnaire, somebody, base=f"{base}/{role}/{functions}", section=section, back=base)


def _chosen(known: Names, functions: list[str]) -> Iterator[str]:
    yield from (function for function in known.functions if function in functions)
