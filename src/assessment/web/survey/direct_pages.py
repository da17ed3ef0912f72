"""Section pages, served directly: rendered once with slots for each questionnaire, role and language, then filled.

Pages with errors, notices or conflicts, and those of anonymous drafts, are left to the framework.
"""

from collections.abc import Mapping
from typing import NamedTuple

from jinja2 import Environment
from markupsafe import Markup
from msgspec import structs

from assessment.domain.survey.answer import Answer
from assessment.domain.survey.promises import get_audience
from assessment.services.operations import audit_trail
from assessment.services.survey import own_drafts, response_lifecycle, section_times
from assessment.services.survey.answer_validation import validate_answers
from assessment.services.survey.own_drafts import OwnDraft
from assessment.settings import Settings
from assessment.storage.survey.section_page_reads import SectionPageReads
from assessment.web.http import cookies, csrf
from assessment.web.http.direct_responses import DirectResponse
from assessment.web.http.languages import LANGUAGE_PARAMETER, get_page_language
from assessment.web.http.page_slots import PageCache, SlottedPage, make_slot
from assessment.web.http.templates import render_token_field
from assessment.web.survey import answer_forms
from assessment.web.survey.browser_cookies import read_browser
from assessment.web.survey.dependencies import build_page_context
from assessment.web.survey.direct_answers import select_different_answers, wait_for_saves
from assessment.web.survey.direct_requests import DirectRequest, make_page, redirect_form
from assessment.web.survey.navigation import START, SectionNavigation, SurveyPaths
from assessment.web.survey.response_states import refuse_finished_response
from assessment.web.survey.survey_pages import (
    CHECKED,
    Question,
    RespondentSurvey,
    SurveyPage,
    mark_opened,
)
from assessment.web.survey.unresolved_answers import has_unresolved_cookie

TEMPLATE = "survey/section.html"


class SlotQuestion(Question, frozen=True):
    """Question whose answer is a slot."""

    def mark_choice(self, value: str) -> Markup:
        return make_slot(f"{self.id}={value}")

    def mark_evidence(self, kind: str) -> Markup:
        return make_slot(f"{self.id}:evidence={kind}")

    @property
    def opened(self) -> Markup:
        return make_slot(f"{self.id}:opened")


class SlotValues(dict[str, str]):
    """Values of slots; the attributes of what was not chosen are empty."""

    def __missing__(self, name: str) -> str:
        if "=" in name or name.endswith(":opened"):
            return ""
        raise KeyError(name)


class PageKey(NamedTuple):
    """Everything that a page with slots depends on; `slug` names the page."""

    questionnaire: tuple[str, str, str]
    role: str
    functions: tuple[str, ...]
    slug: str
    languages: tuple[str, str, str, tuple[str, ...]]
    audience: str
    has_asker: bool
    has_code: bool
    is_shared: bool


class SectionPages:
    """Cache of section pages with slots, of one process."""

    def __init__(self, environment: Environment, reads: SectionPageReads) -> None:
        self.reads = reads
        self._environment = environment
        self._cache: PageCache[SlottedPage] = PageCache()

    def get_page(self, direct: DirectRequest, slug: str, *, has_code: bool) -> SlottedPage:
        return self._cache.get_page(
            make_key(direct, slug, has_code=has_code),
            lambda: SlottedPage.parse_html(self._render_slots(direct, slug, has_code=has_code)),
        )

    def _render_slots(self, direct: DirectRequest, slug: str, *, has_code: bool) -> str:
        respondent = direct.respondent
        survey = RespondentSurvey.of(direct.questionnaire, respondent, {})
        own_draft = OwnDraft(
            code=make_slot("code") if has_code else "",
            link="",
            links=0,
            unseen_links=(),
            last_link_author="",
            revoked_on=None,
            is_replaced=False,
        )
        context = build_page_context(respondent, own_draft) | {
            "heading": make_slot("heading"),
            "asker": make_slot("asker") if respondent.asker else "",
        }
        return self._environment.get_template(TEMPLATE).render(
            request=direct.request,
            csrf=lambda: render_token_field(make_slot("token")),
            page=_replace_answers(survey.build_page(slug)),
            urls=SurveyPaths(start=START),
            preview=False,
            response=make_slot("response"),
            navigation=SectionNavigation(),
            unresolved=0,
            is_anonymous=False,
            shown_at="",
            window=make_slot("window"),
            **context,
        )


