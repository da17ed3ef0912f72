"""Page of respondents' comments: all released ones, and the choice of those that reports quote."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.reports.render_pool import RenderPool
from assessment.services.results import voices
from assessment.services.results.voices import ReleasedVoices
from assessment.storage import assessments, database
from assessment.web.console.forms.edit_conflicts import EditConflict, EditConflictError, FieldVersions
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/voices.html"
PATH = "/assessments/{assessment_id:str}/voices"
CHOICE_FIELD, EARLIER_FIELD = "voice", "earlier"
CHANGED_MEANWHILE = N_("Someone else changed the choice while you were editing.")


@get(PATH, name="console:voices", policy=CONSULTANT, sync_to_thread=True)
def show_voices(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    context = _build_context(read_session, consultant, assessment_id)
    return render_page(TEMPLATE, **context)


@post(PATH, name="console:choose-voices", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def choose_voices(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    render_pool: NamedDependency[RenderPool],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save which comments all editions of the report quote."""
    chosen = form.list_values(CHOICE_FIELD)
    context = _build_context(write_session, consultant, assessment_id, chosen) | {"form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    _check_unchanged(context, form, consultant.language)
    voices.choose_voices(write_session, AssessmentKey(consultant.workspace_id, assessment_id), chosen, now)
    database.run_after_commit(write_session, lambda _: render_pool.evict_reports(assessment_id))
    return redirect_to(f"/console/assessments/{assessment_id}/voices?done=voices-chosen")


def _build_context(
    session: Session, consultant: Consultant, assessment_id: str, chosen: Collection[str] | None = None
) -> dict[str, Any]:
    """Build the context; `chosen` are the typed choices, by default the stored ones."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessments.find_assessment(session, key)
    released = voices.load_released_voices(session, key)
    stored = released.list_chosen_ids()
    return {
        "consultant": consultant,
        "assessment": assessment,
        "released": released,
        "shows_all": voices.are_answers_known(assessment),
        "functions": load_questionnaire(session, assessment).text(consultant.language).functions,
        "chosen": stored if chosen is None else chosen,
        "stored": stored,
        "can_change": consultant.can_edit,
        "form_errors": NO_ERRORS,
    }


def _check_unchanged(context: dict[str, Any], form: FormData, language: str) -> None:
    """Raise `EditConflictError` with both choices if the stored one is not that of the form's page."""
    stored = context["stored"]
    if set(form.list_values(EARLIER_FIELD)) == set(stored):
        return
    translator = get_translator(language)
    versions = FieldVersions(
        translator.gettext("Quoted in reports"),
        _quote_comments(context["released"], context["chosen"]),
        _quote_comments(context["released"], stored),
    )
    conflict = EditConflict((translator.gettext(CHANGED_MEANWHILE),), (versions,))
    raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict})


def _quote_comments(released: ReleasedVoices, ids: Collection[str]) -> str:
    return "\n".join(voice.text for pool in released.pools for voice in pool.voices if voice.id in ids) or "–"
