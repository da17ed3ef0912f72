"""The next wave: set it up from this one, and see what differs."""

import re
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import ConflictError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup, next_wave
from assessment.services.assessments.next_wave import NextWave
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.settings import Settings
from assessment.storage.people import invitations
from assessment.web.console.authentication import FOR_EDITORS
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, raise_form_errors
from assessment.web.console.labels import get_labels
from assessment.web.console.views.wave_settings import compare_settings
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE, DIFFERENCES_TEMPLATE = "console/next-wave.html", "console/wave-differences.html"
PATH = "/assessments/{assessment_id:str}/next-wave"
MAX_LISTED_PEOPLE = 200
SINGLE_YEAR = re.compile(r"(?<![\d/–-])20\d\d(?![\d/–-])")


@get(PATH, name="console:next-wave", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_next_wave_form(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    """Show what the next wave copies, and ask for its title."""
    return render_page(TEMPLATE, **_build_context(read_session, consultant, assessment_id, now))


@post(PATH, name="console:create-next-wave", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def create_next_wave(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    settings: NamedDependency[Settings],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Create the draft, and show what differs."""
    context = _build_context(write_session, consultant, assessment_id, now) | {"form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    new = NextWave(form.text("title"), with_people=form.text("people") == "yes")
    with raise_form_errors(TEMPLATE, context):
        created = next_wave.create_next_wave(
            write_session,
            AssessmentKey(consultant.workspace_id, assessment_id),
            new,
            catalogue,
            now,
            operator_minimum=settings.minimum_group,
        )
    return redirect_to(f"/console/assessments/{created.id}?done=next-wave")


@get(
    "/assessments/{assessment_id:str}/differences",
    name="console:wave-differences",
    policy=CONSULTANT,
    sync_to_thread=True,
)
def show_differences(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    """Show which settings and people differ from the wave before; never who has answered."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(read_session, key)
    differences = next_wave.compare_with_earlier_wave(read_session, key)
    questionnaire = find_questionnaire(read_session, assessment, catalogue)
    labels = get_labels(questionnaire, assessment, consultant.language)
    return render_page(
        DIFFERENCES_TEMPLATE,
        consultant=consultant,
        assessment=assessment,
        differences=differences,
        settings=compare_settings((differences.earlier, assessment), questionnaire, labels, consultant.language)
        if differences
        else (),
        labels=labels,
        most=MAX_LISTED_PEOPLE,
    )


def propose_title(title: str, year: int) -> str:
    """Return the title of the earlier wave with the year of the next one, where it names one earlier year."""
    if len(SINGLE_YEAR.findall(title)) > 1:
        return title  # two years are a period, or two waves
    return SINGLE_YEAR.sub(lambda match: str(max(year, int(match[0]))), title)


def _build_context(session: Session, consultant: Consultant, assessment_id: str, now: datetime) -> dict[str, Any]:
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(session, key)
    if assessment.state != AssessmentState.CLOSED:
        raise ConflictError(N_("The next wave follows a closed assessment. Close this one first."))
    people = invitations.list_active_invitations(session, key)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "proposed_title": propose_title(assessment.title, get_workspace_day(now, assessment.time_zone).year),
        "people": sum(bool(person.email or person.name) for person in people),
        "unnamed": sum(not (person.email or person.name) for person in people),
        "form": FormData({}),
        "form_errors": NO_ERRORS,
    }
