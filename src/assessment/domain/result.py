"""Result: all figures of the method in one immutable tree, serialised to the JSON of the API.

Scores, indices and interval ends are 0-100, maturity 1-5, coverage and agreement fractions. `None`: not valid or
hidden; `suppressed` maps the paths of hidden figures to reasons. `bound` and `bounds` mark released figures that
stand for "10 or less" or "90 or more" (method 6).

`half_width` is the half-width of an interval before it is widened for clipped items and cut to 0..100. Fields added
by method 1.1 have defaults, so that earlier releases can be decoded.
"""

from typing import Literal, TypeAlias

from msgspec import Struct, field

from assessment.domain.advice_outcomes import Lift, Prospect
from assessment.domain.closed_sets import Mode
from assessment.domain.invited_numbers import WhoWasInvited

Bound: TypeAlias = Literal["at most", "at least"]
Interval: TypeAlias = tuple[float, float]
GapVerdict: TypeAlias = Literal["untested", "none", "open", "indicative", "confirmed", "strong"]
MethodVersion: TypeAlias = Literal["1.0", "1.1"]
ShareBand: TypeAlias = Literal["none", "some", "half or more"]
Comparison: TypeAlias = Literal["below", "at most", "at least"]
Achievement: TypeAlias = Literal["N", "P", "L", "F"]
AgreementClass: TypeAlias = Literal["none", "weak", "moderate", "strong", "very strong"]

CONFIRMED_VERDICTS: tuple[GapVerdict, ...] = ("confirmed", "strong")


class ItemResult(Struct, frozen=True):
    """One item or hand-off row with its `n` numeric answers and `dk` answers "I don't know".

    `distribution` holds the shares 0-1 of the numeric answers by rung, lowest first; if released, by class of rungs.
    `withheld`: hidden because its score could decide a single answer.
    """

    score: float | None
    n: int | None
    dk: int | None = None
    out_of_scope: bool = False
    bound: Bound | None = None
    evidence: dict[str, int] | None = None
    distribution: tuple[float, ...] | None = None
    withheld: bool = False


class HandOff(Struct, frozen=True):
    """Hand-off score K_f, and the channel with the lowest row.

    `contacts` are the shares of contacts by channel, the weights of the rows. `worst_tied` lists all channels that
    share the lowest score, `worst` first, if there are several.
    """

    score: float | None
    worst: str | None
    worst_score: float | None = None
    rows: dict[str, ItemResult] = field(default_factory=dict)
    contacts: dict[str, float] = field(default_factory=dict)
    worst_tied: tuple[str, ...] = ()


class DimensionResult(Struct, frozen=True):
    """One dimension of one function."""

    score: float | None
    interval: Interval | None
    agreement: float | None
    items: dict[str, ItemResult]
    agreement_class: AgreementClass | None = None
    maturity: float | None = None
    band: int | None = None
    achievement: Achievement | None = None
    n: int | None = None
    out_of_scope: bool = False
    half_width: float | None = None


class FunctionResult(Struct, frozen=True):
    """One function; `level` is withheld (None) if `contested`.

    `evidence_share` is the share 0-1 of its ratings on rung 3 or 4 for which there is a document or data.
    """

    score: float | None
    maturity: float | None
    band: int | None
    level: int | None
    interval: Interval | None
    agreement: float | None
    contested: bool
    coverage: float | None
    provisional: bool
    partial: bool
    embedding: float | None
    hand_off: HandOff
    dimensions: dict[str, DimensionResult]
    target: float
    weight: float
    achievement: Achievement | None = None
    agreement_class: AgreementClass | None = None
    n: int | None = None
    people: int | None = None
    out_of_scope: bool = False
    half_width: float | None = None
    evidence_share: float | None = None


class Overall(Struct, frozen=True):
    """Figures of the whole organisation."""

    score: float | None
    maturity: float | None
    band: int | None
    level: int | None
    interval: Interval | None
    coverage: float | None
    provisional: bool
    contested: bool
    achievement: Achievement | None = None
    n: int | None = None
    half_width: float | None = None


class EmbeddingResult(Struct, frozen=True):
    """Index E (embedding); classes are named by the questionnaire."""

    score: float | None
    class_: str | None = field(name="class")
    interval: Interval | None
    n: int | None = None
    half_width: float | None = None


class SetUpToFailResult(Struct, frozen=True):
    """Index U (set up to fail); a release has bands instead of `red_flags` and `share_high`."""

    score: float | None
    class_: str | None = field(name="class")
    authority: float | None
    support: float | None
    difference: float | None
    over_controlled: bool | None
    red_flags: int | None
    share_high: float | None
    n: int | None
    red_flags_band: ShareBand | None = None
    share_high_band: ShareBand | None = None
    bounds: dict[str, Bound] = field(default_factory=dict)


