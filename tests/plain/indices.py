"""The indices of section 5 of the method, but for the gap."""

from tests.plain.instrument import AUTHORITY, INDEPENDENCE, READINESS, SUPPORT
from tests.plain.people import CUT, Person, mean
from tests.plain.readings import reached

RISKS = ("low", "moderate", "high", "critical")
EMBEDDINGS = ("profession", "service-desk", "shared-tool", "embedded")
OUTLOOKS = {
    (False, False): "dead-end-title",
    (False, True): "in-transition",
    (True, True): "function-professional",
    (True, False): "embedded-unsupported",
}


def embedding(score: float | None, interval: list[float] | None) -> dict:
    name = None if score is None else EMBEDDINGS[reached(score, (25, 50, 75))]
    return {"score": score, "class": name, "interval": interval}


def practitioners(people: list[Person]) -> list[Person]:
    return [person for person in people if person.role == "practitioner"]


def flagged(people: list[Person]) -> list[int]:
    """X-S2 of everyone who may promise much and can show no limits."""
    found = [(person.rung("X-A3"), person.rung("X-S2")) for person in practitioners(people)]
    return [limits for freedom, limits in found if freedom is not None and limits is not None and _red(freedom, limits)]


def _red(freedom: int, limits: int) -> bool:
    return freedom >= 3 and limits <= 1


def set_up_to_fail(people: list[Person]) -> dict:
    """Authority without support, person by person."""
    pairs = [pair for person in practitioners(people) if (pair := _authority_and_support(person))]
    risks = [authority * (100 - support) / 100 for authority, support in pairs]
    red = len(flagged(people))
    score = mean(risks) if risks else None
    reaches = [] if score is None else [reached(score, (20, 35, 50))]
    classes = [*reaches, RISKS.index("high")] if red else reaches
    authority, support = (mean(pair[side] for pair in pairs) if pairs else None for side in (0, 1))
    difference = authority - support if pairs else None
    return {
        "score": score,
        "class": RISKS[max(classes)] if classes else None,
        "authority": authority,
        "support": support,
        "difference": difference,
        "over_controlled": None if difference is None else round(difference, CUT) <= -25,
        "red_flags": red,
        "share_high": mean(round(risk, CUT) >= 35 for risk in risks) if risks else None,
        "n": len(risks),
    }


def _authority_and_support(person: Person) -> tuple[float, float] | None:
    authority, support = person.rungs(AUTHORITY), person.rungs(SUPPORT)
    return (25 * mean(authority), 25 * mean(support)) if len(authority) >= 2 and len(support) >= 3 else None


def balance(functions: dict[str, float]) -> dict:
    """How far the functions are apart; no share where there is no practice at all."""
    if len(functions) < 2:
        return {"score": None, "spread": None, "flagged": False, "weakest": None}
    low, high = min(functions.values()), max(functions.values())
    share = 100 * low / high if high > 0 else None
    first, second = sorted(functions, key=functions.__getitem__)[:2]
    return {
        "score": share,
        "spread": high - low,
        "flagged": (share is not None and round(share, CUT) < 60) or round(high - low, CUT) >= 20,
        "weakest": first if round(functions[second] - functions[first], CUT) >= 5 else None,
    }


def outlook(people: list[Person]) -> dict:
    """Where practitioners stand, and what is prepared for them."""
    independence, readiness = _over_people(people, INDEPENDENCE), _over_people(people, READINESS)
    name = None
    if independence is not None and readiness is not None:
        name = OUTLOOKS[round(independence, CUT) >= 50, round(readiness, CUT) >= 50]
    return {"independence": independence, "readiness": readiness, "class": name}


def _over_people(people: list[Person], items: tuple[str, ...]) -> float | None:
    means = [25 * mean(rungs) for person in practitioners(people) if (rungs := person.rungs(items))]
    return mean(means) if means else None


def support(people: list[Person]) -> dict[str, float | None]:
    """S1 to S4, each over all who answered it (end of section 8)."""
    answers = {item: [rung for person in practitioners(people) for rung in person.rungs([item])] for item in SUPPORT}
    return {item: 25 * mean(rungs) if rungs else None for item, rungs in answers.items()}
