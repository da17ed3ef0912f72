"""The questionnaire: what is asked of whom, how it is scored, which advice follows.

Every id, weight and cut point comes from the questionnaire's files; the engine knows none by name.
Structs only: `library` reads and validates the files, `domain.routing` says what is asked of whom.
"""

from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct, field

Grade: TypeAlias = Literal["S", "M", "L"]
Impact: TypeAlias = Literal["M", "H"]

DIMENSION_PLACE = "{dimension}"  # in the texts of a next step


class Kind(StrEnum):
    """What an item is for."""

    PRACTICE = "practice"  # an item of one function and one dimension
    HAND_OFF = "hand-off"  # a row of one function's hand-offs, one per channel
    PERSONAL = "personal"  # across functions: feeds an index or a rule
    CHECK = "check"  # the reverse of a practice item: never scored
    CHOICE = "choice"  # one of several named options: never scored


class Function(Struct, frozen=True):
    """A business function that social media serves; `weight` and `target` (0-100) are defaults."""

    id: str
    weight: float = 1.0
    target: float = 75.0


class Dimension(Struct, frozen=True):
    """One aspect of embedding; a function without a `required` one has no score (method 4)."""

    id: str
    required: bool = False
    hand_offs: bool = False  # the function's hand-off score counts as one more item here


class Role(Struct, frozen=True):
    """How a respondent stands to social media; `weight` is the base weight b_r of method 4."""

    id: str
    weight: float


class Channel(Struct, frozen=True):
    """A channel people move to; a hand-off score needs one valid `direct` row."""

    id: str
    direct: bool = False


class Item(Struct, frozen=True):
    """One question. `function` None: asked across functions. Answers 0-4 but for choices."""

    id: str
    kind: Kind
    roles: tuple[str, ...]
    function: str | None = None
    dimension: str | None = None
    channel: str | None = None
    embedding: bool = False
    checks: str | None = None
    options: tuple[str, ...] = ()
    key: str = ""  # stable across versions; the id where empty
    revision: int = 1


class Section(Struct, frozen=True):
    """One page of the survey, before routing drops what is not asked."""

    id: str
    items: tuple[str, ...]
    function: str | None = None


class Block(Struct, frozen=True):
    """Items of one section that are read together: one stem and one ladder, then a short label for each item."""

    id: str
    items: tuple[str, ...]


class Careless(Struct, frozen=True):
    """Flags of method 3: excluded at `exclude_at` flags or more."""

    long_string: int
    seconds_per_answer: float
    contradiction: int
    exclude_at: int


class Scoring(Struct, frozen=True):
    """Thresholds and cut points of method 3 and 4."""

    submitted_share: float  # of asked items answered: counts at the close though not sent
    minimum_answers: int
    full_weight_answers: int
    out_of_scope_share: float
    valid_item_share: float
    minimum_dimensions: int
    minimum_functions: int
    provisional_below: float
    partial_above: float
    bands: tuple[float, ...]
    level_step: int
    achievement: tuple[float, ...]
    interval_confidence: float
    interval_minimum: int
    agreement_minimum: int
    agreement_cuts: tuple[float, ...]
    contested_below: float
    careless: Careless
    minimum_rows: int = 0  # of a hand-off score; needed where there are hand-off rows


class Embedding(Struct, frozen=True):
    """Index E; one class more than cuts."""

    minimum_items: int
    floor: float
    cuts: tuple[float, ...]
    classes: tuple[str, ...]


class RedFlag(Struct, frozen=True):
    """A practitioner who may promise much and can show no limits (raw 0-4 scale)."""

    authority: str
    at_least: int
    support: str
    at_most: int
    least_class: str


class SetUpToFail(Struct, frozen=True):
    """Index U: authority without support, per person."""

    authority: tuple[str, ...]
    minimum_authority: int
    support: tuple[str, ...]
    minimum_support: int
    cuts: tuple[float, ...]
    classes: tuple[str, ...]
    red_flag: RedFlag
    over_controlled_at: float
    high_at: float


class PerceptionGap(Struct, frozen=True):
    """Leaders against practitioners; `goals` is the choice item whose shares are compared, if there is one."""

    leader: str
    practitioner: str
    minimum_people: int
    indicative_at: float
    strong_at: float
    goals: str | None = None


class Balance(Struct, frozen=True):
    """How far the functions are apart."""

    flagged_below: float
    spread_at: float
    tie_below: float


class Outlook(Struct, frozen=True):
    """Independence and readiness; classes are named by (independence, readiness)."""

    independence: tuple[str, ...]
    readiness: tuple[str, ...]
    cut: float
    low_low: str
    low_high: str
    high_low: str
    high_high: str
    years: int
    reached_at: float


