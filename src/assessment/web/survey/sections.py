"""View models of survey pages: questions by role and functions, with saved answers and what is missing."""

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
    """Saved answer as pages show it; sequence 0 if there is none yet."""

    value: str = ""
    reason: str = ""
    evidence: str = ""
    sequence: int = 0


def held_of(stored: Mapping[str, StoredAnswer]) -> dict[str, Held]:
    return {item: Held(each.value, each.reason, each.evidence, each.sequence) for item, each in stored.items()}


class Choice(Struct, frozen=True):
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
    choices: tuple[Choice, ...]
    prompts_evidence: bool
    held: Held
    fault: Fault | None = None

    @property
    def chosen(self) -> str:
        """Label of the saved answer."""
        return self.words(self.held.value)

    def words(self, value: str) -> str:
        """Return the label of a rung or option; empty for `dk`, `na` and no answer."""
        return next((choice.label for choice in self.choices if choice.value == value), "")


class Part(Struct, frozen=True):
    """Section of a page; a page can have several."""

    title: str
    questions: tuple[Question, ...]


class Page(Struct, frozen=True):
    """Page of the survey; `number` starts at 1, `slug` is the id of its first section."""

    slug: str
    number: int
    total: int
    title: str
    parts: tuple[Part, ...]
    previous: str | None
    following: str | None

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for part in self.parts for question in part.questions)

    @property
    def faulty(self) -> tuple[Question, ...]:
        """Questions for the error summary."""
        return tuple(question for question in self.questions if question.fault)


class Survey(Struct, frozen=True):
    """Questionnaire of one respondent: routing by role and functions, one language, saved answers."""

    questionnaire: Questionnaire
    role: str
    functions: tuple[str, ...]
    language: str
    held: Mapping[str, Held]

    @classmethod
    def of(cls, questionnaire: Questionnaire, who: Respondent, held: Mapping[str, Held]) -> "Survey":
        return cls(questionnaire, who.role, who.functions, who.language, held)

    @property
    def pages(self) -> Pages:
        return routing.sections(self.questionnaire, self.role, self.functions)

    def asked(self) -> tuple[Item, ...]:
        """Items that this person is asked, in page order."""
        ids = (item for page in self.pages for section in page for item in section.items)
        return tuple(self.questionnaire.item[item] for item in ids)

    def unanswered(self) -> tuple[str, ...]:
        """Ids of unanswered items."""
        return tuple(item.id for item in self.asked() if not self._held(item.id).value)

    def first_open(self) -> str | None:
        """Return the slug of the first page with an unanswered item."""
        for page in self.pages:
            if any(not self._held(item).value for section in page for item in section.items):
                return page[0].id
        return None

    def items_on(self, slug: str) -> tuple[str, ...]:
        """Ids of the items on a page; raises `NotFoundError` if this person does not have the page."""
        return tuple(item for section in self._page(slug)[1] for item in section.items)

    def unanswered_on(self, slug: str) -> tuple[str, ...]:
        """Ids of unanswered items on a page."""
        return tuple(item for item in self.items_on(slug) if not self._held(item).value)

    def page(self, slug: str, faults: Mapping[str, Fault] | None = None) -> Page:
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
        """Build all pages, for the check page and the copy of the answers."""
        return tuple(self.page(page[0].id) for page in self.pages)

    def question(self, item: str, held: Held | None = None) -> Question:
        """Build one question, by default with the saved answer; raises `NotFoundError` if the item is not asked."""
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
