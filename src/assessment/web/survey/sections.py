"""A page of the survey as its template shows it: who is asked what, what is held, what is missing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from assessment.domain import routing
from assessment.domain.questionnaire import Item, Kind, Questionnaire, Section, Texts
from assessment.errors import NotFoundError
from assessment.services.answering import EVIDENCE_FROM
from assessment.services.principals import Respondent
from assessment.storage.responses import StoredAnswer

Fault: TypeAlias = Literal["missing"]
Pages: TypeAlias = tuple[tuple[Section, ...], ...]


class Held(Struct, frozen=True):
    """One answer as it is stored; sequence 0: none yet."""

    value: str = ""
    reason: str = ""
    evidence: str = ""
    sequence: int = 0


def held_of(stored: Mapping[str, StoredAnswer]) -> dict[str, Held]:
    """Take from stored answers what pages show."""
    return {item: Held(each.value, each.reason, each.evidence, each.sequence) for item, each in stored.items()}


class Choice(Struct, frozen=True):
    """One labelled point of a ladder, or one option."""

    value: str
    label: str
    solid: bool = False


class Question(Struct, frozen=True):
    """One item as it is asked."""

    id: str
    text: str
    hint: str
    short: str
    choices: tuple[Choice, ...]
    prompts_evidence: bool
    held: Held
    fault: Fault | None = None

    @property
    def chosen(self) -> str:
        """The label of the held answer, for ladders and options."""
        return self.words(self.held.value)

    def words(self, value: str) -> str:
        """Return a choice's words; empty for `dk`, `na` and nothing."""
        return next((choice.label for choice in self.choices if choice.value == value), "")


class Part(Struct, frozen=True):
    """One section on a page that may hold several."""

    title: str
    questions: tuple[Question, ...]


class Page(Struct, frozen=True):
    """One page; `number` counts from 1."""

    slug: str
    number: int
    total: int
    title: str
    parts: tuple[Part, ...]
    previous: str | None
    following: str | None

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of the page."""
        return tuple(question for part in self.parts for question in part.questions)

    @property
    def faulty(self) -> tuple[Question, ...]:
        """Questions that the error summary names."""
        return tuple(question for question in self.questions if question.fault)


class Survey(Struct, frozen=True):
    """What one person is asked, in one language, and what is held of it."""

    questionnaire: Questionnaire
    role: str
    functions: tuple[str, ...]
    language: str
    held: Mapping[str, Held]

    @classmethod
    def of(cls, questionnaire: Questionnaire, who: Respondent, held: Mapping[str, Held]) -> "Survey":
        """Build the survey of one respondent."""
        return cls(questionnaire, who.role, who.functions, who.language, held)

    @property
    def pages(self) -> Pages:
        """Pages in order."""
        return routing.sections(self.questionnaire, self.role, self.functions)

    def asked(self) -> tuple[Item, ...]:
        """Items asked, in the order of the pages."""
        ids = (item for page in self.pages for section in page for item in section.items)
        return tuple(self.questionnaire.item[item] for item in ids)

    def unanswered(self) -> tuple[str, ...]:
        """Ids of what is asked and not answered."""
        return tuple(item.id for item in self.asked() if not self._held(item.id).value)

    def first_open(self) -> str | None:
        """Return the first page with something unanswered."""
        for page in self.pages:
            if any(not self._held(item).value for section in page for item in section.items):
                return page[0].id
        return None

    def items_on(self, slug: str) -> tuple[str, ...]:
        """Ids of the items on a page; `NotFoundError` for a page that this person does not have."""
        return tuple(item for section in self._page(slug)[1] for item in section.items)

    def unanswered_on(self, slug: str) -> tuple[str, ...]:
        """Ids of what is asked on a page and not answered."""
        return tuple(item for item in self.items_on(slug) if not self._held(item).value)

    def page(self, slug: str, faults: Mapping[str, Fault] | None = None) -> Page:
        """Build one page."""
        pages = self.pages
        index, sections = self._page(slug)
        texts = self.questionnaire.text(self.language)
        parts = tuple(
            Part(texts.sections[section.id], self._questions(section.items, texts, faults or {}))
            for section in sections
        )
        return Page(
            slug=slug,
            number=index + 1,
            total=len(pages),
            title=parts[0].title,
            parts=parts,
            previous=pages[index - 1][0].id if index else None,
            following=pages[index + 1][0].id if index + 1 < len(pages) else None,
        )

    def all_pages(self) -> tuple[Page, ...]:
        """Build every page, as the check page and the copy of one's answers show them."""
        return tuple(self.page(page[0].id) for page in self.pages)

    def question(self, item: str, held: Held | None = None) -> Question:
        """Build one question, with another answer than the saved one; `NotFoundError` where it is not asked."""
        if item not in {asked.id for asked in self.asked()}:
            raise NotFoundError
        texts = self.questionnaire.text(self.language)
        return _question(self.questionnaire.item[item], texts, held or self._held(item), None)

    def _page(self, slug: str) -> tuple[int, tuple[Section, ...]]:
        for index, page in enumerate(self.pages):
            if page[0].id == slug:
                return index, page
        raise NotFoundError

    def _held(self, item: str) -> Held:
        return self.held.get(item, Held())

    def _questions(self, items: Collection[str], texts: Texts, faults: Mapping[str, Fault]) -> tuple[Question, ...]:
        return tuple(
            _question(self.questionnaire.item[item], texts, self._held(item), faults.get(item)) for item in items
        )


def _question(item: Item, texts: Texts, held: Held, fault: Fault | None) -> Question:
    text = texts.items[item.id]
    return Question(
        id=item.id,
        text=text.text,
        hint=text.hint,
        short=text.short or text.text,
        choices=_choices(item, text.options, text.rungs),
        prompts_evidence=item.kind is Kind.PRACTICE,
        held=held,
        fault=fault,
    )


def _choices(item: Item, options: Mapping[str, str], rungs: Sequence[str]) -> tuple[Choice, ...]:
    if item.kind is Kind.CHOICE:
        return tuple(Choice(option, options[option]) for option in item.options)
    return tuple(Choice(str(raw), label, solid=str(raw) in EVIDENCE_FROM) for raw, label in enumerate(rungs))