class Indices(Struct, frozen=True):
    """What each index of method 5 is made of; an index that is left out does not apply."""

    embedding: Embedding | None = None
    set_up_to_fail: SetUpToFail | None = None
    perception_gap: PerceptionGap | None = None
    balance: Balance | None = None
    outlook: Outlook | None = None


class Disclosure(Struct, frozen=True):
    """The minimum group k where an assessment names none; a figure needs k + 1 people.

    All other constants of disclosure belong to the engine (method 6.12): `domain.disclosure`.
    """

    minimum_group: int


class Comparison(Struct, frozen=True):
    """Cut points of method 7."""

    common_items: float
    common_items_per_dimension: float
    changed_at: float


class Benchmark(Struct, frozen=True):
    """Cut points of method 7: from how many organisations a rank is shown, and how fine."""

    quarter_from: int
    nearest_five_from: int
    percentile_from: int


class Prioritising(Struct, frozen=True):
    """Constants of method 8."""

    now: int
    whole_target: float
    gap_unit: float
    high_is_bad_from: float
    doubt: float
    impact: dict[Impact, float]
    effort: dict[Grade, float]


class Figure(StrEnum):
    """Figures that a rule's condition can name."""

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


class Condition(Struct, frozen=True):
    """One figure against one cut: exactly one of `below`, `at_most`, `at_least` is set."""

    figure: Figure
    item: str | None = None
    function: str | None = None
    dimension: str | None = None
    below: float | None = None
    at_most: float | None = None
    at_least: float | None = None


class Rule(Struct, frozen=True):
    """One piece of advice and when it is given.

    Fires when one of `any` or each of `all` holds, and each of `only_if`, and none of `unless`.
    The figures of `any` and `all` give the priority; those of `only_if` and `unless` do not.
    `function` None: advice about the whole. `pinned_if_contested`: pinned where a contested function
    withholds the level of the whole.

    `next_step` 1 or 2: a rule without conditions, filled from the data of its function. It fires where
    the function is below its target and at most 1 (0) of the function's other rules fire, and is about
    the first (second) of the dimensions to improve next.
    """

    id: str
    number: int
    effort: Grade
    impact: Impact
    horizon: str
    function: str | None = None
    pinned: bool = False
    pinned_if_contested: bool = False
    risk: bool = False
    next_step: int = 0
    any: tuple[Condition, ...] = ()
    all: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()


class ItemText(Struct, frozen=True):
    """An item as a person reads it; `rungs` has five labels, `options` one for each choice.

    `text` can be read alone. `label` completes the stem of the block that the item belongs to.
    """

    text: str
    rungs: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    hint: str = ""
    short: str = ""  # a few words, for tables and charts; the text where empty
    label: str = ""


class BlockText(Struct, frozen=True):
    """What is read once above the items of a block; `rungs` is the ladder of each of them."""

    stem: str
    rungs: tuple[str, ...]
    hint: str = ""


class DimensionText(Struct, frozen=True):
    """A dimension as a person reads it; `levels` describes levels 1 to 5."""

    title: str
    levels: tuple[str, ...]
    question: str = ""


class RuleText(Struct, frozen=True):
    """A piece of advice as a person reads it; that of a next step has a place for its dimension."""

    title: str
    why: str
    steps: tuple[str, ...]
    owner: str
    indicator: str

    def about(self, dimension: str) -> "RuleText":
        """Fill in the title of the dimension that a next step is about."""
        title, why, owner, indicator, *steps = (
            text.replace(DIMENSION_PLACE, dimension)
            for text in (self.title, self.why, self.owner, self.indicator, *self.steps)
        )
        return RuleText(title, why, tuple(steps), owner, indicator)


class Texts(Struct, frozen=True, kw_only=True):
    """All that people read of a questionnaire, in one language."""

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
    digest: str = ""  # a translation may be corrected: its digest is its own


class Questionnaire(Struct, frozen=True, dict=True, kw_only=True):
    """A validated, versioned questionnaire; `digest` covers all but the translations."""

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
    scoring: Scoring
    indices: Indices
    disclosure: Disclosure
    comparison: Comparison
    benchmark: Benchmark
    prioritising: Prioritising
    rules: tuple[Rule, ...]
    texts: dict[str, Texts]
    digest: str = ""

    @property
    def has_hand_offs(self) -> bool:
        """Whether anything is asked about moving between channels."""
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
    def rule(self) -> dict[str, Rule]:
        """Advice rules by id."""
        return {rule.id: rule for rule in self.rules}

    def text(self, language: str) -> Texts:
        """Texts in `language`, else in the language the questionnaire was written in."""
        return self.texts.get(language) or self.texts[self.source_language]
