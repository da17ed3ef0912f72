"""View models of survey pages: questions by role and functions, with saved answers and what is missing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from assessment.domain.questionnaire import Item, Kind, Questionnaire, QuestionnaireTexts, Section
from assessment.domain.survey import routing
from assessment.domain.survey.answer import NO_ANSWER, Answer
from assessment.errors import NotFoundError
from assessment.services.auth.principals import Respondent
from assessment.services.survey.answer_validation import RATINGS_WITH_EVIDENCE

QuestionError: TypeAlias = Literal["missing"]
PageGroups: TypeAlias = tuple[tuple[Section, ...], ...]


class AnswerChoice(Struct, frozen=True):
    """Rung of a ladder, or option of a choice item; `solid` rungs ask for evidence."""

    value: str
    label: str
    solid: bool = False


class Question(Struct, frozen=True):
    """Item in the language of the respondent."""

    id: str
    text: str
    hint: str
    short: str
    choices: tuple[AnswerChoice, ...]
    prompts_evidence: bool
    answer: Answer
    error: QuestionError | None = None

    @property
    def answer_label(self) -> str:
        """Label of the saved answer."""
        return self.get_label(self.answer.value)

    def get_label(self, value: str) -> str:
        """Return the label of a rung or option; empty for `dk`, `na` and no answer."""
        return next((choice.label for choice in self.choices if choice.value == value), "")


class PageSection(Struct, frozen=True):
    """Section of a page; a page can have several."""

    title: str
    questions: tuple[Question, ...]


class SurveyPage(Struct, frozen=True):
    """Page of the survey; `number` starts at 1, `slug` is the id of its first section."""

    slug: str
    number: int
    total: int
    title: str
    parts: tuple[PageSection, ...]
    previous_slug: str | None
    next_slug: str | None

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for part in self.parts for question in part.questions)

    @property
    def questions_with_errors(self) -> tuple[Question, ...]:
        """Questions for the error summary."""
        return tuple(question for question in self.questions if question.error)


class RespondentSurvey(Struct, frozen=True):
    """Questionnaire of one respondent: routing by role and functions, one language, saved answers."""

    questionnaire: Questionnaire
    role: str
    functions: tuple[str, ...]
    language: str
    answers: Mapping[str, Answer]

    @classmethod
    def of(
        cls, questionnaire: Questionnaire, respondent: Respondent, answers: Mapping[str, Answer]
    ) -> "RespondentSurvey":
        return cls(questionnaire, respondent.role, respondent.functions, respondent.language, answers)

    @property
    def pages(self) -> PageGroups:
        return routing.build_survey_pages(self.questionnaire, self.role, self.functions)

    def list_items(self) -> tuple[Item, ...]:
        """List the items that this person is asked, in page order."""
        ids = (item for page in self.pages for section in page for item in section.items)
        return tuple(self.questionnaire.item[item] for item in ids)

    def first_unanswered_page(self) -> str | None:
        """Return the slug of the first page with an unanswered item."""
        for page in self.pages:
            if any(not self._get_answer(item).value for section in page for item in section.items):
                return page[0].id
        return None

    def items_on(self, slug: str) -> tuple[str, ...]:
        """Ids of the items on a page; raises `NotFoundError` if this person does not have the page."""
        return tuple(item for section in self._find_page(slug)[1] for item in section.items)

    def unanswered_on(self, slug: str) -> tuple[str, ...]:
        """Ids of unanswered items on a page."""
        return tuple(item for item in self.items_on(slug) if not self._get_answer(item).value)

    def build_page(self, slug: str, errors: Mapping[str, QuestionError] | None = None) -> SurveyPage:
        pages = self.pages
        index, sections = self._find_page(slug)
        texts = self.questionnaire.text(self.language)
        parts = tuple(
            PageSection(texts.sections[section.id], self._build_questions(section.items, texts, errors or {}))
            for section in sections
        )
        return SurveyPage(
            slug=slug,
            number=index + 1,
            total=len(pages),
            title=parts[0].title,
            parts=parts,
            previous_slug=pages[index - 1][0].id if index else None,
            next_slug=pages[index + 1][0].id if index + 1 < len(pages) else None,
        )

    def all_pages(self) -> tuple[SurveyPage, ...]:
        """Build all pages, for the check page and the copy of the answers."""
        return tuple(self.build_page(page[0].id) for page in self.pages)

    def build_question(self, item: str, answer: Answer | None = None) -> Question:
        """Build one question, by default with the saved answer; raises `NotFoundError` if the item is not asked."""
        if item not in {asked.id for asked in self.list_items()}:
            raise NotFoundError
        texts = self.questionnaire.text(self.language)
        return _build_question(self.questionnaire.item[item], texts, answer or self._get_answer(item), None)

    def _find_page(self, slug: str) -> tuple[int, tuple[Section, ...]]:
        for index, page in enumerate(self.pages):
            if page[0].id == slug:
                return index, page
        raise NotFoundError

    def _get_answer(self, item: str) -> Answer:
        return self.answers.get(item, NO_ANSWER)

    def _build_questions(
        self, items: Collection[str], texts: QuestionnaireTexts, errors: Mapping[str, QuestionError]
    ) -> tuple[Question, ...]:
        return tuple(
            _build_question(self.questionnaire.item[item], texts, self._get_answer(item), errors.get(item))
            for item in items
        )


def _build_question(item: Item, texts: QuestionnaireTexts, answer: Answer, error: QuestionError | None) -> Question:
    text = texts.items[item.id]
    return Question(
        id=item.id,
        text=text.text,
        hint=text.hint,
        short=text.short or text.text,
        choices=_build_choices(item, text.options, text.rungs),
        prompts_evidence=item.kind is Kind.PRACTICE,
        answer=answer,
        error=error,
    )


def _build_choices(item: Item, options: Mapping[str, str], rungs: Sequence[str]) -> tuple[AnswerChoice, ...]:
    if item.kind is Kind.CHOICE:
        return tuple(AnswerChoice(option, options[option]) for option in item.options)
    return tuple(
        AnswerChoice(str(raw), label, solid=str(raw) in RATINGS_WITH_EVIDENCE) for raw, label in enumerate(rungs)
    )
