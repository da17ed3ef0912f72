"""View models of survey pages: questions by role and functions, with saved answers and what is missing."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Literal, TypeAlias

from msgspec import Struct

from assessment.domain.questionnaire import Item, Kind, Questionnaire, QuestionnaireTexts, Section
from assessment.domain.survey import routing
from assessment.domain.survey.answer import NO_ANSWER, Answer
from assessment.domain.survey.comment_fields import (
    OPEN_QUESTION,
    find_comment_function,
    is_comment,
    list_comment_keys,
    make_comment_key,
)
from assessment.domain.survey.duration import estimate_minutes_of_items
from assessment.errors import NotFoundError
from assessment.services.auth.principals import Respondent

QuestionError: TypeAlias = Literal["missing"]
CHECKED = " checked"
PageGroups: TypeAlias = tuple[tuple[Section, ...], ...]


class AnswerChoice(Struct, frozen=True):
    """Rung of a ladder, or option of a choice item."""

    value: str
    label: str


class Question(Struct, frozen=True):
    """Item in the language of the respondent; `label` completes the stem of its block.

    A comment is a question without text and choices: pages have their own words for it.
    """

    id: str
    text: str
    hint: str
    short: str
    choices: tuple[AnswerChoice, ...]
    prompts_evidence: bool
    answer: Answer
    error: QuestionError | None = None
    label: str = ""
    is_about_whole: bool = False  # of a comment: released with those about no single function

    @property
    def is_comment(self) -> bool:
        return is_comment(self.id)

    @property
    def is_open(self) -> bool:
        """Return whether this is the open question at the end."""
        return self.id == OPEN_QUESTION

    def mark_choice(self, value: str) -> str:
        """Return the attribute `checked` for the chosen value."""
        return CHECKED if self.answer.value == value else ""

    def mark_evidence(self, kind: str) -> str:
        """Return the attribute `checked` for the chosen kind of evidence."""
        return CHECKED if self.answer.evidence == kind else ""

    @property
    def opened(self) -> str:
        """Return the attribute `open` if the folded part (evidence, or the comment) has content."""
        return mark_opened(self.id, self.answer)

    @property
    def answer_label(self) -> str:
        """Label of the saved answer."""
        return self.get_label(self.answer.value)

    @property
    def is_plain(self) -> bool:
        """Return whether the label says everything about the answer."""
        return bool(self.answer_label) and not self.answer.evidence

    def get_label(self, value: str) -> str:
        """Return the label of a rung or option; empty for `dk`, `na` and no answer."""
        return next((choice.label for choice in self.choices if choice.value == value), "")


class QuestionGroup(Struct, frozen=True):
    """One question, or the questions of a block below its stem."""

    questions: tuple[Question, ...]
    stem: str = ""
    hint: str = ""


class PageSection(Struct, frozen=True):
    """Section of a page; a page can have several."""

    title: str
    groups: tuple[QuestionGroup, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for group in self.groups for question in group.questions)


class SurveyPage(Struct, frozen=True):
    """Page of the survey; `number` starts at 1, `slug` is the id of its first section.

    `minutes_left` is the estimate for this page and all later ones. `comments` are the comment on this page and, on
    the last one, the open question.
    """

    slug: str
    number: int
    total: int
    title: str
    parts: tuple[PageSection, ...]
    comments: tuple[Question, ...]
    minutes_left: int
    previous_slug: str | None
    next_slug: str | None

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for part in self.parts for question in part.questions)

    @property
    def questions_with_errors(self) -> tuple[Question, ...]:
        """Questions for the error summary."""
        return tuple(question for question in self.questions if question.error)

    @property
    def written_comments(self) -> tuple[Question, ...]:
        return tuple(comment for comment in self.comments if comment.answer.value)


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
        return self._list_items_from(0)

    def first_unanswered_page(self) -> str | None:
        """Return the slug of the first page with an unanswered item."""
        for page in self.pages:
            if any(not self.get_answer(item).value for section in page for item in section.items):
                return page[0].id
        return None

    def items_on(self, slug: str) -> tuple[str, ...]:
        """Ids of the items on a page; raises `NotFoundError` if this person does not have the page."""
        return tuple(item for section in self._find_page(slug)[1] for item in section.items)

    def comments_on(self, slug: str) -> tuple[str, ...]:
        """Keys of the comments on a page; the last one also has the open question."""
        is_last = self._find_page(slug)[0] == len(self.pages) - 1
        return (make_comment_key(slug), OPEN_QUESTION) if is_last else (make_comment_key(slug),)

    def fields_on(self, slug: str) -> tuple[str, ...]:
        """Ids of the items and keys of the comments on a page."""
        return self.items_on(slug) + self.comments_on(slug)

    def unanswered_on(self, slug: str) -> tuple[str, ...]:
        """Ids of unanswered items on a page."""
        return tuple(item for item in self.items_on(slug) if not self.get_answer(item).value)

    def build_page(self, slug: str, errors: Mapping[str, QuestionError] | None = None) -> SurveyPage:
        pages = self.pages
        index, sections = self._find_page(slug)
        texts = self.questionnaire.text(self.language)
        parts = tuple(
            PageSection(texts.sections[section.id], self._build_groups(section.items, texts, errors or {}))
            for section in sections
        )
        return SurveyPage(
            slug=slug,
            number=index + 1,
            total=len(pages),
            title=parts[0].title,
            parts=parts,
            comments=tuple(self._build_comment(key, self.get_answer(key)) for key in self.comments_on(slug)),
            minutes_left=self._estimate_minutes_from(index),
            previous_slug=pages[index - 1][0].id if index else None,
            next_slug=pages[index + 1][0].id if index + 1 < len(pages) else None,
        )

    def find_next_slug(self, slug: str) -> str | None:
        """Return the slug of the page after this one; None after the last."""
        index = self._find_page(slug)[0] + 1
        return self.pages[index][0].id if index < len(self.pages) else None

    def all_pages(self) -> tuple[SurveyPage, ...]:
        """Build all pages, for the check page and the copy of the answers."""
        return tuple(self.build_page(page[0].id) for page in self.pages)

    def build_question(self, item: str, answer: Answer | None = None) -> Question:
        """Build one question or comment, by default with the saved answer; `NotFoundError` if it is not asked."""
        shown_answer = answer or self.get_answer(item)
        if item in list_comment_keys(self.questionnaire, self.role, self.functions):
            return self._build_comment(item, shown_answer)
        if item not in {asked.id for asked in self.list_items()}:
            raise NotFoundError
        texts = self.questionnaire.text(self.language)
        return _build_question(self.questionnaire.item[item], texts, shown_answer, None)

    def _find_page(self, slug: str) -> tuple[int, tuple[Section, ...]]:
        for index, page in enumerate(self.pages):
            if page[0].id == slug:
                return index, page
        raise NotFoundError

    def get_answer(self, item: str) -> Answer:
        return self.answers.get(item, NO_ANSWER)

    def _list_items_from(self, index: int) -> tuple[Item, ...]:
        ids = (item for page in self.pages[index:] for section in page for item in section.items)
        return tuple(self.questionnaire.item[item] for item in ids)

    def _estimate_minutes_from(self, index: int) -> int:
        """Estimate the whole minutes for a page and all later ones, at least 1."""
        items = self._list_items_from(index)
        return max(1, round(estimate_minutes_of_items(self.questionnaire, items, self.language)))

    def _build_groups(
        self, items: Collection[str], texts: QuestionnaireTexts, errors: Mapping[str, QuestionError]
    ) -> tuple[QuestionGroup, ...]:
        groups = []
        for block_id, members in groupby(items, lambda item: self._get_block_id(item) or item):
            questions = tuple(
                _build_question(self.questionnaire.item[item], texts, self.get_answer(item), errors.get(item))
                for item in members
            )
            block = texts.blocks.get(block_id) if len(questions) > 1 else None
            groups.append(QuestionGroup(questions, block.stem, block.hint) if block else QuestionGroup(questions))
        return tuple(groups)

    def _build_comment(self, key: str, answer: Answer) -> Question:
        return Question(
            key,
            text="",
            hint="",
            short="",
            choices=(),
            prompts_evidence=False,
            answer=answer,
            is_about_whole=find_comment_function(self.questionnaire, key) is None,
        )

    def _get_block_id(self, item: str) -> str:
        block = self.questionnaire.block_of.get(item)
        return block.id if block else ""


def mark_opened(item: str, answer: Answer) -> str:
    return " open" if (answer.value if is_comment(item) else answer.evidence) else ""


def _build_question(item: Item, texts: QuestionnaireTexts, answer: Answer, error: QuestionError | None) -> Question:
    text = texts.items[item.id]
    return Question(
        id=item.id,
        text=text.text,
        hint=text.hint,
        short=text.short or text.text,
        choices=_build_choices(item, text.options, text.rungs),
        prompts_evidence=item.kind is not Kind.CHOICE,
        answer=answer,
        error=error,
        label=text.label,
    )


def _build_choices(item: Item, options: Mapping[str, str], rungs: Sequence[str]) -> tuple[AnswerChoice, ...]:
    if item.kind is Kind.CHOICE:
        return tuple(AnswerChoice(option, options[option]) for option in item.options)
    return tuple(AnswerChoice(str(raw), label) for raw, label in enumerate(rungs))
