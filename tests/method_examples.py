"""The worked examples and cut points of docs/method.md, made by the code that the page explains.

python -m tests.method_examples      writes them into the page anew
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import exp, hypot, log
from pathlib import Path

import msgspec
import numpy as np
from scipy.stats import t as student

from assessment.domain.answers import Answers, Settings
from assessment.domain.attribution import Measured, attribute
from assessment.domain.benchmark import rank
from assessment.domain.comparison import Wave, compare, standard_error
from assessment.domain.display import scales, shown
from assessment.domain.method import measure, score
from assessment.domain.result import Result
from assessment.domain.scoring.agreement import agreement
from assessment.domain.scoring.authority import person_means
from assessment.domain.scoring.tally import item_scores
from assessment.domain.synthesis import Habits, draw
from assessment.intake import read_responses
from assessment.library import load, shipped

PAGE = Path(__file__).parents[1] / "docs" / "method.md"
GOLDEN = Path(__file__).parent / "golden"
QUESTIONNAIRE = load(shipped() / "social-media-integration")
TEXTS = QUESTIONNAIRE.texts["en"]
BLOCK = re.compile(r"(<!-- example: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
FIRST, SECOND = "2025-03-01", "2026-03-01"


@cache
def answers(case: str) -> Answers:
    """Answers of a worked case in tests/golden."""
    return read_responses((GOLDEN / f"{case}.csv").read_text(encoding="utf-8"), QUESTIONNAIRE).answers


@cache
def result(case: str, *, unsuppressed: bool = True) -> Result:
    """Its result."""
    return score(QUESTIONNAIRE, answers(case), Settings(), unsuppressed=unsuppressed)


def written() -> str:
    """The page with every example made anew."""
    page = PAGE.read_text(encoding="utf-8")
    return BLOCK.sub(lambda found: f"{found[1]}{EXAMPLES[found['name']]()}\n{found[3]}", page)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table: text to the left, numbers to the right."""
    edges = ["---" if isinstance(cell, str) else "--:" for cell in rows[0]]
    lines = [head, edges, *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def one(value: float) -> float:
    """One decimal, as everywhere."""
    return float(shown(value, scales(QUESTIONNAIRE).score))


def name(function: str) -> str:
    """A function as people read it."""
    return TEXTS.functions[function]


def item() -> str:
    """One item of one function, three roles, unequal numbers."""
    given = {"leader": (4,), "practitioner": (2, 3, 3), "staff": (1, 2, 2, 1)}
    weights = {role.id: role.weight for role in QUESTIONNAIRE.roles}
    full = QUESTIONNAIRE.scoring.full_weight_answers
    counts = np.array([[len(each)] for each in given.values()], dtype=float)
    sums = np.array([[sum(each)] for each in given.values()], dtype=float)
    scored = item_scores(counts, sums, np.array([weights[role] for role in given]), full)[0]
    rows = [
        (TEXTS.roles[role], ", ".join(map(str, each)), round(sum(each) / len(each), 2), weights[role],
         round(weights[role] * min(1, len(each) / full), 3))
        for role, each in given.items()
    ]  # fmt: skip
    total = " + ".join(f"{row[4]} × {row[2]}" for row in rows)
    by = " + ".join(str(row[4]) for row in rows)
    head = ("role", "answers", "mean", "weight", f"× answers / {full}, at most 1")
    return f"{table(head, rows)}\n\nScore: 25 × ({total}) / ({by}) = **{one(scored)}**."


def roll_up() -> str:
    """Dimensions, functions, the whole."""
    found = result("plain-24")
    dimensions = list(TEXTS.dimensions.values())
    head = ("", *(text.title for text in dimensions), "function", "band", "weakest band + 1", "level")
    rows = []
    for key, function in found.functions.items():
        parts = [one(part.score or 0) for part in function.dimensions.values()]
        weakest = min(part.band or 0 for part in function.dimensions.values())
        step = QUESTIONNAIRE.scoring.level_step
        rows.append((name(key), *parts, one(function.score or 0), function.band, weakest + step, function.level))
    scores = [one(function.score or 0) for function in found.functions.values()]
    overall, sum_ = found.overall, " + ".join(map(str, scores))
    return (
        f"{table(head, rows)}\n\nThe whole: ({sum_}) / {len(scores)} = **{one(overall.score or 0)}**, "
        f"band {overall.band}, level {overall.level}; "
        f"as maturity 1 + {one(overall.score or 0)} / 25 = **{one(overall.maturity or 0)}**."
    )


def interval() -> str:
    """From standard error to interval."""
    overall = result("plain-24").overall
    low, high = overall.interval or (0, 0)
    error = standard_error(overall.score, overall.interval, overall.n, 0.95, overall.half_width) or 0
    factor = float(student.ppf(0.975, (overall.n or 0) - 1))
    return (
        f"{overall.n} people; leaving each out once moves the score by a little each time, which makes a standard "
        f"error of {error:.2f}. {one(overall.score or 0)} ± {factor:.2f} × {error:.2f}: "
        f"from **{one(low)}** to **{one(high)}**."
    )


def agreeing() -> str:
    """r*wg of two items."""
    items = {"A": (2, 2, 3, 2, 1, 2), "B": (0, 4, 0, 4, 2, 2)}
    rows = []
    for label, given in items.items():
        variance = float(np.var(given, ddof=1))
        value = agreement(np.array([variance]), [0])
        rows.append((label, ", ".join(map(str, given)), one(float(np.mean(given)) * 25), round(variance, 2),
                     round(value or 0.0, 2)))  # fmt: skip
    return table(("item", "answers", "score", "variance", "agreement"), rows)


def coverage() -> str:
    """Answers against questions."""
    function = next(iter(result("plain-24").functions.values()))
    first = next(iter(result("plain-24").functions))
    items = [entry for part in function.dimensions.values() for entry in part.items.values()]
    items += function.hand_off.rows.values()
    numeric = sum(entry.n or 0 for entry in items)
    share = function.coverage or 1
    return f"{name(first)}: {numeric} ratings to {round(numeric / share)} questions asked = **{100 * share:.0f}%**."


def embedding() -> str:
    """The geometric mean."""
    found = result("plain-24")
    parts = [one(function.embedding or 0) for function in found.functions.values()]
    index = found.indices.embedding
    product = " × ".join(map(str, parts))
    mean = one(sum(parts) / len(parts))
    geometric = one(exp(sum(map(log, parts)) / len(parts)))
    label = TEXTS.classes[(index and index.class_) or ""]
    return f"({product})^(1/{len(parts)}) = **{geometric}**: “{label}”. The ordinary mean would be {mean}."


def set_up() -> str:
    """U of single people, and why not of means."""
    index = QUESTIONNAIRE.indices.set_up_to_fail
    given = {"Ana": ((4, 4, 4), (0, 0, 1, 1)), "Ben": ((1, 0, 0), (4, 4, 3, 4)), "Cleo": ((2, 2, 2), (2, 2, 2, 2))}
    rows = []
    for person, (freedom, backing) in given.items():
        a, s = (float(person_means(np.array([each], dtype=np.int8), 1)[0]) for each in (freedom, backing))
        rows.append((person, one(a), one(s), one(a * (100 - s) / 100)))
    columns = [[row[place] for row in rows] for place in (1, 2, 3)]
    a, s, u = (one(sum(map(float, column)) / len(rows)) for column in columns)
    cuts = index.cuts if index else ()
    return (
        f"{table(('practitioner', 'authority A', 'support S', 'A × (100 − S) / 100'), rows)}\n\n"
        f"The mean of the last column is **{u}** (cut points {_listed(cuts)}). The means of A and S alone, "
        f"{a} and {s}, would give {one(a * (100 - s) / 100)} and hide Ana."
    )


def gap() -> str:
    """One dimension with its verdict."""
    found = result("gap-50").indices.perception_gap
    rows = []
    for key, part in (found.dimensions if found else {}).items():
        if part is None:
            continue
        low, high = part.interval or (0, 0)
        rows.append((TEXTS.dimensions[key].title, one(part.leader), one(part.practitioner), one(part.gap),
                     f"{one(low)} to {one(high)}", part.verdict))  # fmt: skip
    tail = ""
    if found and found.goal_agreement is not None and found.leader_dont_know is not None:
        tail = (
            f"\n\nIn size {one(found.score or 0)} on average. Leaders said “I don't know” to "
            f"{one(found.leader_dont_know)}% of these items; "
            f"both sides share {one(found.goal_agreement)}% of their purposes."
        )
    return table(("dimension", "leaders", "practitioners", "gap", "interval", "verdict"), rows) + tail


def balance() -> str:
    """Lowest against highest."""
    found = result("plain-24")
    scores = sorted(one(function.score or 0) for function in found.functions.values())
    index = found.indices.balance
    low, high = scores[0], scores[-1]
    weak = name(index.weakest) if index and index.weakest else "tied"
    share, spread = one((index and index.score) or 0), one((index and index.spread) or 0)
    return f"100 × {low} / {high} = **{share}**, spread {high} − {low} = **{spread}**; the weakest: {weak}."


def hand_off() -> str:
    """Worst row and mean."""
    function = result("plain-24").functions["marketing"].hand_off
    rows = [(TEXTS.items[key].short, one(row.score or 0)) for key, row in function.rows.items()]
    worst = TEXTS.channels[function.worst or ""]
    return f"{table(('Marketing', 'score'), rows)}\n\nMean **{one(function.score or 0)}**; the worst: {worst}."


def outlook() -> str:
    """Two means and a class."""
    found = result("risk-36").indices.outlook
    if found is None or found.independence is None or found.readiness is None:
        return ""
    label = TEXTS.classes[found.class_ or ""]
    return f"Independence {one(found.independence)}, readiness {one(found.readiness)}: **“{label}”**."


def released() -> str:
    """The same assessment, exact and released."""
    exact, shown_ = result("plain-24"), result("plain-24", unsuppressed=False)
    first = next(iter(exact.functions))
    rows: list[tuple[object, ...]] = []
    for key in ("purpose", "governance"):
        for id_, entry in exact.functions[first].dimensions[key].items.items():
            other = shown_.functions[first].dimensions[key].items[id_]
            said = f"{other.score:g}" if other.score is not None else "hidden"
            rows.append((TEXTS.items[id_].short, entry.n, one(entry.score or 0), said))
    whole = f"{one(exact.overall.score or 0)} exactly, **{one(shown_.overall.score or 0)}** released"
    return f"{table((name(first), 'answers', 'exact', 'released'), rows)}\n\nThe whole: {whole}."


def advice() -> str:
    """One priority, factor by factor."""
    given = next(one_ for one_ in result("risk-36").advice if one_.risk)
    risk = result("risk-36").indices.set_up_to_fail
    u = (risk and risk.score) or 0
    effort = QUESTIONNAIRE.prioritising.effort[given.effort]  # type: ignore[index]  # a result holds it as text
    doubt = given.priority * effort / (given.importance * given.gap * (1 + u / 100))
    return (
        f"“{TEXTS.rules[given.id].title}”: importance {given.importance:g} × gap {given.gap:.2f} × "
        f"(1 + {one(u)} / 100) × {doubt:.1f} for doubt / effort {effort:g} = **{given.priority:.1f}**."
    )


@cache
def waves() -> tuple[Measured, Measured]:
    """Two drawn waves, the later one better in one function and without one of the roles."""
    earlier = draw(QUESTIONNAIRE, 90, np.random.default_rng(4), Habits(blank=0, dont_know=0, not_applicable=0))
    values = earlier.values.copy()
    for column, entry in enumerate(QUESTIONNAIRE.items):
        if entry.function == QUESTIONNAIRE.functions[0].id:
            values[:, column] = np.where(
                values[:, column] >= 0, np.minimum(4, values[:, column] + 1), values[:, column]
            )
    staff = np.asarray(earlier.roles) == QUESTIONNAIRE.roles[-1].id
    later = msgspec.structs.replace(earlier, values=values).only(~staff)
    first, second = (
        Measured(Wave(QUESTIONNAIRE, score(QUESTIONNAIRE, each, Settings(), date=date, unsuppressed=True)),
                 measure(QUESTIONNAIRE, each, Settings(), unsuppressed=True))
        for each, date in ((earlier, FIRST), (later, SECOND))
    )  # fmt: skip
    return first, second


def comparison() -> str:
    """Changes and margins."""
    earlier, later = waves()
    found = compare(earlier.wave, later.wave)
    rows = []
    for function in QUESTIONNAIRE.functions:
        change = found.changes[f"functions.{function.id}"]
        margin = f"{one(change.margin)}" if change.margin is not None else "unknown"
        rows.append((name(function.id), one(change.earlier), one(change.later), one(change.change), margin,
                     "yes" if change.changed else "no"))  # fmt: skip
    return table(("", "earlier", "later", "change", "margin", "changed"), rows)


def attribution() -> str:
    """The parts of a change."""
    split = attribute(*waves())
    rows = []
    for function in QUESTIONNAIRE.functions:
        part = split[f"functions.{function.id}"]
        rows.append((name(function.id), *(one(value or 0) for value in
                                          (part.change, part.answers, part.who, part.instrument))))  # fmt: skip
    return table(("", "change", "other answers", "who answered", "instrument"), rows)


def margin() -> str:
    """How two standard errors make a margin."""
    one_, other = 2.0, 1.5
    both = hypot(one_, other)
    return f"√({one_}² + {other}²) = {both}; 1.96 × {both} = **{1.96 * both:.1f}** points."


def title(rule: str, dimension: str | None) -> str:
    """Title of a rule; that of a next step with its dimension."""
    text = TEXTS.rules[rule]
    return text.title if dimension is None else text.about(TEXTS.dimensions[dimension].title).title


def lifting() -> str:
    """What would lift each level."""
    rows: list[tuple[object, ...]] = []
    for lift in result("plain-24").lifts:
        label = name(lift.function) if lift.function else "The whole"
        binding = ", ".join(
            name(part) if lift.function is None else TEXTS.dimensions[part].title for part in lift.binding
        )
        chosen = "; ".join(title(rule, lift.dimensions.get(rule)) for rule in lift.advice or ())
        way = "already there" if lift.advice == () else chosen or "no set of advice reaches it"
        rows.append((label, str(lift.level), str(lift.target_level), binding or "the score itself", way))
    return table(("", "level", "target level", "held down by", "least effort"), rows)


def ranking() -> str:
    """A rank among others."""
    rules = QUESTIONNAIRE.benchmark
    others = [20 + 0.5 * number for number in range(120)]
    lines = []
    for count in (5, 20, 40, 120):
        found = rank(55.0, others[:: 120 // count][:count], rules, 0.95)
        said = "nothing"
        if found.quarter:
            said = f"quarter {found.quarter} of 4"
        elif found.percentile is not None and found.interval is not None:
            said = f"{one(found.percentile)} ({one(found.interval[0])} to {one(found.interval[1])})"
        lines.append((count, said))
    return table(("others", "a score of 55 ranks"), lines)


def cut_points() -> str:
    """Every cut point, out of the questionnaire."""
    return table(("cut point", "value"), list(_cuts()))


def _cuts() -> Iterator[tuple[str, str]]:
    scoring, indices = QUESTIONNAIRE.scoring, QUESTIONNAIRE.indices
    yield "Bands 2 to 5 begin at", _listed(scoring.bands)
    yield "Level at most so far above the weakest band", str(scoring.level_step)
    yield "Achievement N, P, L up to (ISO/IEC 33020)", _listed(scoring.achievement)
    yield "Role weights", ", ".join(f"{TEXTS.roles[role.id]} {role.weight:g}" for role in QUESTIONNAIRE.roles)
    yield "A role counts in full from so many answers", str(scoring.full_weight_answers)
    yield "An unsent response counts from this share answered", f"{scoring.submitted_share:.0%}"
    yield "Provisional under this coverage", f"{scoring.provisional_below:.0%}"
    yield "Partial above this share out of scope", f"{scoring.partial_above:.0%}"
    yield "Contested under this agreement", f"{scoring.contested_below:g}"
    yield "Agreement weak, moderate, strong, very strong above", _listed(scoring.agreement_cuts)
    careless = scoring.careless
    yield (
        "Careless flags: a run of, seconds per answer under, contradiction from",
        (f"{careless.long_string}, {careless.seconds_per_answer:g}, {careless.contradiction} rungs"),
    )
    yield "Left out from so many flags", str(careless.exclude_at)
    if (index := indices.embedding) is not None:
        yield "Embedding classes begin at", _listed(index.cuts)
    if (risk := indices.set_up_to_fail) is not None:
        yield "Set up to fail: classes begin at", _listed(risk.cuts)
        yield "Over-controlled at a difference of at most", f"{risk.over_controlled_at:g}"
    if (sides := indices.perception_gap) is not None:
        yield "Gap indicative, strong from", f"{sides.indicative_at:g}, {sides.strong_at:g}"
    if (even := indices.balance) is not None:
        yield "Balance flagged under, spread from", f"{even.flagged_below:g}, {even.spread_at:g}"
        yield "Functions tied under a distance of", f"{even.tie_below:g}"
    if (roles := indices.outlook) is not None:
        yield "Independence and readiness high from", f"{roles.cut:g}"
    yield "Change counts from", f"{QUESTIONNAIRE.comparison.changed_at:g}"
    needed = QUESTIONNAIRE.comparison
    yield (
        "Items in common: overall, per dimension",
        f"{needed.common_items:.0%}, {needed.common_items_per_dimension:.0%}",
    )
    rules = QUESTIONNAIRE.benchmark
    yield (
        "Ranks by quarter, to five, to one from so many organisations",
        (f"{rules.quarter_from}, {rules.nearest_five_from}, {rules.percentile_from}"),
    )


def _listed(cuts: Sequence[float]) -> str:
    return ", ".join(f"{cut:g}" for cut in cuts)


EXAMPLES: dict[str, Callable[[], str]] = {
    "item": item,
    "roll-up": roll_up,
    "interval": interval,
    "agreement": agreeing,
    "coverage": coverage,
    "hand-off": hand_off,
    "embedding": embedding,
    "set-up-to-fail": set_up,
    "gap": gap,
    "balance": balance,
    "outlook": outlook,
    "released": released,
    "advice": advice,
    "comparison": comparison,
    "margin": margin,
    "attribution": attribution,
    "lifting": lifting,
    "rank": ranking,
    "cut-points": cut_points,
}

if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
