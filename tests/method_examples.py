"""The worked examples and cut points of docs/method.md, made by the code that the page explains.

python -m tests.method_examples      writes them into the page again
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import exp, hypot, log
from pathlib import Path

import msgspec
import numpy as np
from scipy.stats import t as student

from assessment.domain.advice_outcomes import Lift
from assessment.domain.answers import Answers, AssessmentSettings
from assessment.domain.comparison.attribution import ScoredWave, attribute_changes
from assessment.domain.comparison.benchmark_rank import compute_rank
from assessment.domain.comparison.waves import Wave, compare_waves, compute_standard_error
from assessment.domain.display import build_scales, round_figure
from assessment.domain.method import compute_intermediates, score_answers
from assessment.domain.result import Result
from assessment.domain.scoring.indices.set_up_to_fail import compute_person_means
from assessment.domain.scoring.tally import compute_agreement, compute_item_scores
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import read_responses

PAGE = Path(__file__).parents[1] / "docs" / "method.md"
GOLDEN = Path(__file__).parent / "golden"
QUESTIONNAIRE = load_questionnaire(find_shipped_folder() / "social-media-integration")
TEXTS = QUESTIONNAIRE.texts["en"]
BLOCK = re.compile(r"(<!-- example: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
FIRST, SECOND = "2025-03-01", "2026-03-01"


@cache
def load_case_answers(case: str) -> Answers:
    """Answers of a worked case in tests/golden."""
    return read_responses((GOLDEN / f"{case}.csv").read_text(encoding="utf-8"), QUESTIONNAIRE).answers


@cache
def score_case(case: str, *, unsuppressed: bool = True) -> Result:
    """Its result."""
    return score_answers(QUESTIONNAIRE, load_case_answers(case), AssessmentSettings(), unsuppressed=unsuppressed)


def render_method_page() -> str:
    """Return the page with all examples regenerated."""
    page = PAGE.read_text(encoding="utf-8")
    return BLOCK.sub(lambda found: f"{found[1]}{EXAMPLES[found['name']]()}\n{found[3]}", page)


def format_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table: text to the left, numbers to the right."""
    edges = ["---" if isinstance(cell, str) else "--:" for cell in rows[0]]
    lines = [head, edges, *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def one_decimal(value: float) -> float:
    """One decimal, as everywhere."""
    return float(round_figure(value, build_scales(QUESTIONNAIRE).score))


def function_name(function: str) -> str:
    """A function as people read it."""
    return TEXTS.functions[function]


def show_item() -> str:
    """One item of one function, three roles, unequal numbers."""
    given = {"leader": (4,), "practitioner": (2, 3, 3), "staff": (1, 2, 2, 1)}
    weights = {role.id: role.weight for role in QUESTIONNAIRE.roles}
    full = QUESTIONNAIRE.scoring.full_weight_answers
    counts = np.array([[len(each)] for each in given.values()], dtype=float)
    sums = np.array([[sum(each)] for each in given.values()], dtype=float)
    scored = compute_item_scores(counts, sums, np.array([weights[role] for role in given]), full)[0]
    rows = [
        (TEXTS.roles[role], ", ".join(map(str, each)), round(sum(each) / len(each), 2), weights[role],
         round(weights[role] * min(1, len(each) / full), 3))
        for role, each in given.items()
    ]  # fmt: skip
    total = " + ".join(f"{row[4]} × {row[2]}" for row in rows)
    by = " + ".join(str(row[4]) for row in rows)
    head = ("role", "answers", "mean", "weight", f"× answers / {full}, at most 1")
    return f"{format_table(head, rows)}\n\nScore: 25 × ({total}) / ({by}) = **{one_decimal(scored)}**."


def show_roll_up() -> str:
    """Dimensions, functions, the whole."""
    found = score_case("plain-24")
    dimensions = list(TEXTS.dimensions.values())
    head = ("", *(text.title for text in dimensions), "function", "band", "weakest band + 1", "level")
    rows = []
    for key, function in found.functions.items():
        parts = [one_decimal(part.score or 0) for part in function.dimensions.values()]
        weakest = min(part.band or 0 for part in function.dimensions.values())
        step = QUESTIONNAIRE.scoring.level_step
        rows.append(
            (
                function_name(key),
                *parts,
                one_decimal(function.score or 0),
                function.band,
                weakest + step,
                function.level,
            )
        )
    scores = [one_decimal(function.score or 0) for function in found.functions.values()]
    overall, sum_ = found.overall, " + ".join(map(str, scores))
    return (
        f"{format_table(head, rows)}\n\nThe whole: ({sum_}) / {len(scores)} = **{one_decimal(overall.score or 0)}**, "
        f"band {overall.band}, level {overall.level}; "
        f"as maturity 1 + {one_decimal(overall.score or 0)} / 25 = **{one_decimal(overall.maturity or 0)}**."
    )


def show_interval() -> str:
    """From standard error to interval."""
    overall = score_case("plain-24").overall
    low, high = overall.interval or (0, 0)
    error = compute_standard_error(overall.score, overall.interval, overall.n, 0.95, overall.half_width) or 0
    factor = float(student.ppf(0.975, (overall.n or 0) - 1))
    return (
        f"{overall.n} people; leaving each out once moves the score by a little each time, which makes a standard "
        f"error of {error:.2f}. {one_decimal(overall.score or 0)} ± {factor:.2f} × {error:.2f}: "
        f"from **{one_decimal(low)}** to **{one_decimal(high)}**."
    )


def show_agreement() -> str:
    """r*wg of two items."""
    items = {"A": (2, 2, 3, 2, 1, 2), "B": (0, 4, 0, 4, 2, 2)}
    rows = []
    for label, given in items.items():
        variance = float(np.var(given, ddof=1))
        value = compute_agreement(np.array([variance]), [0])
        rows.append((label, ", ".join(map(str, given)), one_decimal(float(np.mean(given)) * 25), round(variance, 2),
                     round(value or 0.0, 2)))  # fmt: skip
    return format_table(("item", "answers", "score", "variance", "agreement"), rows)


def show_coverage() -> str:
    """Answers against questions."""
    function = next(iter(score_case("plain-24").functions.values()))
    first = next(iter(score_case("plain-24").functions))
    items = [entry for part in function.dimensions.values() for entry in part.items.values()]
    items += function.hand_off.rows.values()
    numeric = sum(entry.n or 0 for entry in items)
    share = function.coverage or 1
    asked = round(numeric / share)
    return f"{function_name(first)}: {numeric} ratings to {asked} questions asked = **{100 * share:.0f}%**."


def show_embedding() -> str:
    """The geometric mean."""
    found = score_case("plain-24")
    parts = [one_decimal(function.embedding or 0) for function in found.functions.values()]
    index = found.indices.embedding
    product = " × ".join(map(str, parts))
    mean = one_decimal(sum(parts) / len(parts))
    geometric = one_decimal(exp(sum(map(log, parts)) / len(parts)))
    label = TEXTS.classes[(index and index.class_) or ""]
    return f"({product})^(1/{len(parts)}) = **{geometric}**: “{label}”. The ordinary mean would be {mean}."


def show_set_up_to_fail() -> str:
    """U of single people, and why not of means."""
    index = QUESTIONNAIRE.indices.set_up_to_fail
    given = {"Ana": ((4, 4, 4), (0, 0, 1, 1)), "Ben": ((1, 0, 0), (4, 4, 3, 4)), "Cleo": ((2, 2, 2), (2, 2, 2, 2))}
    rows = []
    for person, (freedom, backing) in given.items():
        a, s = (float(compute_person_means(np.array([each], dtype=np.int8), 1)[0]) for each in (freedom, backing))
        rows.append((person, one_decimal(a), one_decimal(s), one_decimal(a * (100 - s) / 100)))
    columns = [[row[place] for row in rows] for place in (1, 2, 3)]
    a, s, u = (one_decimal(sum(map(float, column)) / len(rows)) for column in columns)
    cuts = index.cuts if index else ()
    return (
        f"{format_table(('practitioner', 'authority A', 'support S', 'A × (100 − S) / 100'), rows)}\n\n"
        f"The mean of the last column is **{u}** (cut points {_format_list(cuts)}). The means of A and S alone, "
        f"{a} and {s}, would give {one_decimal(a * (100 - s) / 100)} and hide Ana."
    )


def show_perception_gap() -> str:
    """One dimension with its verdict."""
    found = score_case("gap-50").indices.perception_gap
    rows = []
    for key, part in (found.dimensions if found else {}).items():
        if part is None:
            continue
        low, high = part.interval or (0, 0)
        means = (one_decimal(mean) for mean in (part.leader, part.practitioner, part.gap))
        interval = f"{one_decimal(low)} to {one_decimal(high)}"
        rows.append((TEXTS.dimensions[key].title, *means, interval, part.verdict))
    tail = ""
    if found and found.goal_agreement is not None and found.leader_dont_know is not None:
        tail = (
            f"\n\nIn size {one_decimal(found.score or 0)} on average. Leaders said “I don't know” to "
            f"{one_decimal(found.leader_dont_know)}% of these items; "
            f"both sides share {one_decimal(found.goal_agreement)}% of their purposes."
        )
    return format_table(("dimension", "leaders", "practitioners", "gap", "interval", "verdict"), rows) + tail


def show_balance() -> str:
    """Lowest against highest."""
    found = score_case("plain-24")
    scores = sorted(one_decimal(function.score or 0) for function in found.functions.values())
    index = found.indices.balance
    low, high = scores[0], scores[-1]
    weak = function_name(index.weakest) if index and index.weakest else "tied"
    share, spread = one_decimal((index and index.score) or 0), one_decimal((index and index.spread) or 0)
    return f"100 × {low} / {high} = **{share}**, spread {high} − {low} = **{spread}**; the weakest: {weak}."


def show_hand_offs() -> str:
    """Worst row and mean."""
    function = score_case("plain-24").functions["marketing"].hand_off
    rows = [(TEXTS.items[key].short, one_decimal(row.score or 0)) for key, row in function.rows.items()]
    worst = TEXTS.channels[function.worst or ""]
    table = format_table(("Marketing", "score"), rows)
    return f"{table}\n\nMean **{one_decimal(function.score or 0)}**; the worst: {worst}."


def show_outlook() -> str:
    """Two means and a class."""
    found = score_case("risk-36").indices.outlook
    if found is None or found.independence is None or found.readiness is None:
        return ""
    label = TEXTS.classes[found.class_ or ""]
    return f"Independence {one_decimal(found.independence)}, readiness {one_decimal(found.readiness)}: **“{label}”**."


def show_released_figures() -> str:
    """The same assessment, exact and released."""
    exact, shown_ = score_case("plain-24"), score_case("plain-24", unsuppressed=False)
    first = next(iter(exact.functions))
    rows: list[tuple[object, ...]] = []
    for key in ("purpose", "governance"):
        for id_, entry in exact.functions[first].dimensions[key].items.items():
            other = shown_.functions[first].dimensions[key].items[id_]
            said = f"{other.score:g}" if other.score is not None else "hidden"
            rows.append((TEXTS.items[id_].short, entry.n, one_decimal(entry.score or 0), said))
    whole = f"{one_decimal(exact.overall.score or 0)} exactly, **{one_decimal(shown_.overall.score or 0)}** released"
    return f"{format_table((function_name(first), 'answers', 'exact', 'released'), rows)}\n\nThe whole: {whole}."


def show_advice_priority() -> str:
    """One priority, factor by factor."""
    given = next(one_ for one_ in score_case("risk-36").advice if one_.risk)
    risk = score_case("risk-36").indices.set_up_to_fail
    u = (risk and risk.score) or 0
    effort = QUESTIONNAIRE.prioritising.effort[given.effort]  # type: ignore[index]  # a result holds it as text
    doubt = given.priority * effort / (given.importance * given.gap * (1 + u / 100))
    return (
        f"“{TEXTS.rules[given.id].title}”: importance {given.importance:g} × gap {given.gap:.2f} × "
        f"(1 + {one_decimal(u)} / 100) × {doubt:.1f} for doubt / effort {effort:g} = **{given.priority:.1f}**."
    )


@cache
def make_waves() -> tuple[ScoredWave, ScoredWave]:
    """Two drawn waves, the later one better in one function and without one of the roles."""
    earlier = draw_answers(
        QUESTIONNAIRE, 90, np.random.default_rng(4), SimulationParameters(blank=0, dont_know=0, not_applicable=0)
    )
    values = earlier.values.copy()
    for column, entry in enumerate(QUESTIONNAIRE.items):
        if entry.function == QUESTIONNAIRE.functions[0].id:
            values[:, column] = np.where(
                values[:, column] >= 0, np.minimum(4, values[:, column] + 1), values[:, column]
            )
    staff = np.asarray(earlier.roles) == QUESTIONNAIRE.roles[-1].id
    later = msgspec.structs.replace(earlier, values=values).select_rows(~staff)
    first, second = (
        ScoredWave(
            Wave(QUESTIONNAIRE, score_answers(QUESTIONNAIRE, each, AssessmentSettings(), date=date, unsuppressed=True)),
            compute_intermediates(QUESTIONNAIRE, each, AssessmentSettings(), unsuppressed=True),
        )
        for each, date in ((earlier, FIRST), (later, SECOND))
    )  # fmt: skip
    return first, second


def show_comparison() -> str:
    """Changes and margins."""
    earlier, later = make_waves()
    found = compare_waves(earlier.wave, later.wave)
    rows = []
    for function in QUESTIONNAIRE.functions:
        change = found.changes[f"functions.{function.id}"]
        margin = f"{one_decimal(change.margin)}" if change.margin is not None else "unknown"
        scores = (one_decimal(score) for score in (change.earlier, change.later, change.change))
        rows.append((function_name(function.id), *scores, margin, "yes" if change.changed else "no"))
    return format_table(("", "earlier", "later", "change", "margin", "changed"), rows)


def show_attribution() -> str:
    """The parts of a change."""
    split = attribute_changes(*make_waves())
    rows = []
    for function in QUESTIONNAIRE.functions:
        part = split[f"functions.{function.id}"]
        rows.append((function_name(function.id), *(one_decimal(value or 0) for value in
                                          (part.change, part.answers, part.who, part.instrument))))  # fmt: skip
    return format_table(("", "change", "other answers", "who answered", "instrument"), rows)


def show_margin() -> str:
    """How two standard errors make a margin."""
    one_, other = 2.0, 1.5
    both = hypot(one_, other)
    return f"√({one_}² + {other}²) = {both}; 1.96 × {both} = **{1.96 * both:.1f}** points."


def show_target_paths() -> str:
    """Table of target paths, by level."""
    rows: list[tuple[object, ...]] = []
    for lift in score_case("plain-24").lifts:
        label = function_name(lift.function) if lift.function else "The whole"
        binding = ", ".join(
            function_name(part) if lift.function is None else TEXTS.dimensions[part].title for part in lift.binding
        )
        chosen = "; ".join(_find_advice_title(lift, rule) for rule in lift.advice or ())
        way = "at its target level" if lift.advice == () else chosen or "no set of advice reaches it"
        rows.append((label, str(lift.level), str(lift.target_level), binding or "the score itself", way))
    return format_table(("", "level", "target level", "held down by", "least effort"), rows)


def _find_advice_title(lift: Lift, rule: str) -> str:
    text = TEXTS.rules[rule]
    return (
        text.insert_dimension(TEXTS.dimensions[lift.dimensions[rule]].title).title
        if rule in lift.dimensions
        else text.title
    )


def show_benchmark_rank() -> str:
    """A rank among others."""
    rules = QUESTIONNAIRE.benchmark
    others = [20 + 0.5 * number for number in range(120)]
    lines = []
    for count in (5, 20, 40, 120):
        found = compute_rank(55.0, others[:: 120 // count][:count], rules, 0.95)
        said = "nothing"
        if found.quarter:
            said = f"quarter {found.quarter} of 4"
        elif found.percentile is not None and found.interval is not None:
            low, high = (one_decimal(bound) for bound in found.interval)
            said = f"{one_decimal(found.percentile)} ({low} to {high})"
        lines.append((count, said))
    return format_table(("others", "a score of 55 ranks"), lines)


def show_cut_points() -> str:
    """Every cut point, out of the questionnaire."""
    return format_table(("cut point", "value"), list(_list_cut_points()))


def _list_cut_points() -> Iterator[tuple[str, str]]:
    scoring, indices = QUESTIONNAIRE.scoring, QUESTIONNAIRE.indices
    yield "Bands 2 to 5 begin at", _format_list(scoring.bands)
    yield "Level at most so far above the weakest band", str(scoring.level_step)
    yield "Achievement N, P, L up to (ISO/IEC 33020)", _format_list(scoring.achievement)
    yield "Role weights", ", ".join(f"{TEXTS.roles[role.id]} {role.weight:g}" for role in QUESTIONNAIRE.roles)
    yield "A role counts in full from so many answers", str(scoring.full_weight_answers)
    yield "An unsent response counts from this share answered", f"{scoring.submitted_share:.0%}"
    yield "Provisional under this coverage", f"{scoring.provisional_below:.0%}"
    yield "Partial above this share out of scope", f"{scoring.partial_above:.0%}"
    yield "Contested under this agreement", f"{scoring.contested_below:g}"
    yield "Agreement weak, moderate, strong, very strong above", _format_list(scoring.agreement_cuts)
    careless = scoring.careless
    yield (
        "Careless flags: a run of, seconds per answer under, contradiction from",
        (f"{careless.long_string}, {careless.seconds_per_answer:g}, {careless.contradiction} rungs"),
    )
    yield "Left out from so many flags", str(careless.exclude_at)
    if (index := indices.embedding) is not None:
        yield "Embedding classes begin at", _format_list(index.cuts)
    if (risk := indices.set_up_to_fail) is not None:
        yield "Set up to fail: classes begin at", _format_list(risk.cuts)
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


def _format_list(cuts: Sequence[float]) -> str:
    return ", ".join(f"{cut:g}" for cut in cuts)


EXAMPLES: dict[str, Callable[[], str]] = {
    "item": show_item,
    "roll-up": show_roll_up,
    "interval": show_interval,
    "agreement": show_agreement,
    "coverage": show_coverage,
    "hand-off": show_hand_offs,
    "embedding": show_embedding,
    "set-up-to-fail": show_set_up_to_fail,
    "gap": show_perception_gap,
    "balance": show_balance,
    "outlook": show_outlook,
    "released": show_released_figures,
    "advice": show_advice_priority,
    "comparison": show_comparison,
    "margin": show_margin,
    "attribution": show_attribution,
    "lifting": show_target_paths,
    "rank": show_benchmark_rank,
    "cut-points": show_cut_points,
}

if __name__ == "__main__":
    PAGE.write_text(render_method_page(), encoding="utf-8")
