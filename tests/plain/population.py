"""Random populations as files of responses: every habit and every oddity that the method has a rule for."""

import csv
import io
import random
from collections.abc import Callable

from tests.plain.instrument import CHANNELS, CONSENSUS, EVERYTHING, FUNCTIONS, GOALS, PURPOSES, ROLES, asked, in_order

Row = dict[str, str]
SMALLEST, LARGEST = 2, 45
RUNGS = "01234"
HEAD = ("respondent", "role", "functions", "seconds")


def population(seed: int) -> tuple[str, dict]:
    """Responses as CSV text and settings; the same number gives the same."""
    dice = random.Random(seed)  # noqa: S311 - nothing is kept secret with it
    settings = _settings(dice)
    if dice.random() < 0.06:
        return _written(_agreed(dice)), {**settings, "mode": CONSENSUS}
    rows = _drawn(dice)
    ODDITIES[seed % len(ODDITIES)](rows, dice)
    return _written(rows), settings


def _settings(dice: random.Random) -> dict:
    """Random settings of a consultant; each is left out half the time."""
    drawn = {
        "weights": {function: dice.choice([0.5, 1.0, 2.0, 3.0]) for function in FUNCTIONS},
        "targets": {function: float(dice.choice([30, 50, 75, 100])) for function in FUNCTIONS},
        "contacts": {function: shares for function in FUNCTIONS if any((shares := _shares(dice)).values())},
        "importance": {"same-service-goals": 1, "evidence-meeting": 2, "one-queue": 4, "escalation": 5},
    }
    return {name: given for name, given in drawn.items() if dice.random() < 0.5}


def _shares(dice: random.Random) -> dict[str, float]:
    return {channel: dice.choice([0.0, 0.1, 0.5, 1.0]) for channel in CHANNELS if dice.random() < 0.7}


def _drawn(dice: random.Random) -> list[Row]:
    """People of one mind more or less, who leave more or less open."""
    leave_open = dice.choice([[0, 0, 0], [3, 5, 3], [10, 15, 10], [5, 40, 5]])
    likely = [100 - sum(leave_open), *leave_open]
    spread, temper = dice.choice([0.3, 0.9, 1.5]), dice.uniform(0.5, 3.5)
    level = {item: temper + dice.gauss(0, 0.8) for item in EVERYTHING}
    bias = {role: dice.gauss(0, 0.7) for role in ROLES}
    rows = []
    for number in range(dice.randint(SMALLEST, LARGEST)):
        role, functions = dice.choices(ROLES, [2, 4, 4])[0], _some_functions(dice)
        row = {"respondent": f"r{number}", "role": role, "functions": ";".join(functions)}
        row["seconds"] = dice.choice(["", "40", "70", "400", "633.5"])
        for item in (item for item in EVERYTHING if asked(item, role, functions)):
            rung = str(min(4, max(0, round(dice.gauss(level[item] + bias[role], spread)))))
            answer = dice.choice(PURPOSES[: 1 + round(temper)]) if item == GOALS else rung
            row[item] = dice.choices([answer, "dk", "na", ""], likely)[0]
        rows.append(row)
    return rows


def _some_functions(dice: random.Random) -> list[str]:
    first = dice.choice(list(FUNCTIONS))
    return [function for function in FUNCTIONS if function == first or dice.random() < 0.2]


def _agreed(dice: random.Random) -> list[Row]:
    """Records that functions agreed on."""
    rows = []
    for function in sorted(dice.sample(list(FUNCTIONS), dice.randint(1, 3))):
        row = {"respondent": function, "role": CONSENSUS, "functions": function, "seconds": ""}
        items = in_order(function)
        rows.append(row | {item: dice.choices([*RUNGS, "dk", "na", ""], [2, 3, 4, 3, 2, 1, 2, 1])[0] for item in items})
    if len(rows) > 1 and dice.random() < 0.5:
        _about_five_apart(rows, dice)
    return rows


