"""Questionnaire model: items and routing data, advice rules, texts.

Every id, weight and cut point comes from the questionnaire's files; the engine hard-codes none. Structs only:
`questionnaires` reads and validates the files, `domain.survey.routing` selects the items of a respondent.
"""

from enum import StrEnum
from functools import cached_property

from msgspec import Struct, field

from assessment.domain.questionnaire_rules import (
    BenchmarkRules,
    ComparisonRules,
    DisclosureRules,
    EffortGrade,
    ImpactGrade,
    IndexRules,
    PriorityRules,
    ScoringRules,
)

DIMENSION_PLACEHOLDER = "{dimension}"  # in the texts of a next step


class Kind(StrEnum):
    """Purpose of an item."""

    PRACTICE = "practice"  # an item of one function and one dimension
    HAND_OFF = "hand-off"  # a row of one function's hand-offs, one per channel
    PERSONAL = "personal"  # across functions: feeds an index or a rule
    CHECK = "check"  # the reverse of a practice item: never scored
    CHOICE = "choice"  # one of several named options: never scored


class Function(Struct, frozen=True):
    """A business function that social media serves; an assessment may override `weight` and `target` (0-100)."""

    id: str
    weight: float = 1.0
    target: float = 75.0


class Dimension(Struct, frozen=True):
    """One aspect of embedding; if a `required` dimension is not valid, the function has no score (method 4)."""

    id: str
    required: bool = False
    hand_offs: bool = False  # the function's hand-off score counts as one more item here


class Role(Struct, frozen=True):
    """A respondent's relation to social media; `weight` is the base weight b_r of method 4."""

    id: str
    weight: float


class Channel(Struct, frozen=True):
    """A channel people move to; a hand-off score needs one valid `direct` row."""

    id: str
    direct: bool = False


class Item(Struct, frozen=True):
    """One question. `function` None: asked across functions. Answers are 0-4, except for choices."""

    id: str
    kind: Kind
    roles: tuple[str, ...]
    function: str | None = None
    dimension: str | None = None
    channel: str | None = None
    embedding: bool = False
    checks: str | None = None
    options: tuple[str, ...] = ()
    key: str = ""  # stable across versions; defaults to the id
    revision: int = 1


class Section(Struct, frozen=True):
    """One page of the survey, before routing removes items that are not asked."""

    id: str
    items: tuple[str, ...]
    function: str | None = None


class Block(Struct, frozen=True):
    """Items of one section with a common stem and ladder, and a short label each."""

    id: str
    items: tuple[str, ...]


class FigureName(StrEnum):
    """Figures that the condition of a rule can refer to."""

    ITEM = "item"
    DIMENSION = "dimension"
    FUNCTION = "function"
    HAND_OFF = "hand-off"
    WORST_HAND_OFF = "worst-hand-off"  # raw 0-4
    EMBEDDING = "embedding"
    SET_UP_TO_FAIL = "set-up-to-fail"
    RED_FLAGS = "red-flags"
    AUTHORITY = "authority"
    AUTHORITY_MINUS_SUPPORT = "authority-minus-support"
    CONFIRMED_GAP = "confirmed-gap"
    LEADER_DONT_KNOW = "leader-dont-know"
    GOAL_AGREEMENT = "goal-agreement"
    GOAL_ANSWERS = "goal-answers"  # people who named a purpose, on the side with fewer
    BALANCE = "balance"
    SPREAD = "spread"
    INDEPENDENCE = "independence"
    READINESS = "readiness"
    AGREEMENT = "agreement"  # of the function with the lowest, 0-1
    COVERAGE = "coverage"  # of the provisional function with the lowest, 0-1


class RuleCondition(Struct, frozen=True):
    """Comparison of a figure with a cut point: exactly one of `below`, `at_most`, `at_least` is set."""

    figure: FigureName
    item: str | None = None
    function: str | None = None
    dimension: str | None = None
    below: float | None = None
    at_most: float | None = None
    at_least: float | None = None


