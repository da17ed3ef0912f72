"""Source of all sections: questionnaire, result, names and rounded figures."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.closed_sets import Mode
from assessment.domain.display import (
    RoundingScale,
    drop_zero_decimals,
    get_difference_bound,
    get_mean_bound,
    round_figure,
)
from assessment.domain.questionnaire import Item, Kind, Questionnaire, QuestionnaireTexts
from assessment.domain.report.details import ReportDetails
from assessment.domain.report.figures import FigureRounder, LevelScore, ReportFigure, build_figure_rounder
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.plan_edits import edit_advice, list_dropped_ids
from assessment.domain.result import Advice, Bound, DimensionResult, FunctionResult, ItemResult, Result
from assessment.domain.scoring.cut_points import CUT_DECIMALS, is_at_most
from assessment.domain.scoring.intervals import is_apart

MAX_NAME_LENGTH = 80
PERCENT_SCALE = RoundingScale(0)
MAX_NAMED_PLACES = 3  # more places of a table are counted instead of named
PAIR_SIZE = 2
DIMENSION_PART = 3  # place of the dimension's id in the path of its score
MIN_POINTS_APART = 5.0  # points; used if the questionnaire has no balance index


class ReportSource(Struct, frozen=True):
    """Questionnaire, result, details and texts of one report."""

    questionnaire: Questionnaire
    result: Result
    details: ReportDetails
    texts: QuestionnaireTexts
    figures: FigureRounder
    computed_advice: tuple[Advice, ...] = ()  # before the consultant reordered or dropped any

    @property
    def has_computed_start(self) -> bool:
        """Return whether the same actions start now, and the same follow, as computed: only then forecasts hold."""
        now, computed = (
            {(advice.id, advice.part) for advice in advices} for advices in (self.result.advice, self.computed_advice)
        )
        return now == computed

    @property
    def dropped_advice(self) -> tuple[Advice, ...]:
        """Computed advice that the consultant left out."""
        dropped = list_dropped_ids(self.details)
        return tuple(advice for advice in self.computed_advice if advice.id in dropped)

    @property
    def is_consensus(self) -> bool:
        """Return whether each function has one agreed record instead of survey responses."""
        return self.result.mode == Mode.CONSENSUS

    @property
    def has_no_scores(self) -> bool:
        """Return whether there is no score at all, so that missing advice must not be read as good news."""
        return self.result.overall.score is None and not self.list_scored_functions()

    @property
    def is_first_method(self) -> bool:
        """Return whether method 1.0 computed the result: it left gaps without intervals untested, ranking by points."""
        return self.result.method == "1.0"

    @property
    def first_decision_id(self) -> str | None:
        """Id of the advice to clarify contested scores before all else; None if no function is contested.

        Also None where a contested function does not withhold the overall level, and the advice does not start now.
        """
        if not any(function.contested for _, function in self.list_scored_functions()):
            return None
        first = {rule.id for rule in self.questionnaire.rules if rule.pinned_if_contested}
        return next((advice.id for advice in self.result.advice if advice.id in first and advice.part == "now"), None)

    @property
    def organisation(self) -> str:
        """Name of the organisation, truncated for use in a sentence."""
        name = " ".join(self.details.organisation.split())
        return name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - 1].rstrip() + "…"

    @property
    def cuts(self) -> tuple[Decimal, ...]:
        """Cut points between the levels."""
        return tuple(to_exact_decimal(cut) for cut in self.questionnaire.scoring.bands)

    def name_function(self, identifier: str) -> str:
        """Name of a function."""
        return self.texts.functions.get(identifier, identifier)

    def name_dimension(self, identifier: str) -> str:
        """Name of a dimension."""
        text = self.texts.dimensions.get(identifier)
        return text.title if text else identifier

    def name_channel(self, identifier: str | None) -> str:
        """Name of a channel."""
        return self.texts.channels.get(identifier, identifier) if identifier else ""

    def name_role(self, identifier: str) -> str:
        """Name of a role."""
        return self.texts.roles.get(identifier, identifier)

    def name_rule(self, advice: Advice) -> str:
        """Computed title of a piece of advice."""
        text = self.texts.rules.get(advice.id)
        if text is None:
            return advice.id
        return text.insert_dimension(self.name_dimension(advice.dimension)).title if advice.dimension else text.title

    def name_class(self, identifier: str | None) -> str:
        """Name of a class of an index."""
        return self.texts.classes.get(identifier, identifier) if identifier else ""

    def get_class_meaning(self, identifier: str | None) -> str:
        """Meaning of a class of an index."""
        return self.texts.class_meanings.get(identifier, "") if identifier else ""

    def name_item(self, item: str) -> str:
        """Short name of an item; its text if there is none."""
        text = self.texts.items.get(item)
        return (text.short or text.text) if text else item

    def get_item_text(self, item: str) -> str:
        """Full text of an item."""
        text = self.texts.items.get(item)
        return text.text if text else item

    def list_functions(self) -> Iterable[tuple[str, FunctionResult]]:
        """Functions of the result in questionnaire order."""
        for function in self.questionnaire.functions:
            if function.id in self.result.functions:
                yield function.id, self.result.functions[function.id]

    def list_scored_functions(self) -> tuple[tuple[str, FunctionResult], ...]:
        """Functions with a score."""
        return tuple((name, function) for name, function in self.list_functions() if function.score is not None)

    def list_contested_names(self) -> tuple[str, ...]:
        """Names of the functions whose people disagree, with a score or without."""
        return list_names(self.name_function(name) for name, function in self.list_functions() if function.contested)

    def is_apart(self, first: FunctionResult | DimensionResult, second: FunctionResult | DimensionResult) -> bool:
        """Return whether one score may be called ahead of the other (method 4); method 1.0 compares points only."""
        balance = self.questionnaire.indices.balance
        min_points = balance.tie_below if balance else MIN_POINTS_APART
        if first.score is None or second.score is None:
            return False
        by_points = self.is_consensus or self.is_first_method
        return is_apart(
            (first.score, first.half_width), (second.score, second.half_width), min_points, consensus=by_points
        )

    def is_apart_from_rest(self, ranked: Sequence[FunctionResult | DimensionResult]) -> bool:
        """Return whether the first may be called ahead of (or behind) the next one, and all that share its place."""
        first, following, *_ = ranked
        place = round(following.score or 0.0, CUT_DECIMALS)
        tied = [one for one in ranked[1:] if round(one.score or 0.0, CUT_DECIMALS) == place]
        return all(self.is_apart(first, one) for one in tied)

    def list_items(self, kind: Kind, function: str | None) -> tuple[Item, ...]:
        """Items of one kind and function in questionnaire order."""
        return tuple(item for item in self.questionnaire.items if item.kind is kind and item.function == function)

    def build_item_figure(self, item: ItemResult | None, path: str) -> ReportFigure:
        """Figure of an item or hand-off row."""
        if item is None:
            return self.figures.build_missing(path)
        if item.out_of_scope:
            return ReportFigure(None, missing=make_message("missing.out-of-scope"))
        figure = self.figures.round_step(item.score, f"{path}.score", item.bound, item.n)
        return ReportFigure(figure.value, None, figure.n, item.dk, figure.bound, figure.missing)

    def round_shares(self, item: ItemResult | None) -> tuple[Decimal, ...]:
        """Percentages of an item's answers by rung; empty if hidden or in consensus mode."""
        if item is None or item.distribution is None or self.is_consensus:
            return ()
        return tuple(round_figure(100 * share, PERCENT_SCALE) for share in item.distribution)

    def build_dimension_figure(self, path: str, dimension: DimensionResult) -> ReportFigure:
        """Figure of a dimension; with a bound if all its items are clipped at the same end."""
        figure = self.figures.round_score(dimension.score, path, dimension.interval, dimension.n)
        parts = path.split(".")
        names = [self.name_function(parts[1]), self.name_dimension(parts[3])] if len(parts) > DIMENSION_PART else []
        bound = get_items_bound(dimension.score, dimension.items.values())
        return replace(figure, bound=bound, moderated=self.find_moderated(" · ".join(names)))

    def find_moderated(self, place: str) -> Decimal | None:
        """Consultant's value of the score at a place, which is named as in `ScoreModeration`."""
        values = [moderation.moderated for moderation in self.details.moderations if moderation.place == place]
        return self.round_score(values[-1]) if values and place else None

    def build_level_score(self, identifier: str) -> LevelScore:
        """A function on the level scale."""
        function = self.result.functions[identifier]
        path = f"functions.{identifier}"
        figure = self.figures.round_score(function.score, f"{path}.score", function.interval, function.n)
        bound = get_items_bound(function.score, _list_function_items(function))
        figure = replace(figure, bound=bound, moderated=self.find_moderated(self.name_function(identifier)))
        if function.out_of_scope:
            figure = ReportFigure(None, missing=make_message("missing.out-of-scope"))
        target = to_exact_decimal(function.target)
        return LevelScore(
            self.name_function(identifier),
            figure,
            function.band,
            function.level,
            function.contested,
            function.provisional,
            target,
            build_distance(figure, target),
        )

    def build_overall_score(self) -> LevelScore:
        """The overall score on the level scale."""
        overall = self.result.overall
        figure = self.figures.round_score(overall.score, "overall.score", overall.interval, overall.n)
        items = [item for _, function in self.list_scored_functions() for item in _list_function_items(function)]
        moderated = self.find_moderated(self.details.organisation)
        figure = replace(figure, bound=get_items_bound(overall.score, items), moderated=moderated)
        target = to_exact_decimal(self.questionnaire.prioritising.whole_target)
        return LevelScore(
            self.organisation,
            figure,
            overall.band,
            overall.level,
            overall.contested,
            overall.provisional,
            target,
            build_distance(figure, target),
        )

    def get_balance_bound(self) -> Bound | None:
        """Bound of the lowest function in percent of the highest; the spread has the opposite one."""
        scored = sorted(self.list_scored_functions(), key=lambda pair: pair[1].score or 0.0)
        if not scored:
            return None
        lowest, highest = (self.build_level_score(name).figure.bound for name, _ in (scored[0], scored[-1]))
        return get_difference_bound(lowest, highest)

    def build_embedding_figure(self) -> ReportFigure:
        """Overall embedding; "or less" if it is at its floor."""
        embedding, index = self.result.indices.embedding, self.questionnaire.indices.embedding
        path = "indices.embedding.score"
        if embedding is None or index is None:
            return self.figures.build_missing(path)
        figure = self.figures.round_score(embedding.score, path, embedding.interval, embedding.n)
        return replace(figure, bound="at most") if self.is_at_floor(embedding.score) else figure

    def is_at_floor(self, embedding: float | None) -> bool:
        """Return whether an embedding score is at the floor of the index."""
        index = self.questionnaire.indices.embedding
        return embedding is not None and index is not None and is_at_most(embedding, index.floor)

    def round_score(self, value: float) -> Decimal:
        """Round a 0-100 score."""
        return round_figure(value, self.figures.scales.score)

    def round_value(self, value: float, scale: RoundingScale) -> Decimal:
        """Round by a scale."""
        return round_figure(value, scale)


