"""Advice: the table of section 8 of the method, rule by rule, and the order in which it is given."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.plain.instrument import TARGET
from tests.plain.people import CUT

EFFORT, IMPACT, NOW = {"S": 1, "M": 2, "L": 3}, {"M": 3, "H": 5}, 5
CS, MK, HR = "customer-service", "marketing", "hr"


@dataclass(frozen=True)
class Rule:
    """One line of the table; `about` a function, or the whole."""

    number: int
    id: str
    size: str  # effort/impact
    about: str | None = None
    marks: str = ""  # "!" pinned, "risk"

    @property
    def effort(self) -> int:
        return EFFORT[self.size[0]]


RULES = [
    Rule(1, "authority-limits", "S/H", marks="! risk"),
    Rule(2, "experienced-cover", "S/H", marks="! risk"),
    Rule(3, "train-before-access", "M/H", marks="risk"),
    Rule(4, "back-decisions", "S/M", marks="risk"),
    Rule(5, "release-authority", "S/M"),
    Rule(6, "evidence-meeting", "S/H"),
    Rule(7, "leaders-sit-in", "S/M"),
    Rule(8, "one-purpose", "S/H"),
    Rule(9, "decision-review", "S/H"),
    Rule(10, "same-service-goals", "S/H", CS),
    Rule(11, "service-answers", "M/H", CS),
    Rule(12, "one-queue", "M/H", CS),
    Rule(13, "solve-not-acknowledge", "S/H", CS),
    Rule(14, "one-history", "L/H", CS),
    Rule(15, "repair-hand-off", "M/H", CS),
    Rule(16, "escalation", "S/H", CS, "!"),
    Rule(17, "cause-to-fix", "M/H", CS),
    Rule(18, "objective-first", "S/M", MK),
    Rule(19, "outcomes-not-counts", "M/H", MK),
    Rule(20, "hand-over-clock", "S/H", MK),
    Rule(21, "influencer-protocol", "S/M", MK),
    Rule(22, "pause-drill", "S/M", MK),
    Rule(23, "plan-across-channels", "M/M", MK),
    Rule(24, "screening-boundary", "S/H", HR, "!"),
    Rule(25, "policy-by-example", "S/M", HR),
    Rule(26, "skills-in-job-families", "L/H", HR),
    Rule(27, "four-year-move", "M/H"),
    Rule(28, "lesson-library", "S/M", HR),
    Rule(29, "pair-functions", "S/M"),
    Rule(30, "move-into-functions", "L/H"),
    Rule(31, "calibrate-first", "S/M"),
    Rule(32, "complete-coverage", "S/M"),
    Rule(33, "train-alike", "M/M", CS),
    Rule(34, "same-limits", "S/M", CS),
    Rule(35, "one-service-report", "S/H", CS),
    Rule(36, "marketers-run-social", "M/H", MK),
    Rule(37, "one-plan", "S/H", MK),
    Rule(38, "keep-lessons", "S/M", MK),
    Rule(39, "marketing-hand-off", "M/M", MK),
    Rule(40, "hr-goals", "S/H", HR),
    Rule(41, "same-hiring-steps", "M/H", HR),
    Rule(42, "role-guidance", "S/M", HR),
    Rule(43, "people-hand-off", "M/M", HR),
    Rule(44, "prepare-sharing", "S/M", HR),
    *(
        Rule(45 + 2 * place + then, f"{('next', 'second')[then]}-step-{function}", "M/M", function)
        for place, function in enumerate((CS, MK, HR))
        for then in (0, 1)
    ),
]
CALIBRATE = 31

# What the function's own rules are about (the list of section 8, and the letter of the item or its hand-offs).
ABOUT = {
    10: "purpose",
    11: "people",
    12: "workflow",
    13: "workflow",
    14: "channels",
    15: "channels",
    16: "governance",
    17: "measurement",
    33: "people",
    34: "governance",
    35: "measurement",
    18: "purpose",
    19: "measurement",
    20: "workflow",
    21: "governance",
    22: "governance",
    23: "channels",
    36: "people",
    37: "workflow",
    38: "measurement",
    39: "channels",
    24: "purpose",
    25: "governance",
    26: "people",
    28: "measurement",
    40: "purpose",
    41: "workflow",
    42: "workflow",
    43: "channels",
    44: "governance",
}
OWN = {
    CS: (*range(10, 18), 33, 34, 35),
    MK: (*range(18, 24), *range(36, 40)),
    HR: (24, 25, 26, 28, *range(40, 45)),
}


def advise(result: dict, fired: dict[int, float], settings: dict) -> list[dict]:
    """Advice in order, from the figure x that fired each rule."""
    steps = {step.number: step for step in next_steps(result, fired, settings)}
    every = {**fired, **{number: step.x for number, step in steps.items()}}
    given = sorted(_ordered(result, every, settings))
    return [
        {
            "id": name,
            "priority": priority,
            "part": "now" if place < NOW else "next",
            "dimension": steps[number].dimension if number in steps else None,
        }
        for place, (_, _, number, name, priority) in enumerate(given)
    ]


@dataclass(frozen=True)
class Step:
    """A next step that fires: about a dimension, which stands at x."""

    number: int
    dimension: str
    x: float


def next_steps(result: dict, fired: dict[int, float], settings: dict) -> Iterator[Step]:
    """Rules 45 to 50: of each function below its target, filled from its dimensions."""
    for place, function in enumerate((CS, MK, HR)):
        found = result["functions"].get(function)
        target = settings.get("targets", {}).get(function, TARGET)
        if found is None or found["score"] is None or not round(found["score"], CUT) < target:
            continue
        own = [number for number in OWN[function] if number in fired]
        about = {ABOUT[number] for number in own}
        scores = {name: part["score"] for name, part in found["dimensions"].items() if part["score"] is not None}
        order = sorted(scores, key=lambda name: (name in about, round(scores[name], CUT)))
        for then in (0, 1):
            if len(own) <= 1 - then:
                yield Step(45 + 2 * place + then, order[then], scores[order[then]])


def _ordered(result: dict, fired: dict[int, float], settings: dict) -> Iterator[tuple[bool, float, int, str, float]]:
    for rule in RULES:
        if rule.number in fired:
            priority = _priority(rule, fired[rule.number], result, settings)
            pinned = "!" in rule.marks or (rule.number == CALIBRATE and _withheld(result))
            yield not pinned, -round(priority, CUT), rule.number, rule.id, priority


def _withheld(result: dict) -> bool:
    """Return True if the whole would have a level without its contested function."""
    scored = [function for function in result["functions"].values() if function["score"] is not None]
    return result["overall"]["score"] is not None and any(function["contested"] for function in scored)


def _priority(rule: Rule, x: float, result: dict, settings: dict) -> float:
    """I x G x (1 + U/100) x c / e."""
    importance = settings.get("importance", {}).get(rule.id, IMPACT[rule.size[-1]])
    target = settings.get("targets", {}).get(rule.about, TARGET) if rule.about else TARGET
    distance = max(0.0, target - max(0.0, min(100.0, x))) / 25
    authority = result["indices"]["set_up_to_fail"]
    risk = authority["score"] if authority and "risk" in rule.marks else None
    return importance * distance * (1 + (risk or 0.0) / 100) * _doubt(rule, result) / rule.effort


def _doubt(rule: Rule, result: dict) -> float:
    """Less where the function, or for the whole any function, is provisional or contested."""
    functions = result["functions"]
    concerned = [functions[rule.about]] if rule.about else functions.values()
    return 0.7 if any(function["provisional"] or function["contested"] for function in concerned) else 1.0
