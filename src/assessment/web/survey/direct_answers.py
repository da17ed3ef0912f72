"""Autosaves: validate and queue an answer, wait for its commit; the ordinary ones are served directly."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from jinja2 import Environment
from jinja2_fragments import render_block
from litestar.enums import RequestEncodingType

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.answer import SavedAnswer
from assessment.errors import UnavailableError
from assessment.services.auth.principals import Respondent
from assessment.services.survey import response_lifecycle
from assessment.storage.answer_writer import AnswerWriter
from assessment.web.http.form_request import FormRequest
from assessment.web.http.page_slots import SlotMoment, SlottedPage
from assessment.web.survey import answer_forms
from assessment.web.survey.direct_requests import DirectRequest, DirectResponse
from assessment.web.survey.response_states import refuse_finished_response

TEMPLATE = "survey/section.html"
SAVE_TIMEOUT_SECONDS = 20
FAILED_SAVE = "failed_save"  # in the request's state
MAX_CACHED_FRAGMENTS = 64


async def save_directly(direct: DirectRequest) -> DirectResponse | None:
    """Save one answer; None for what needs another page than "Saved"."""
    request = direct.request
    form = direct.read_form()
    if form is None or not request.htmx or request.htmx.history_restore_request:
        return None
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return None
    saved = await save_form_answer(request, direct.respondent, direct.questionnaire, form, direct.now)
    if saved.stale:
        return None
    page = _render_saved_fragment(request.app.template_engine.engine, direct.respondent.language)
    moment = direct.now
    return DirectResponse(page.fill_slots({"iso": moment.isoformat(), "clock": moment.strftime("%H:%M")}).encode())


async def save_form_answer(
    request: FormRequest,
    respondent: Respondent,
    questionnaire: Questionnaire,
    form: Mapping[str, str],
    now: datetime,
) -> SavedAnswer:
    """Save the answer of a form to the item of the path.

    A save that failed when the request was served directly is not tried again for its error page.
    """
    state, item = request.scope["state"], request.path_params["item"]
    if FAILED_SAVE in state:
        raise state[FAILED_SAVE]
    answer_forms.check_response_id(form, respondent)
    refuse_finished_response(respondent)
    answer = answer_forms.read_answer(form, item)
    writer: AnswerWriter = request.app.state.writer  # not a dependency, see `assessment.web.survey.dependencies`
    try:
        future = response_lifecycle.save_answer(writer, questionnaire, respondent, item, answer, now)
        return await asyncio.wait_for(asyncio.wrap_future(future), SAVE_TIMEOUT_SECONDS)
    except (TimeoutError, UnavailableError):
        state[FAILED_SAVE] = UnavailableError()
        raise state[FAILED_SAVE] from None


@lru_cache(MAX_CACHED_FRAGMENTS)
def _render_saved_fragment(environment: Environment, language: str) -> SlottedPage:
    context = {"outcome": "saved", "saved_at": SlotMoment(), "language": language}
    return SlottedPage.parse_html(render_block(environment, TEMPLATE, "state", **context))
