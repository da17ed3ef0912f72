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
]


def advise(result: dict, fired: dict[int, float], settings: dict) -> list[dict]:
    """What is advised, in order, from the figure x that fired each rule."""
    given = sorted(_ordered(result, fired, settings))
    return [
        {"id": name, "priority": priority, "part": "now" if place < NOW else "next"}
        for place, (*_, name, priority) in enumerate(given)
    ]


def _ordered(result: dict, fired: dict[int, float], settings: dict) -> Iterator[tuple[bool, float, int, str, float]]:
    for rule in RULES:
        if rule.number in fired:
            priority = _priority(rule, fired[rule.number], result, settings)
            yield "!" not in rule.marks, -round(priority, CUT), rule.number, rule.id, priority


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