class AdviceRule(Struct, frozen=True):
    """One piece of advice and the conditions under which it fires.

    Fires if all of `all` hold, at least one of `any` (if there are any), all of `only_if`, and none of `unless`.
    Only the figures of `any` and `all` determine the priority. `function` None: advice about the organisation.
    `pinned_if_contested`: pinned if a contested function withholds the overall level.

    `next_step` 1 or 2: a rule without conditions, filled from the data of its function. It fires if the function is
    below its target and at most 1 (for 2: none) of the function's other rules fires, and is about the first (second)
    of the dimensions to improve next.
    """

    id: str
    number: int
    effort: EffortGrade
    impact: ImpactGrade
    horizon: str
    function: str | None = None
    pinned: bool = False
    pinned_if_contested: bool = False
    risk: bool = False
    next_step: int = 0
    any: tuple[RuleCondition, ...] = ()
    all: tuple[RuleCondition, ...] = ()
    only_if: tuple[RuleCondition, ...] = ()
    unless: tuple[RuleCondition, ...] = ()


class ItemText(Struct, frozen=True):
    """Texts of an item; `rungs` has five labels, `options` one for each option of a choice.

    `text` is a complete question. `label` completes the stem of the item's block.
    """

    text: str
    rungs: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    hint: str = ""
    short: str = ""  # a few words for tables and charts; defaults to the text
    label: str = ""


class BlockText(Struct, frozen=True):
    """Texts above the items of a block; `rungs` is the ladder of all of them."""

    stem: str
    rungs: tuple[str, ...]
    hint: str = ""


class DimensionText(Struct, frozen=True):
    """Texts of a dimension; `levels` describes levels 1 to 5."""

    title: str
    levels: tuple[str, ...]
    question: str = ""


class RuleText(Struct, frozen=True):
    """Texts of a piece of advice; those of a next step contain DIMENSION_PLACEHOLDER."""

    title: str
    why: str
    steps: tuple[str, ...]
    owner: str
    indicator: str

    def insert_dimension(self, dimension: str) -> "RuleText":
        """Replace the placeholder by the title of the dimension that a next step is about."""
        title, why, owner, indicator, *steps = (
            text.replace(DIMENSION_PLACEHOLDER, dimension)
            for text in (self.title, self.why, self.owner, self.indicator, *self.steps)
        )
        return RuleText(title, why, tuple(steps), owner, indicator)


class QuestionnaireTexts(Struct, frozen=True, kw_only=True):
    """All texts of a questionnaire in one language, keyed by id."""

    language: str
    title: str
    introduction: str
    functions: dict[str, str]
    dimensions: dict[str, DimensionText]
    roles: dict[str, str]
    role_descriptions: dict[str, str]
    channels: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str]
    classes: dict[str, str]
    class_meanings: dict[str, str]
    horizons: dict[str, str]
    blocks: dict[str, BlockText] = field(default_factory=dict)
    items: dict[str, ItemText]
    rules: dict[str, RuleText]
    digest: str = ""  # separate from the questionnaire's, since a translation may be corrected later


class Questionnaire(Struct, frozen=True, dict=True, kw_only=True):
    """A validated, versioned questionnaire; `digest` covers everything except the translations."""

    id: str
    version: str
    source_language: str
    functions: tuple[Function, ...]
    dimensions: tuple[Dimension, ...]
    roles: tuple[Role, ...]
    channels: tuple[Channel, ...] = ()
    items: tuple[Item, ...]
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...]
    horizons: tuple[str, ...]
    scoring: ScoringRules
    indices: IndexRules
    disclosure: DisclosureRules
    comparison: ComparisonRules
    benchmark: BenchmarkRules
    prioritising: PriorityRules
    rules: tuple[AdviceRule, ...]
    texts: dict[str, QuestionnaireTexts]
    digest: str = ""

    @property
    def has_hand_offs(self) -> bool:
        """Return whether there are hand-off items."""
        return any(item.kind is Kind.HAND_OFF for item in self.items)

    @cached_property
    def item(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @cached_property
    def block_of(self) -> dict[str, Block]:
        """Blocks by the ids of their items."""
        return {item: block for block in self.blocks for item in block.items}

    @cached_property
    def rule(self) -> dict[str, AdviceRule]:
        """Advice rules by id."""
        return {rule.id: rule for rule in self.rules}

    def text(self, language: str) -> QuestionnaireTexts:
        """Texts in `language`, otherwise in the source language."""
        return self.texts.get(language) or self.texts[self.source_language]
