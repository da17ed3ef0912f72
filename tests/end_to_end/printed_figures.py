"""Finds figures in the text of a PDF: each next to its label, on its page."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from msgspec import Struct
from pypdf import PdfReader

from assessment.domain.questionnaire import Kind, Questionnaire

Result = dict[str, Any]
MINUS = "\u2212"
LYING = 6  # lines below a label, at most, where the shares of its rungs stand
WIDE_ENOUGH = 20  # percent: what is narrower has no room for its number
ENOUGH_ANSWERS = 50  # fewer can't bear a percentage


class PrintedFigure(Struct, frozen=True):
    """A figure where it should stand: on the page with this title, from so many to so many lines below its label.

    Without a title: on any page.
    """

    page: str
    label: str
    shown: str
    first: int = 1
    last: int = 1


def extract_pages(pdf: bytes) -> list[list[str]]:
    """The lines of each page."""
    return [(page.extract_text() or "").split("\n") for page in PdfReader(BytesIO(pdf)).pages]


def find_missing(pdf: bytes, figures: list[PrintedFigure]) -> list[PrintedFigure]:
    """Those that are not where they should be."""
    return find_missing_on_pages(extract_pages(pdf), figures)


def find_missing_on_pages(found: list[list[str]], figures: list[PrintedFigure]) -> list[PrintedFigure]:
    """The same, of lines that were read already."""
    return [figure for figure in figures if not any(_is_printed(figure, lines) for lines in found)]


def _is_printed(figure: PrintedFigure, lines: list[str]) -> bool:
    if figure.page and lines[0].strip() != figure.page:
        return False
    places = [number for number, line in enumerate(lines) if line.strip() == figure.label]
    near = (line.strip() for at in places for line in lines[at + figure.first : at + figure.last + 1])
    return any(line == figure.shown or line.startswith(f"{figure.shown}, ") for line in near)


def list_figures(questionnaire: Questionnaire, result: Result) -> Iterator[PrintedFigure]:
    """Every displayed figure of a result, by page and label."""
    texts = questionnaire.text("en")
    yield from _list_numbers("The answer on one page", [("The whole", format_one_decimal(result["overall"]["score"]))])
    yield from _list_level("The whole", result["overall"])
    whole = [("Coverage", format_percent(100 * result["overall"]["coverage"]))]
    yield from _list_numbers(
        "The answer on one page", [*whole, ("People counted", str(result["respondents"]["counted"]))]
    )
    for name, function in result["functions"].items():
        title = texts.functions[name]
        yield from _list_numbers("The answer on one page", [(title, format_one_decimal(function["score"]))])
        yield from _list_level(title, function)
        yield from _list_target(title, function)
        yield from _list_function(questionnaire, name, function)
        scores = [function["score"], *(found["score"] for found in function["dimensions"].values())]
        for place, score in enumerate(scores, start=1):
            yield PrintedFigure(
                "Where practice is strong and where it is missing", title, format_mean(score), place, place
            )
    yield from _list_indices(questionnaire, result)


def _list_level(label: str, found: Result) -> Iterator[PrintedFigure]:
    """Interval and level next to the score."""
    if found["interval"] and found["level"]:
        yield PrintedFigure("The answer on one page", label, f"({_format_interval(found)})", last=2)
        yield PrintedFigure("The answer on one page", label, str(found["level"]), last=3)


def _format_interval(found: Result) -> str:
    return "–".join(format_one_decimal(end) for end in found["interval"])


def _list_target(label: str, function: Result) -> Iterator[PrintedFigure]:
    target, short = function["target"], format_one_decimal(function["target"] - function["score"])
    shown = f"of {target:g}: {short} to go" if float(short) > 0 else f"target {target:g} reached"
    yield PrintedFigure("Now against target", label, format_one_decimal(function["score"]))
    yield PrintedFigure("Now against target", label, shown, last=2)


def _list_function(questionnaire: Questionnaire, name: str, function: Result) -> Iterator[PrintedFigure]:
    texts = questionnaire.text("en")
    page = texts.functions[name]
    labels = [
        ("Score", format_one_decimal(function["score"])),
        ("Embedding", format_one_decimal(function["embedding"])),
        ("Hand-offs", format_one_decimal(function["hand_off"]["score"])),
        ("Coverage", format_percent(100 * function["coverage"])),
        ("Took part", str(function["people"])),
    ]
    for dimension, found in function["dimensions"].items():
        labels.append((texts.dimensions[dimension].title, format_mean(found["score"])))
        labels += [(texts.items[item].short, format_level(one)) for item, one in found["items"].items()]
    rows = function["hand_off"]["rows"]
    labels += [
        (texts.channels[item.channel or ""], format_level(rows[item.id]))
        for item in questionnaire.items
        if item.kind is Kind.HAND_OFF and item.function == name
    ]
    yield from _list_numbers(page, labels)
    if function["interval"] and function["level"]:
        yield PrintedFigure(page, "Score", f"level {function['level']} ({_format_interval(function)})", last=2)
    if function["agreement"] is not None:
        yield PrintedFigure(page, "Agreement", f"{function['agreement']:.2f}")
    named = {
        texts.items[item].short: one for part in function["dimensions"].values() for item, one in part["items"].items()
    }
    named |= {texts.channels[i.channel or ""]: rows[i.id] for i in questionnaire.items if i.id in rows}
    for label, one in named.items():
        if one["score"] is not None:
            yield PrintedFigure(page, label, str(one["n"]), last=8)
        shares = [round(100 * share) for share in one["distribution"] or ()]
        if (one["n"] or 0) >= ENOUGH_ANSWERS:
            yield from (PrintedFigure(page, label, str(share), last=LYING) for share in shares if share >= WIDE_ENOUGH)


def _list_indices(questionnaire: Questionnaire, result: Result) -> Iterator[PrintedFigure]:
    texts = questionnaire.text("en")
    indices = result["indices"]
    risk, gap, outlook = indices["set_up_to_fail"], indices["perception_gap"], indices["outlook"]
    yield from _list_numbers(
        "The answer on one page", [("Embedding", format_one_decimal(indices["embedding"]["score"]))]
    )
    yield from _list_numbers("The answer on one page", [("Balance", format_one_decimal(indices["balance"]["score"]))])
    authority = [("Set up to fail", "score"), ("Authority", "authority"), ("Support", "support")]
    support = questionnaire.indices.set_up_to_fail.support
    yield from _list_numbers(
        "Authority and support",
        [
            *((label, format_bounded(risk[key], risk["bounds"].get(key))) for label, key in authority),
            *((texts.items[item].short, format_level(result["personal"][item])) for item in support),
        ],
    )
    yield from _list_numbers("Leaders and practitioners", [("Average size of gap", format_one_decimal(gap["score"]))])
    shown_gaps = {dimension: found for dimension, found in gap["dimensions"].items() if found}
    for dimension, found in shown_gaps.items():
        signed = f"{found['gap']:+.0f}".replace("-", MINUS) if found["gap"] else "0"
        title = texts.dimensions[dimension].title
        yield PrintedFigure("Leaders and practitioners", title, signed, last=3)
        for side in ("leader", "practitioner"):
            shown = format_bounded(found[side], found["bounds"].get(side))
            yield PrintedFigure("Leaders and practitioners", title, shown, last=9)
        yield PrintedFigure("Leaders and practitioners", title, f"n {found['leaders']} | {found['practitioners']}")
    shares = (("Leaders’ “I don’t know”", "leader_dont_know"), ("Agreement on purpose", "goal_agreement"))
    for label, key in shares:
        if gap[key] is not None:
            yield PrintedFigure(
                "Leaders and practitioners", label, format_bounded(gap[key], gap["bounds"].get(key), "%")
            )
    yield from _list_numbers(
        "Hand-offs between channels", [("Hand-offs, all functions", format_one_decimal(indices["beyond_one_network"]))]
    )
    labels = (("Independence of one network", "independence"), ("Readiness for another role", "readiness"))
    yield from _list_numbers(
        "Roles in four years",
        [(label, format_bounded(outlook[key], outlook["bounds"].get(key))) for label, key in labels],
    )


def _list_numbers(page: str, labels: list[tuple[str, str]]) -> Iterator[PrintedFigure]:
    yield from (PrintedFigure(page, label, shown) for label, shown in labels)


def format_one_decimal(value: float) -> str:
    """As every computed score is shown."""
    return str(Decimal(repr(round(value, 6))).quantize(Decimal("0.1"), ROUND_HALF_UP))


def format_mean(value: float) -> str:
    """A mean of items at the end of the scale is one only if all of them are: so it stands for as much or less."""
    return {10.0: "10 or less", 90.0: "90 or more"}.get(value, format_one_decimal(value))


def format_percent(value: float) -> str:
    """A whole percentage."""
    return f"{Decimal(repr(round(value, 6))).quantize(Decimal(1), ROUND_HALF_UP)}%"


def format_level(found: Result) -> str:
    """As an item is released; a dash where it is hidden."""
    return "–" if found["score"] is None else format_bounded(found["score"], found["bound"])


def format_bounded(value: float, bound: str | None, unit: str = "") -> str:
    """A step of five, or an end of the scale."""
    ending = {"at most": " or less", "at least": " or more", None: ""}[bound]
    return f"{value:g}{unit}{ending}"
