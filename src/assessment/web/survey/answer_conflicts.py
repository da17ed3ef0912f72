"""View model of the conflict page: questions that two windows have answered differently."""

from collections.abc import Mapping

from litestar.response import Template
from msgspec import Struct

from assessment.domain.survey.answer import NO_ANSWER, Answer
from assessment.services.auth.principals import Respondent
from assessment.services.survey.own_drafts import OwnDraft
from assessment.web.http.page_responses import render_page
from assessment.web.survey import answer_forms
from assessment.web.survey.dependencies import build_page_context
from assessment.web.survey.navigation import SectionNavigation
from assessment.web.survey.survey_pages import Question, RespondentSurvey
from assessment.web.survey.unresolved_answers import UnresolvedAnswers, list_unsaved_fields


class AnswerConflict(Struct, frozen=True):
    """A question with the saved answer of another window, and with the unsaved one of this window."""

    saved: Question
    unsaved: Question


def find_differences(
    unresolved: UnresolvedAnswers, survey: RespondentSurvey, items: tuple[str, ...]
) -> dict[str, Answer]:
    """Return the conflicts that are left: the other window may have saved the same answer since."""
    return {
        item: unsaved
        for item, unsaved in unresolved.select(items).items()
        if unsaved.content != survey.answers.get(item, NO_ANSWER).content
    }


def render_conflicts(
    survey: RespondentSurvey,
    section: str,
    conflicts: Mapping[str, Answer],
    respondent: Respondent,
    own_draft: OwnDraft | None,
    navigation: SectionNavigation,
    *,
    is_carried: bool = False,
    token: str = "",
) -> Template:
    """Render the conflict page; if its form carries the answers instead of the cookie, the status is 409.

    `token` is the CSRF token of a session that has just begun.
    """
    return render_page(
        "survey/conflicts.html",
        409 if is_carried else 200,
        conflicts=[
            AnswerConflict(
                survey.build_question(item),
                survey.build_question(item, unsaved),
            )
            for item, unsaved in conflicts.items()
        ],
        section=section,
        response=respondent.response_id,
        navigation=navigation,
        window=answer_forms.make_window_number(),
        carried_fields=list_unsaved_fields(conflicts) if is_carried else [],
        token=token,
        **build_page_context(respondent, own_draft),
    )
