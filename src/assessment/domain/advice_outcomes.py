"""Outcomes of advice: the score and level that following it reaches, and the least effort to a target."""

from msgspec import Struct, field


class Reached(Struct, frozen=True):
    """Outcome of advice: score and level; `level` is None if withheld.

    `binding` names the parts that then limit the level, as in `Lift`.
    """

    score: float
    level: int | None
    binding: tuple[str, ...] = ()


class Prospect(Struct, frozen=True):
    """Outcomes for a function, or overall (`function` None), of the advice that starts now and of all advice."""

    function: str | None
    starting_now: Reached
    all_advice: Reached


class Lift(Struct, frozen=True):
    """Set of advice of least effort that reaches the target level of a function, or overall (`function` None).

    `binding` names the dimensions (overall: functions) that limit the level; empty if the score itself does.
    `advice` None: no set reaches the target; then `furthest` is the outcome of all advice together. `ties`: number
    of other sets of the same effort. `dimensions`: subjects of the next steps among the `advice`, by rule id.
    `rung`: the rung that items with advice are assumed to rise to.
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
