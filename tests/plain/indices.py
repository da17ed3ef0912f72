"""The indices of section 5 of the method, but for the gap."""

from tests.plain.derived_figures import is_apart, reached
from tests.plain.instrument import AUTHORITY, INDEPENDENCE, READINESS, SUPPORT
from tests.plain.people import CUT, Person, mean
from tests.plain.release import Rules

RISKS = ("low", "moderate", "high", "critical")
EMBEDDINGS = ("profession", "service-desk", "shared-tool", "embedded")
OUTLOOKS = {
    (False, False): "dead-end-title",
    (False, True): "in-transition",
    (True, True): "function-professional",
    (True, False): "embedded-unsupported",
}


def embedding(score: float | None, interval: dict) -> dict:
    name = None if score is None else EMBEDDINGS[reached(score, (25, 50, 75))]
    return {"score": score, "class": name, **interval}


def practitioners(people: list[Person]) -> list[Person]:
    return [person for person in people if person.role == "practitioner"]


def flagged(people: list[Person]) -> list[int]:
    """X-S2 of everyone who may promise much and can show no limits."""
    found = [(person.rung("X-A3"), person.rung("X-S2")) for person in practitioners(people)]
    return [limits for freedom, limits in found if freedom is not None and limits is not None and _red(freedom, limits)]


def _red(freedom: int, limits: int) -> bool:
    return freedom >= 3 and limits <= 1


def could_be_flagged(people: list[Person]) -> int:
    return sum(person.rung("X-A3") is not None and person.rung("X-S2") is not None for person in practitioners(people))


def set_up_to_fail(people: list[Person], rules: Rules) -> dict:
    """Authority without support, person by person."""
    pairs = [pair for person in practitioners(people) if (pair := _authority_and_support(person))]
    risks = [authority * (100 - support) / 100 for authority, support in pairs]
    red = len(flagged(people)) if rules.enough(could_be_flagged(people)) else 0
    shown = bool(pairs) and rules.enough(len(pairs))
    score = rules.stepped(mean(risks)) if shown else None
    reaches = [] if score is None else [reached(score, (20, 35, 50))]
    classes = [*reaches, RISKS.index("high")] if red else reaches
    authority, support = (rules.stepped(mean(pair[side] for pair in pairs)) if shown else None for side in (0, 1))
    difference = authority - support if shown else None
    return {
        "score": score,
        "class": RISKS[max(classes)] if classes else None,
        "authority": authority,
        "support": support,
        "difference": difference,
        "over_controlled": None if difference is None else round(difference, CUT) <= -25,
        "red_flags": red if rules.exact else None,
        "share_high": mean(round(risk, CUT) >= 35 for risk in risks) if risks and rules.exact else None,
        "n": len(risks) if shown or rules.exact else None,
    }


def _authority_and_support(person: Person) -> tuple[float, float] | None:
    authority, support = person.rungs(AUTHORITY), person.rungs(SUPPORT)
    return (25 * mean(authority), 25 * mean(support)) if len(authority) >= 2 and len(support) >= 3 else None


def balance(functions: dict[str, dict], *, consensus: bool) -> dict:
    """How far the valid functions are apart; no share where there is no practice at all."""
    scored = {name: function for name, function in functions.items() if function["score"] is not None}
    if len(scored) < 2:
        return {"score": None, "spread": None, "flagged": False, "weakest": None, "lowest": []}
    scores = [function["score"] for function in scored.values()]
    low, high = min(scores), max(scores)
    share = 100 * low / high if high > 0 else None
    first, *others = sorted(scored, key=lambda name: round(scored[name]["score"], CUT))
    near = [name for name in others if not is_apart(scored[first], scored[name], consensus=consensus)]
    return {
        "score": share,
        "spread": high - low,
        "flagged": (share is not None and round(share, CUT) < 60) or round(high - low, CUT) >= 20,
        "weakest": None if others[0] in near else first,
        "lowest": [first, *near],
    }


def outlook(people: list[Person], rules: Rules) -> dict:
    """Authority and support of practitioners."""
    independence, readiness = (_over_people(people, items, rules) for items in (INDEPENDENCE, READINESS))
    name = None
    if independence is not None and readiness is not None:
        name = OUTLOOKS[round(independence, CUT) >= 50, round(readiness, CUT) >= 50]
    return {"independence": independence, "readiness": readiness, "class": name}


def _over_people(people: list[Person], items: tuple[str, ...], rules: Rules) -> float | None:
    means = [25 * mean(rungs) for person in practitioners(people) if (rungs := person.rungs(items))]
    return rules.stepped(mean(means)) if means and rules.enough(len(means)) else None


def support(people: list[Person], rules: Rules) -> dict[str, float | None]:
    """S1 to S4, each over all who answered it (end of section 8)."""
    answers = {item: [rung for person in practitioners(people) for rung in person.rungs([item])] for item in SUPPORT}
    return {item: rules.stepped(25 * mean(rungs)) if rungs else None for item, rungs in answers.items()}
