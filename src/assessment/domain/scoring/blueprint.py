"""Blueprint: the columns of the answers that enter each score, with weights."""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import CONSENSUS_ROLE, AssessmentSettings, BoolArray
from assessment.domain.closed_sets import Mode
from assessment.domain.questionnaire import Kind, Questionnaire

ItemColumns = tuple[int, ...]


class HandOffColumn(Struct, frozen=True):
    """Column of a hand-off row; `share` of contacts on its channel, 0: asked but excluded from the score."""

    column: int
    channel: str
    share: float
    direct: bool


class FunctionColumns(Struct, frozen=True):
    """Columns of one function; `dimensions` in questionnaire order."""

    id: str
    weight: float
    target: float
    dimensions: tuple[ItemColumns, ...]
    rows: tuple[HandOffColumn, ...]
    embedding: ItemColumns

    @property
    def practice(self) -> ItemColumns:
        """Columns of all practice items."""
        return tuple(column for columns in self.dimensions for column in columns)

    @property
    def all(self) -> ItemColumns:
        """Columns of practice items and hand-off rows."""
        return self.practice + tuple(row.column for row in self.rows)


class Blueprint(Struct, frozen=True):
    """Columns and weights for a questionnaire and an assessment's settings; `has_score` marks scored items."""

    questionnaire: Questionnaire
    settings: AssessmentSettings
    functions: tuple[FunctionColumns, ...]
    roles: tuple[str, ...]
    role_weights: NDArray[np.float64]
    column: Mapping[str, int]
    has_score: BoolArray

    @property
    def consensus(self) -> bool:
        """Return whether each function has one agreed record instead of survey responses."""
        return self.settings.mode == Mode.CONSENSUS

    def columns(self, items: tuple[str, ...]) -> ItemColumns:
        """Columns of items by id."""
        return tuple(self.column[item] for item in items)


def build_blueprint(questionnaire: Questionnaire, settings: AssessmentSettings) -> Blueprint:
    """Build the blueprint; weights and targets of the settings override those of the questionnaire."""
    consensus = settings.mode == Mode.CONSENSUS
    roles = (CONSENSUS_ROLE,) if consensus else tuple(role.id for role in questionnaire.roles)
    weights = [1.0] if consensus else [role.weight for role in questionnaire.roles]
    return Blueprint(
        questionnaire=questionnaire,
        settings=settings,
        functions=tuple(
            _build_function_columns(questionnaire, settings, number) for number in range(len(questionnaire.functions))
        ),
        roles=roles,
        role_weights=np.asarray(weights, dtype=np.float64),
        column={item.id: number for number, item in enumerate(questionnaire.items)},
        has_score=np.asarray([item.kind not in (Kind.CHECK, Kind.CHOICE) for item in questionnaire.items]),
    )


def _build_function_columns(questionnaire: Questionnaire, settings: AssessmentSettings, number: int) -> FunctionColumns:
    function = questionnaire.functions[number]
    own = [(column, item) for column, item in enumerate(questionnaire.items) if item.function == function.id]
    practice = [(column, item) for column, item in own if item.kind is Kind.PRACTICE]
    shares = settings.contacts.get(function.id) or {channel.id: 1.0 for channel in questionnaire.channels}
    direct = {channel.id: channel.direct for channel in questionnaire.channels}
    return FunctionColumns(
        id=function.id,
        weight=settings.weights.get(function.id, function.weight),
        target=settings.targets.get(function.id, function.target),
        dimensions=tuple(
            tuple(column for column, item in practice if item.dimension == dimension.id)
            for dimension in questionnaire.dimensions
        ),
        rows=tuple(
            HandOffColumn(column, item.channel, shares.get(item.channel, 0.0), direct[item.channel])
            for column, item in own
            if item.kind is Kind.HAND_OFF and item.channel is not None
        ),
        embedding=tuple(column for column, item in practice if item.embedding),
    )
