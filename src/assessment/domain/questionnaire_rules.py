"""Rules of a questionnaire: scoring, indices, disclosure, comparison, benchmarks, priorities."""

from typing import Literal, TypeAlias

from msgspec import Struct

EffortGrade: TypeAlias = Literal["S", "M", "L"]
ImpactGrade: TypeAlias = Literal["M", "H"]


class CarelessRules(Struct, frozen=True):
    """Thresholds of the careless flags (method 3); responses with `exclude_at` flags or more are excluded."""

    long_string: int
    seconds_per_answer: float
    contradiction: int
    exclude_at: int


class ScoringRules(Struct, frozen=True):
    """Thresholds and cut points of methods 3 and 4."""

    submitted_share: float  # share of asked items answered from which an unsent response counts at the close
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
    careless: CarelessRules
    minimum_rows: int = 0  # of a hand-off score; required if there are hand-off rows


class EmbeddingIndex(Struct, frozen=True):
    """Index E (embedding); has one class more than cuts."""

    minimum_items: int
    floor: float
    cuts: tuple[float, ...]
    classes: tuple[str, ...]


class RedFlagRule(Struct, frozen=True):
    """Thresholds (raw 0-4) for a practitioner with much authority and without written limits."""

    authority: str
    at_least: int
    support: str
    at_most: int
    least_class: str


class SetUpToFailIndex(Struct, frozen=True):
    """Index U (set up to fail): authority without support, per person."""

    authority: tuple[str, ...]
    minimum_authority: int
    support: tuple[str, ...]
    minimum_support: int
    cuts: tuple[float, ...]
    classes: tuple[str, ...]
    red_flag: RedFlagRule
    over_controlled_at: float
    high_at: float


class PerceptionGapIndex(Struct, frozen=True):
    """Comparison of leaders and practitioners; `goals` is the choice item whose shares are compared, if any."""

    leader: str
    practitioner: str
    minimum_people: int
    indicative_at: float
    strong_at: float
    goals: str | None = None


class BalanceIndex(Struct, frozen=True):
    """Thresholds for the balance between functions."""

    flagged_below: float
    spread_at: float
    tie_below: float


class OutlookIndex(Struct, frozen=True):
    """Independence and readiness; the class fields are named `<independence>_<readiness>`."""

    independence: tuple[str, ...]
    readiness: tuple[str, ...]
    cut: float
    low_low: str
    low_high: str
    high_low: str
    high_high: str
    years: int
    reached_at: float


class IndexRules(Struct, frozen=True):
    """Items and thresholds of each index of method 5; None: the questionnaire does not have the index."""

    embedding: EmbeddingIndex | None = None
    set_up_to_fail: SetUpToFailIndex | None = None
    perception_gap: PerceptionGapIndex | None = None
    balance: BalanceIndex | None = None
    outlook: OutlookIndex | None = None


class DisclosureRules(Struct, frozen=True):
    """Default minimum group k; a figure needs k + 1 people.

    All other constants of disclosure belong to the engine (method 6.12): `domain.disclosure.guard`.
    """

    minimum_group: int


class ComparisonRules(Struct, frozen=True):
    """Cut points for the comparison of waves (method 7)."""

    common_items: float
    common_items_per_dimension: float
    changed_at: float


class BenchmarkRules(Struct, frozen=True):
    """Numbers of organisations from which a rank is shown, by precision (method 7)."""

    quarter_from: int
    nearest_five_from: int
    percentile_from: int


class PriorityRules(Struct, frozen=True):
    """Constants for the priority of advice (method 8)."""

    now: int
    whole_target: float
    gap_unit: float
    high_is_bad_from: float
    doubt: float
    impact: dict[ImpactGrade, float]
    effort: dict[EffortGrade, float]
