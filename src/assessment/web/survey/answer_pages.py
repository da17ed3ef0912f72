"""Check page and sent page: rendered once with slots for the answers, then filled.

Pages with notices or with questions that are not answered are rendered as a whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment
from markupsafe import Markup
from msgspec import structs

from assessment.domain.survey.answer import Answer
from assessment.domain.survey.promises import Promises
from assessment.services.survey.own_drafts import OwnDraft
from assessment.settings import Settings
from assessment.web.http import cookies, csrf
from assessment.web.http.page_slots import PageCache, SlottedPage, make_slot
from assessment.web.http.templates import render_token_field
from assessment.web.survey.dependencies import build_page_context
from assessment.web.survey.direct_pages import make_key
from assessment.web.survey.direct_requests import DirectRequest
from assessment.web.survey.survey_pages import Question, RespondentSurvey, SurveyPage

WORDS_TEMPLATE = "survey/_answers.html"


class AnswerPageContents(NamedTuple):
    """Values of the check page and the sent page, apart from the questions."""

    answers: Mapping[str, Answer]
    own_draft: OwnDraft
    promises: Promises


class SlotAnswer(Question, frozen=True):
    """Question whose answer, in words, is a slot."""

    @property
    def is_plain(self) -> bool:
        return True

    @property
    def answer_label(self) -> str:
        return make_slot(self.id)


class LabelledPage(NamedTuple):
    """Page with slots, and the label of each value by item.

    `words` are answers that are more than a label, as they were rendered: by item, value and evidence, and none with
    a reason that someone wrote.
    """

    page: SlottedPage
    labels: Mapping[str, Mapping[str, str]]
    words: dict[tuple[str, str, str], Markup]


class AnswerPages:
    """Cache of check pages and sent pages with slots, of one process."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._cache: PageCache[LabelledPage] = PageCache()

    def fill_page(
        self, direct: DirectRequest, template: str, contents: AnswerPageContents, **context: object
    ) -> str | None:
        """Return the page; None if it has to be rendered as a whole. `context` must be hashable."""
        draft, answers = contents.own_draft, contents.answers
        survey = RespondentSurvey.of(direct.questionnaire, direct.respondent, answers)
        items = [item.id for item in survey.list_items()]
        if draft.unseen_links or draft.revoked_on or not all(survey.get_answer(item).value for item in items):
            return None
        comments = [key for page in survey.pages for key in survey.comments_on(page[0].id)]
        written = tuple(key for key in comments if survey.get_answer(key).value)
        if not all(survey.get_answer(key).reason for key in written):
            return None
        key = (
            make_key(direct, template, has_code=bool(draft.code)),
            msgspec.json.encode(contents.promises),
            written,
            *context.items(),
        )
        labelled = self._cache.get_page(key, lambda: self._render_slots(direct, template, contents, written, context))
        values = self._collect_values(direct, draft, [(item, survey.get_answer(item)) for item in items], labelled)
        return labelled.page.fill_slots(values | {key: survey.get_answer(key).reason for key in written})

    def _render_slots(
        self,
        direct: DirectRequest,
        template: str,
        contents: AnswerPageContents,
        written: Sequence[str],
        context: Mapping[str, object],
    ) -> LabelledPage:
        respondent, draft = direct.respondent, contents.own_draft
        pages = RespondentSurvey.of(direct.questionnaire, respondent, {}).all_pages()
        own_draft = structs.replace(draft, code=make_slot("code") if draft.code else "")
        shared_context: dict[str, Any] = build_page_context(respondent, own_draft) | {
            "heading": make_slot("heading"),
            "asker": make_slot("asker") if respondent.asker else "",
        }
        html = self._environment.get_template(template).render(
            request=direct.request,
            csrf=lambda: render_token_field(make_slot("token")),
            pages=tuple(_replace_answers(page, written) for page in pages),
            promises=contents.promises,
            response=make_slot("response"),
            **shared_context,
            **context,
        )
        questions = (question for page in pages for question in page.questions)
        labels = {asked.id: {choice.value: choice.label for choice in asked.choices} for asked in questions}
        return LabelledPage(SlottedPage.parse_html(html), labels, {})

    def _collect_values(
        self, direct: DirectRequest, draft: OwnDraft, answers: Sequence[tuple[str, Answer]], labelled: LabelledPage
    ) -> dict[str, str]:
        respondent, request = direct.respondent, direct.request
        settings: Settings = request.app.state.settings
        values = {
            "heading": f"{respondent.organisation} · {respondent.title}",
            "asker": respondent.asker,
            "code": draft.code,
            "token": csrf.make_token(settings, cookies.read_cookie(request, "respondent") or ""),
            "response": respondent.response_id,
        }
        for item, answer in answers:
            label = "" if answer.evidence else labelled.labels[item].get(answer.value, "")
            values[item] = label or self._find_words(direct, item, answer, labelled)
        return values

    def _find_words(self, direct: DirectRequest, item: str, answer: Answer, labelled: LabelledPage) -> Markup:
        if answer.reason:
            return self._render_words(direct, item, answer)
        key = (item, answer.value, answer.evidence)
        words = labelled.words.get(key)
        if words is None:
            words = labelled.words[key] = self._render_words(direct, item, answer)
        return words

    def _render_words(self, direct: DirectRequest, item: str, answer: Answer) -> Markup:
        """Render an answer that is more than a label."""
        question = RespondentSurvey.of(direct.questionnaire, direct.respondent, {}).build_question(item, answer)
        template = self._environment.get_template(WORDS_TEMPLATE)
        words: Any = template.make_module({"language": direct.respondent.language, "request": direct.request})
        return Markup(words.answer_words(question))  # noqa: S704  # rendered by our template


def _make_slot(question: Question) -> SlotAnswer:
    return SlotAnswer(**structs.asdict(question))


def _replace_answers(page: SurveyPage, written: Sequence[str]) -> SurveyPage:
    """Replace the questions of a page by questions with slots; comments that are not written stay empty."""
    parts = tuple(
        structs.replace(
            part,
            groups=tuple(
                structs.replace(
                    group, questions=tuple(SlotAnswer(**structs.asdict(asked)) for asked in group.questions)
                )
                for group in part.groups
            ),
        )
        for part in page.parts
    )
    comments = tuple(
        structs.replace(comment, answer=Answer(value="written", reason=make_slot(comment.id)))
        if comment.id in written
        else comment
        for comment in page.comments
    )
    return structs.replace(page, parts=parts, comments=comments)
