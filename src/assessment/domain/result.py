"""The result: every figure of the method in one immutable tree, its JSON the one of the contract.

Scores, indices and ends of intervals are 0-100, maturity 1-5, coverage and agreement as fractions.
`None` is not valid or hidden; `suppressed` says which, path by path. `bound` and `bounds` mark
released figures that stand for "10 or less" and "90 or more" (method 6).

`half_width` is what lies on either side of a figure before an interval is widened for such ends and
clipped to 0..100. Fields of method 1.1 have defaults, so that earlier releases can still be read.
"""

from typing import Literal, TypeAlias

from msgspec import Struct, field

Bound: TypeAlias = Literal["at most", "at least"]
Interval: TypeAlias = tuple[float, float]
Verdict: TypeAlias = Literal["untested", "none", "open", "indicative", "confirmed", "strong"]
Method: TypeAlias = Literal["1.0", "1.1"]
ShareBand: TypeAlias = Literal["none", "some", "half or more"]
Achievement: TypeAlias = Literal["N", "P", "L", "F"]
AgreementClass: TypeAlias = Literal["none", "weak", "moderate", "strong", "very strong"]


class ItemResult(Struct, frozen=True):
    """One item or hand-off row: `n` numeric answers, `dk` don't-knows.

    `distribution` are the shares 0-1 of the numeric answers on each rung, the lowest first.
    """

    score: float | None
    n: int | None
    dk: int | None = None
    out_of_scope: bool = False
    bound: Bound | None = None
    evidence: dict[str, int] | None = None
    distribution: tuple[float, ...] | None = None


class HandOff(Struct, frozen=True):
    """Hand-off score K_f, and the channel where the person is worst served, with its score.

    `contacts` are the shares of contacts by channel that weigh the rows. `worst_tied` lists all channels
    that share the lowest row, `worst` first, where there are several.
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
    """One function; `level` is withheld while `contested`."""

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


class Overall(Struct, frozen=True):
    """The whole organisation."""

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
    """Index E, class after the questionnaire's names."""

    score: float | None
    class_: str | None = field(name="class")
    interval: Interval | None
    n: int | None = None
    half_width: float | None = None


class SetUpToFailResult(Struct, frozen=True):
    """Index U; a release gives bands in place of `red_flags` and `share_high`."""

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
    """Leaders' and practitioners' mean on one dimension; gap > 0: leaders are more positive.

    `leaders` and `practitioners` are the people behind either mean.
    """

    leader: float
    practitioner: float
    gap: float
    interval: Interval | None
    verdict: Verdict
    bounds: dict[str, Bound] = field(default_factory=dict)
    leaders: int | None = None
    practitioners: int | None = None
    half_width: float | None = None


class GoalAnswers(Struct, frozen=True):
    """People who named a main purpose, by role."""

    leader: int
    practitioner: int


class PerceptionGapResult(Struct, frozen=True):
    """Index PG and what stands beside it; a dimension that is hidden is None."""

    score: float | None
    signed: float | None
    leader_dont_know: float | None
    goal_agreement: float | None
    dimensions: dict[str, GapDimension | None]
    bounds: dict[str, Bound] = field(default_factory=dict)
    goal_agreement_n: GoalAnswers | None = None

    @property
    def shown(self) -> dict[str, GapDimension]:
        """The dimensions that are not hidden."""
        return {name: gap for name, gap in self.dimensions.items() if gap is not None}


class BalanceResult(Struct, frozen=True):
    """How even the functions are; `weakest` None: tied.

    `lowest` are the function with the lowest score and those that can't be told apart from it.
    """

    score: float | None
    spread: float | None
    flagged: bool
    weakest: str | None
    lowest: tuple[str, ...] = ()


class OutlookResult(Struct, frozen=True):
    """Four-year outlook."""

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
    """The figure that fired an advice, as it stands in the result, and the cut it was held to.

    A figure released as a band has `band` in place of `value`.
    """

    figure: str
    value: float | None
    cut: float
    comparison: Literal["below", "at most", "at least"]
    item: str | None = None
    function: str | None = None
    dimension: str | None = None
    channel: str | None = None
    bound: Bound | None = None
    band: ShareBand | None = None


class Advice(Struct, frozen=True):
    """One piece of advice, in its place in the order; `dimension` is what a next step is about.

    `part`: whether to start it now or next. `horizon` counts from the start.
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


class Reached(Struct, frozen=True):
    """Where advice leads: `level` None where it is withheld.

    `binding` names what then holds the level down, as in `Lift`.
    """

    score: float
    level: int | None
    binding: tuple[str, ...] = ()


class Prospect(Struct, frozen=True):
    """Where a function, or the whole (`function` None), comes to: by what starts now, and by all advice."""

    function: str | None
    starting_now: Reached
    all_advice: Reached


class Lift(Struct, frozen=True):
    """The way to the target level of one function, or of the whole (`function` None).

    `binding` names the dimensions (of the whole: functions) that hold the level down; empty where
    the score itself does. `advice` None: no set reaches it; then `furthest` is how far all of them
    together get. `ties`: other sets of the same effort. `dimensions`: what a next step among the
    `advice` is about, by rule. `rung`: what an item that is advised about rises to.
    """

    function: str | None
    level: int | None
    target_level: int
    binding: tuple[str, ...]
    advice: tuple[str, ...] | None
    effort: float | None
    ties: int
    level_reached: int | None
    score_reached: float | None
    furthest: Reached | None = None
    dimensions: dict[str, str] = field(default_factory=dict)
    rung: int = 3


class CarelessRow(Struct, frozen=True):
    """A respondent left out, and the flags that spoke against the row (method 3)."""

    respondent: str
    flags: tuple[str, ...]


class Respondents(Struct, frozen=True):
    """Who counts; people are counted by role or by function, never by both.

    In a release these two take in the careless, whom they would otherwise give away: see who sent, and subtract.
    """

    counted: int
    careless: int | None
    by_role: dict[str, int | None]
    by_function: dict[str, int | None] = field(default_factory=dict)
    careless_log: tuple[CarelessRow, ...] | None = None


class InvitedNumbers(Struct, frozen=True):
    """People who were invited: `mailed` by the server, of them `mailed_to_domains` at the client's mail domains.

    `by_hand`: given a link by someone. `since_start`: invited after the opening. `revoked` ones are among all of these.
    """

    invited: int
    mailed_to_domains: int
    mailed: int
    by_hand: int
    since_start: int
    revoked: int


class WhoWasInvited(Struct, frozen=True):
    """Who was invited by the time of the release (method 6.9); `domains` are the client's mail domains.

    `replaced`: how many invitations were corrected by another one, `replaced_counting`: how many of these counted
    towards k + 1.
    """

    domains: tuple[str, ...]
    total: InvitedNumbers
    by_function: dict[str, InvitedNumbers]
    replaced: int
    replaced_counting: int


class QuestionnaireReference(Struct, frozen=True):
    """Which instrument the figures come from."""

    id: str
    version: str
    digest: str


class DisclosureNote(Struct, frozen=True):
    """What was done so that nobody's answers can be worked out; None where nothing was."""

    minimum_group: int
    needed: int
    step: float
    lowest: float
    highest: float


class Result(Struct, frozen=True):
    """All figures of one assessment, by the `method` of that time."""

    questionnaire: QuestionnaireReference
    engine: str
    computed_at: str | None
    mode: Literal["survey", "consensus"]
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
    method: Method = "1.0"
    invited: WhoWasInvited | None = None
