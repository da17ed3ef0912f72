"""Match advice rules with figures (the third column of the table in section 8 of the method)."""

from collections.abc import Iterator

from tests.plain.advice import CS, HR, MK
from tests.plain.instrument import FUNCTIONS
from tests.plain.people import CUT

FIFTY = {  # items under 50
    11: (CS, "people", "CS-R1"),
    12: (CS, "workflow", "CS-W1"),
    13: (CS, "workflow", "CS-W2"),
    14: (CS, "channels", "CS-C1"),
    16: (CS, "governance", "CS-G2"),
    17: (CS, "measurement", "CS-M2"),
    19: (MK, "measurement", "MK-M1"),
    20: (MK, "workflow", "MK-W2"),
    21: (MK, "governance", "MK-G1"),
    22: (MK, "governance", "MK-G2"),
    24: (HR, "purpose", "HR-P2"),
    25: (HR, "governance", "HR-G1"),
    26: (HR, "people", "HR-R2"),
    28: (HR, "measurement", "HR-M2"),
    33: (CS, "people", "CS-R2"),
    34: (CS, "governance", "CS-G1"),
    35: (CS, "measurement", "CS-M1"),
    36: (MK, "people", "MK-R1"),
    37: (MK, "workflow", "MK-W1"),
    38: (MK, "measurement", "MK-M2"),
    40: (HR, "purpose", "HR-P1"),
    41: (HR, "workflow", "HR-W1"),
    42: (HR, "workflow", "HR-W2"),
    44: (HR, "governance", "HR-G2"),
}
HAND_OFFS = {15: CS, 39: MK, 43: HR}
NAMED = 12  # people on each side, before goals are advised upon
DIMENSIONS = {10: (CS, "purpose", 40), 18: (MK, "purpose", 40), 23: (MK, "channels", 50)}
WORST = 75  # figures where high is bad count from here down
Fired = Iterator[tuple[int, float]]


def under(figure: float | None, cut: float) -> bool:
    return figure is not None and round(figure, CUT) < cut


def over(figure: float | None, cut: float) -> bool:
    return figure is not None and round(figure, CUT) >= cut


def fired(result: dict, personal: dict, flags: list[int]) -> dict[int, float]:
    """The figure x by number of rule; of several, the lowest. `personal` are S1 to S4 and L1."""
    found: dict[int, float] = {}
    for number, x in [*_practice(result), *_across(result, personal, flags)]:
        found[number] = min(x, found.get(number, x))
    return found


def _practice(result: dict) -> Fired:
    functions, balance = result["functions"], result["indices"]["balance"]
    for number, (function, dimension, item) in FIFTY.items():
        if function in functions:
            score = functions[function]["dimensions"][dimension]["items"][item]["score"]
            yield from [(number, score)] if under(score, 50) else []
    for number, (function, dimension, cut) in DIMENSIONS.items():
        if function in functions:
            score = functions[function]["dimensions"][dimension]["score"]
            yield from [(number, score)] if under(score, cut) else []
    for number, function in HAND_OFFS.items():
        if function in functions:
            yield from ((number, x) for x in _hand_off(functions[function]["hand_off"], FUNCTIONS[function]))
    if under(balance["score"], 60):
        yield 29, balance["score"]
    if over(balance["spread"], 20):
        yield 29, WORST - balance["spread"]
    embedding = result["indices"]["embedding"]["score"]
    yield from [(30, embedding)] if under(embedding, 50) else []
    yield from ((31, 100 * function["agreement"]) for function in functions.values() if function["contested"])
    yield from ((32, 100 * function["coverage"]) for function in functions.values() if function["provisional"])


def _hand_off(hand_off: dict, prefix: str) -> Iterator[float]:
    if under(hand_off["score"], 50):
        yield hand_off["score"]
    worst = hand_off["worst"] and hand_off["rows"][f"{prefix}-K-{hand_off['worst']}"]["score"]
    if worst is not None and round(worst / 25, CUT) <= 1:
        yield worst


def _across(result: dict, personal: dict, flags: list[int]) -> Fired:
    indices = result["indices"]
    if indices["set_up_to_fail"] is None:
        return
    yield from _authority(indices["set_up_to_fail"], personal, flags)
    gap, outlook = indices["perception_gap"], indices["outlook"]
    shown = [found for found in gap["dimensions"].values() if found]
    sure = [abs(found["gap"]) for found in shown if found["verdict"] in ("confirmed", "strong")]
    if sure:
        yield 6, WORST - max(sure)
    if over(gap["leader_dont_know"], 30):
        yield 7, WORST - gap["leader_dont_know"]
    if under(gap["goal_agreement"], 50) and min(gap["goal_agreement_n"].values()) >= NAMED:
        yield 8, gap["goal_agreement"]
    if under(personal["X-L1"], 50):
        yield 9, personal["X-L1"]
    if under(outlook["independence"], 50) and under(outlook["readiness"], 50):
        yield 27, min(outlook["independence"], outlook["readiness"])


def _authority(found: dict, personal: dict, flags: list[int]) -> Fired:
    if over(found["score"], 35):
        yield 1, WORST - found["score"]
    if flags:
        yield 1, 25 * min(flags)
    if under(personal["X-S3"], 50) and over(found["authority"], 50):
        yield 2, personal["X-S3"]
    if under(personal["X-S1"], 50):
        yield 3, personal["X-S1"]
    if under(personal["X-S4"], 50):
        yield 4, personal["X-S4"]
    if found["over_controlled"] and not flags:
        yield 5, WORST - abs(found["difference"])