def _about_five_apart(rows: list[Row], dice: random.Random) -> None:
    """The first two functions alike, but for two items and two or three rows that stand a rung higher."""
    (_, low), (_, high) = ((row["functions"], in_order(row["functions"])) for row in rows[:2])
    rungs = [dice.randint(0, 3) for _ in low]
    rows_at = [place for place, item in enumerate(low) if "-K-" in item]
    raised = {*dice.sample(range(rows_at[0] - 1), 2), *dice.sample(rows_at, dice.choice([2, 3]))}
    rows[0].update({item: str(rung) for item, rung in zip(low, rungs, strict=True)})
    rows[1].update({item: str(rungs[place] + (place in raised)) for place, item in enumerate(high)})


def _answers(row: Row, wanted: str) -> list[str]:
    """Items that were answered with one of these."""
    return [item for item, answer in row.items() if item not in HEAD and item != GOALS and answer and answer in wanted]


def _alike(rows: list[Row], dice: random.Random) -> None:
    """All answer the same: the top, the bottom, or a cut point."""
    rung = dice.choice(RUNGS)
    for row in rows:
        row["seconds"] = ""  # else they would be careless
        row.update(dict.fromkeys(_answers(row, RUNGS), rung))


def _each_alike(rows: list[Row], dice: random.Random) -> None:
    """Everyone has one answer for everything; those in a hurry are careless."""
    for row in rows:
        row.update(dict.fromkeys(_answers(row, RUNGS), dice.choice(RUNGS)))


def _without_a_role(rows: list[Row], dice: random.Random) -> None:
    away = dice.choice(ROLES)
    rows[:] = [row for row in rows if row["role"] != away] or rows


def _half_away(rows: list[Row], dice: random.Random) -> None:
    """Exactly half, or one more, say of many items that they do not apply."""
    for item in dice.sample(EVERYTHING, len(EVERYTHING) // 2):
        answered = [row for row in rows if row.get(item) and item != GOALS]
        for row in answered[: (len(answered) + 1) // 2]:
            row[item] = "na"


def _function_away(rows: list[Row], dice: random.Random) -> None:
    """Nothing of one function applies, or nothing but its hand-offs."""
    prefix, hand_offs = dice.choice(list(FUNCTIONS.values())), dice.random() < 0.5
    for row in rows:
        row.update({item: "na" for item in row if item.startswith(prefix) and (hand_offs or "-K-" not in item)})


def _contradicting(rows: list[Row], dice: random.Random) -> None:
    for row in rows:
        row.update({item: dice.choice("34") for item in ("X-V1", "X-V2", "MK-M1", "CS-R1") if item in row})
        row["seconds"] = dice.choice(["30", "900"])


def _risky(rows: list[Row], dice: random.Random) -> None:
    """Authority and support pull apart, by more or less, either way."""
    authority, support = dice.choice([("34", "012"), ("234", "0123"), ("23", "01"), ("01", "234"), ("12", "34")])
    for row in rows:
        row.update({item: dice.choice(authority) for item in row if item.startswith("X-A")})
        row.update({item: dice.choice(support) for item in row if item.startswith("X-S")})


def _apart(rows: list[Row], dice: random.Random) -> None:
    """Leaders and practitioners see different things, or answer at either end."""
    for row in rows:
        rungs = {"leader": "34", "practitioner": "01"}.get(row["role"], "04")
        row.update({item: dice.choice(rungs) for item in _answers(row, RUNGS) if not item.startswith("X-")})


def _as_drawn(rows: list[Row], dice: random.Random) -> None:
    """Nothing odd."""


ODDITIES: tuple[Callable[[list[Row], random.Random], None], ...] = (
    _as_drawn,
    _alike,
    _each_alike,
    _without_a_role,
    _half_away,
    _function_away,
    _contradicting,
    _risky,
    _apart,
)


def _written(rows: list[Row]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, [*HEAD, *EVERYTHING], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