async def show_directly(direct: DirectRequest) -> DirectResponse | None:
    """Show a section page, and record its first display; None for pages with notices."""
    request, respondent = direct.request, direct.respondent
    settings: Settings = request.app.state.settings
    if respondent.invitation_id is None or respondent.revoked_on is not None or respondent.is_anonymous:
        return None
    if has_unresolved_cookie(request):
        return None
    refuse_finished_response(respondent)
    slug: str = request.path_params["section"]
    pages: SectionPages = request.app.state.section_pages
    RespondentSurvey.of(direct.questionnaire, respondent, {}).items_on(slug)  # raises if the page is not this person's
    session = cookies.read_cookie(request, "respondent") or ""
    key = read_browser(request).find_key(session)
    facts = await pages.reads.load_facts(
        respondent.workspace_id, respondent.response_id, slug, respondent.invitation_id, audit_trail.LINK_MAILED
    )
    if facts.is_replaced or (key and facts.announced_links > key.seen_link_count):
        return None
    if not facts.is_displayed:
        display = section_times.make_display_saves(respondent, slug, direct.now)
        await wait_for_saves(request, display)
    answers = await pages.reads.load_answers(respondent.workspace_id, respondent.response_id)
    code = ""
    if not respondent.is_open_to_link_holders and any(answer.value for answer in answers.values()):
        code = own_drafts.derive_valid_code(respondent, session, respondent.invitation_id, settings.secret)
    page = pages.get_page(direct, slug, has_code=bool(code))
    return make_page(request, page.fill_slots(_collect_values(direct, slug, answers, code, session, settings)))


async def continue_directly(direct: DirectRequest) -> DirectResponse | None:
    """Save what changed on a section page with how long it took, in one transaction; redirect to the next page.

    None for missing answers, conflicts and the language switch, which have pages of their own.
    """
    request, respondent = direct.request, direct.respondent
    form, slug = direct.read_form(), request.path_params["section"]
    if form is None or LANGUAGE_PARAMETER in form or has_unresolved_cookie(request):
        return None
    answer_forms.check_response_id(form, respondent)
    refuse_finished_response(respondent)
    pages: SectionPages = request.app.state.section_pages
    saved_answers = await pages.reads.load_answers(respondent.workspace_id, respondent.response_id)
    page_answers: dict[str, Answer] = {**saved_answers}
    fields = RespondentSurvey.of(direct.questionnaire, respondent, page_answers).fields_on(slug)
    typed_answers = answer_forms.read_answers(form, fields)
    answers = validate_answers(direct.questionnaire, respondent, typed_answers)
    changed = select_different_answers(answer_forms.select_changed_answers(form, answers), page_answers)
    survey = RespondentSurvey.of(direct.questionnaire, respondent, page_answers | changed)
    navigation = SectionNavigation.of(form, fields)
    if survey.unanswered_on(slug) and not (navigation.is_from_check or "skip" in form):
        return None
    began = answer_forms.read_timestamp(form, answer_forms.SHOWN_AT_FIELD)
    saves = response_lifecycle.make_answer_saves(respondent, changed, direct.now)
    saves += section_times.make_continue_saves(respondent, slug, direct.now, began)
    if any(saved is not None and saved.stale for saved in await wait_for_saves(request, saves)):
        return None
    return redirect_form(request, navigation.next_url(survey, slug))


def _collect_values(
    direct: DirectRequest, slug: str, answers: Mapping[str, Answer], code: str, session: str, settings: Settings
) -> SlotValues:
    respondent = direct.respondent
    values = SlotValues(
        heading=f"{respondent.organisation} · {respondent.title}",
        asker=respondent.asker,
        code=code,
        token=csrf.make_token(settings, session),
        response=respondent.response_id,
        window=str(answer_forms.make_window_number()),
    )
    survey = RespondentSurvey.of(direct.questionnaire, respondent, answers)
    for field in survey.fields_on(slug):
        answer = survey.get_answer(field)
        values[f"{field}:reason"] = answer.reason
        values[f"{field}:sequence"] = str(answer.sequence)
        values[f"{field}={answer.value}"] = CHECKED
        values[f"{field}:evidence={answer.evidence}"] = CHECKED
        values[f"{field}:opened"] = mark_opened(field, answer)
    return values


def make_key(direct: DirectRequest, slug: str, *, has_code: bool) -> PageKey:
    respondent, language = direct.respondent, get_page_language(direct.request)
    return PageKey(
        (respondent.questionnaire_id, respondent.questionnaire_version, respondent.questionnaire_digest),
        respondent.role,
        respondent.functions,
        slug,
        (respondent.language, language.language, language.default_language, language.available_languages),
        get_audience(respondent.confidentiality, respondent.mode),
        bool(respondent.asker),
        has_code,
        respondent.is_open_to_link_holders,
    )


def _replace_answers(page: SurveyPage) -> SurveyPage:
    """Replace the questions of a page by questions with slots."""
    parts = tuple(
        structs.replace(
            part,
            groups=tuple(
                structs.replace(group, questions=tuple(_make_slots(question) for question in group.questions))
                for group in part.groups
            ),
        )
        for part in page.parts
    )
    return structs.replace(page, parts=parts, comments=tuple(_make_slots(comment) for comment in page.comments))


def _make_slots(question: Question) -> SlotQuestion:
    answer = Answer(reason=make_slot(f"{question.id}:reason"), sequence=make_slot(f"{question.id}:sequence"))  # type: ignore[arg-type]
    return SlotQuestion(**(structs.asdict(question) | {"answer": answer}))
