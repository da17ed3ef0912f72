"""Autosaves: validate and queue an answer, wait for its commit; the ordinary ones are served directly."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from jinja2 import Environment
from jinja2_fragments import render_block
from litestar import Request
from litestar.plugins.htmx import HTMXRequest

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.answer import NO_ANSWER, Answer, SavedAnswer
from assessment.errors import UnavailableError
from assessment.services.auth.principals import Respondent
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import ValidAnswer
from assessment.storage.answer_writer import AnswerWriter, Save
from assessment.web.http.direct_responses import DirectResponse
from assessment.web.http.page_slots import SlotMoment, SlottedPage
from assessment.web.survey import answer_forms
from assessment.web.survey.direct_requests import DirectRequest
from assessment.web.survey.response_states import refuse_finished_response

TEMPLATE = "survey/section.html"
SAVE_TIMEOUT_SECONDS = 20
RESTORE_HEADER = "hx-history-restore-request"
FAILED_SAVE = "failed_save"  # in the request's state


class SavedFragments:
    """Fragments "Saved" by language, rendered once, with slots for the moment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._fragments: dict[str, SlottedPage] = {}

    def render_moment(self, language: str, moment: datetime) -> str:
        fragment = self._fragments.get(language)
        if fragment is None:
            context = {"outcome": "saved", "saved_at": SlotMoment(), "language": language}
            html = render_block(self._environment, TEMPLATE, "state", **context)
            fragment = self._fragments[language] = SlottedPage.parse_html(html)
        return fragment.fill_slots({"iso": moment.isoformat(), "clock": moment.strftime("%H:%M")})


async def save_directly(direct: DirectRequest) -> DirectResponse | None:
    """Save one answer; None for what needs another page than "Saved"."""
    request = direct.request
    form = direct.read_form()
    if form is None or request.headers.get("hx-request") != "true" or RESTORE_HEADER in request.headers:
        return None
    saved = await save_form_answer(request, direct.respondent, direct.questionnaire, form, direct.now)
    if saved.stale:
        return None
    fragments: SavedFragments = request.app.state.saved_fragments
    return DirectResponse(fragments.render_moment(direct.respondent.language, direct.now).encode())


async def save_form_answer(
    request: HTMXRequest,
    respondent: Respondent,
    questionnaire: Questionnaire,
    form: Mapping[str, str],
    now: datetime,
) -> SavedAnswer:
    """Save the answer of a form to the item of the path."""
    raise_failed_save(request)
    item = request.path_params["item"]
    answer_forms.check_response_id(form, respondent)
    refuse_finished_response(respondent)
    answer = answer_forms.read_answer(form, item)
    saves = response_lifecycle.validate_saves(questionnaire, respondent, {item: answer}, now)
    saved: SavedAnswer = (await wait_for_saves(request, saves))[0]
    return saved


async def wait_for_saves(request: HTMXRequest, saves: Sequence[Save]) -> Sequence[Any]:
    """Save in one transaction; `UnavailableError` after `SAVE_TIMEOUT_SECONDS`, otherwise the first error."""
    writer: AnswerWriter = request.app.state.writer  # not a dependency, see `assessment.web.survey.dependencies`
    with note_failed_save(request):
        return await writer.save_and_wait(saves, SAVE_TIMEOUT_SECONDS)


@contextmanager
def note_failed_save(request: Request[Any, Any, Any]) -> Iterator[None]:
    """Raise `UnavailableError` after a timeout too, and note it for `raise_failed_save`."""
    try:
        yield
    except (TimeoutError, UnavailableError):
        error = request.scope["state"][FAILED_SAVE] = UnavailableError()
        raise error from None


def raise_failed_save(request: Request[Any, Any, Any]) -> None:
    """Raise the error of a save that failed when the request was served directly: it is not tried again."""
    if FAILED_SAVE in request.scope["state"]:
        raise request.scope["state"][FAILED_SAVE]


def select_different_answers(
    answers: Mapping[str, ValidAnswer], page_answers: Mapping[str, Answer]
) -> dict[str, ValidAnswer]:
    """Select the answers whose content differs from the saved one's."""
    return {
        item: answer for item, answer in answers.items() if answer.content != page_answers.get(item, NO_ANSWER).content
    }