def build_source(
    questionnaire: Questionnaire, result: Result, details: ReportDetails, language: str | None = None
) -> ReportSource:
    """Build the source; texts in `language`, otherwise in the questionnaire's source language."""
    texts = questionnaire.text(language or questionnaire.source_language)
    edited = replace(result, advice=edit_advice(result.advice, details))
    rounder = build_figure_rounder(questionnaire, result)
    return ReportSource(questionnaire, edited, details, texts, rounder, tuple(result.advice))


def build_distance(figure: ReportFigure, target: Decimal) -> ReportFigure | None:
    """Points from a score to a target; of a clipped score it may be more or fewer."""
    if figure.value is None:
        return None
    return ReportFigure(target - figure.value, bound=get_difference_bound(None, figure.bound))


def get_items_bound(score: float | None, items: Iterable[ItemResult]) -> Bound | None:
    """Bound of a score whose items are all clipped at the same end; None if the items differ from the score."""
    scored_items = [item for item in items if item.score is not None]
    if score is None or any(
        round(item.score or 0.0, CUT_DECIMALS) != round(score, CUT_DECIMALS) for item in scored_items
    ):
        return None
    return get_mean_bound(item.bound for item in scored_items)


def _list_function_items(function: FunctionResult) -> list[ItemResult]:
    items = [item for part in function.dimensions.values() for item in part.items.values()]
    return [*items, *function.hand_off.rows.values()]


def to_exact_decimal(number: float) -> Decimal:
    """Convert a cut point to a Decimal with the digits of the questionnaire file."""
    plain = Decimal(repr(float(number))).normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain


def list_names(names: Iterable[str]) -> tuple[str, ...]:
    """Collect names as a tuple, which the translator joins to a list."""
    return tuple(names)


def quote_titles(titles: Iterable[str]) -> tuple[Message, ...]:
    """Collect titles in quotation marks, since a title may contain commas and starts with a capital."""
    return tuple(make_message("quoted", text=title) for title in titles)


def build_amount(figure: ReportFigure) -> Decimal | Message:
    """Convert a figure to a value of a message: a number, "10 or less", or the reason why it is missing."""
    if figure.value is None:
        return figure.missing or make_message("missing.not-valid")
    if figure.bound is None:
        return figure.value
    value = drop_zero_decimals(figure.value)
    return make_message("bound.at-most" if figure.bound == "at most" else "bound.at-least", value=value)