class GapDimension(Struct, frozen=True):
    """Leaders' and practitioners' means on one dimension; gap > 0: leaders are more positive.

    `leaders` and `practitioners` are the numbers of people behind the means.
    """

    leader: float
    practitioner: float
    gap: float
    interval: Interval | None
    verdict: GapVerdict
    bounds: dict[str, Bound] = field(default_factory=dict)
    leaders: int | None = None
    practitioners: int | None = None
    half_width: float | None = None


class GoalAnswers(Struct, frozen=True):
    """Numbers of people who chose a main purpose, by role."""

    leader: int
    practitioner: int


class PerceptionGapResult(Struct, frozen=True):
    """Index PG (perception gap) and related figures; a hidden dimension is None.

    `withheld` names those that are hidden because their means could decide a single answer.
    """

    score: float | None
    signed: float | None
    leader_dont_know: float | None
    goal_agreement: float | None
    dimensions: dict[str, GapDimension | None]
    bounds: dict[str, Bound] = field(default_factory=dict)
    goal_agreement_n: GoalAnswers | None = None
    withheld: tuple[str, ...] = ()

    @property
    def visible_dimensions(self) -> dict[str, GapDimension]:
        """The dimensions that are not hidden."""
        return {name: gap for name, gap in self.dimensions.items() if gap is not None}


class BalanceResult(Struct, frozen=True):
    """Balance between the functions; `weakest` None: tied.

    `lowest` holds the function with the lowest score and all that do not differ from it beyond chance.
    """

    score: float | None
    spread: float | None
    flagged: bool
    weakest: str | None
    lowest: tuple[str, ...] = ()


class OutlookResult(Struct, frozen=True):
    """Outlook of the roles in four years."""

    independence: float | None
    readiness: float | None
    class_: str | None = field(name="class")
    n: int | None = None
    bounds: dict[str, Bound] = field(default_factory=dict)


class IndicesResult(Struct, frozen=True):
    """Indices of method 5; None where one does not apply."""

    embedding: EmbeddingResult | None
    set_up_to_fail: SetUpToFailResult | None
    perception_gap: PerceptionGapResult | None
    balance: BalanceResult | None
    beyond_one_network: float | None
    outlook: OutlookResult | None


class FiredFigure(Struct, frozen=True):
    """The figure that fired a rule, and the cut point it was compared with.

    A figure released as a band has `band` instead of `value`.
    """

    figure: str
    value: float | None
    cut: float
    comparison: Comparison
    item: str | None = None
    function: str | None = None
    dimension: str | None = None
    channel: str | None = None
    bound: Bound | None = None
    band: ShareBand | None = None


class Advice(Struct, frozen=True):
    """One piece of advice, in order of priority; `dimension` is the subject of a next step.

    `part`: whether to start it now or next. `horizon` is counted from that start.
    """

    id: str
    priority: float
    number: int
    part: Literal["now", "next"]
    horizon: str
    effort: str
    impact: str
    importance: float
    pinned: bool
    risk: bool
    function: str | None
    target: float
    gap: float
    fired: tuple[FiredFigure, ...]
    dimension: str | None = None


class CarelessRow(Struct, frozen=True):
    """An excluded respondent and the careless flags raised (method 3)."""

    respondent: str
    flags: tuple[str, ...]


class Respondents(Struct, frozen=True):
    """Numbers of respondents, by role or by function, never by both.

    In a release `by_role` and `by_function` include careless respondents. Otherwise, subtracting them from the
    publicly known numbers of people who sent answers would disclose who was careless.
    """

    counted: int
    careless: int | None
    by_role: dict[str, int | None]
    by_function: dict[str, int | None] = field(default_factory=dict)
    careless_log: tuple[CarelessRow, ...] | None = None


class QuestionnaireReference(Struct, frozen=True):
    """Questionnaire version that the figures come from."""

    id: str
    version: str
    digest: str


class DisclosureNote(Struct, frozen=True):
    """Disclosure rules that were applied to a result."""

    minimum_group: int
    needed: int
    step: float
    lowest: float
    highest: float


class Result(Struct, frozen=True):
    """All figures of one assessment; `method` is the version that computed them, `disclosure` None: unsuppressed."""

    questionnaire: QuestionnaireReference
    engine: str
    computed_at: str | None
    mode: Mode
    disclosure: DisclosureNote | None
    respondents: Respondents
    overall: Overall
    functions: dict[str, FunctionResult]
    indices: IndicesResult
    personal: dict[str, ItemResult]
    advice: tuple[Advice, ...]
    lifts: tuple[Lift, ...] = ()
    suppressed: dict[str, str] = field(default_factory=dict)
    prospects: tuple[Prospect, ...] = ()
    method: MethodVersion = "1.0"
    invited: WhoWasInvited | None = None
