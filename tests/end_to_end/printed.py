"""Finds figures in the text of a PDF: each beside its label, on its page."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from msgspec import Struct
from pypdf import PdfReader

from assessment.domain.questionnaire import Kind, Questionnaire

Result = dict[str, Any]
WIDE_ENOUGH = 20  # percent: what is narrower has no room for its number


class Printed(Struct, frozen=True):
    """A figure where it should stand: on the page with this title, from so many to so many lines below its label."""

    page: str
    label: str
    shown: str
    first: int = 1
    last: int = 1


def pages(pdf: bytes) -> list[list[str]]:
    """The lines of each page."""
    return [(page.extract_text() or "").split("\n") for page in PdfReader(BytesIO(pdf)).pages]


def missing(pdf: bytes, figures: list[Printed]) -> list[Printed]:
    """Those that are not where they should be."""
    found = pages(pdf)
    return [figure for figure in figures if not any(_stands(figure, lines) for lines in found)]


def _stands(figure: Printed, lines: list[str]) -> bool:
    if lines[0].strip() != figure.page:
        return False
    places = [number for number, line in enumerate(lines) if line.strip() == figure.label]
    return any(
        figure.shown in [line.strip() for line in lines[at + figure.first : at + figure.last + 1]] for at in places
    )


def figures(questionnaire: Questionnaire, result: Result) -> Iterator[Printed]:
    """Every displayed figure of a result, by page and label."""
    texts = questionnaire.text("en")
    yield from _numbers("The answer on one page", [("The whole", one_decimal(result["overall"]["score"]))])
    for name, function in result["functions"].items():
        title = texts.functions[name]
        yield from _numbers("The answer on one page", [(title, one_decimal(function["score"]))])
        yield from _function(questionnaire, name, function)
        scores = [function["score"], *(found["score"] for found in function["dimensions"].values())]
        for place, score in enumerate(scores, start=1):
            yield Printed("Where practice is strong and where it is missing", title, one_decimal(score), place, place)
    yield from _indices(questionnaire, result)


def _function(questionnaire: Questionnaire, name: str, function: Result) -> Iterator[Printed]:
    texts = questionnaire.text("en")
    page = texts.functions[name]
    labels = [
        ("Score", one_decimal(function["score"])),
        ("Embedding", one_decimal(function["embedding"])),
        ("Hand-offs", one_decimal(function["hand_off"]["score"])),
        ("Coverage", percent(100 * function["coverage"])),
        ("Took part", str(function["people"])),
    ]
    for dimension, found in function["dimensions"].items():
        labels.append((texts.dimensions[dimension].title, one_decimal(found["score"])))
        labels += [(texts.items[item].short, step(one)) for item, one in found["items"].items()]
    rows = function["hand_off"]["rows"]
    labels += [
        (texts.channels[item.channel or ""], step(rows[item.id]))
        for item in questionnaire.items
        if item.kind is Kind.HAND_OFF and item.function == name
    ]
    yield from _numbers(page, labels)
    named = {
        texts.items[item].short: one for part in function["dimensions"].values() for item, one in part["items"].items()
    }
    named |= {texts.channels[i.channel or ""]: rows[i.id] for i in questionnaire.items if i.id in rows}
    for label, one in named.items():
        shares = [round(100 * share) for share in one["distribution"] or ()]
        yield from (Printed(page, label, str(share), last=6) for share in shares if share >= WIDE_ENOUGH)


def _indices(questionnaire: Questionnaire, result: Result) -> Iterator[Printed]:
    texts = questionnaire.text("en")
    indices = result["indices"]
    risk, gap, outlook = indices["set_up_to_fail"], indices["perception_gap"], indices["outlook"]
    yield from _numbers("The answer on one page", [("Embedding", one_decimal(indices["embedding"]["score"]))])
    yield from _numbers("The answer on one page", [("Balance", one_decimal(indices["balance"]["score"]))])
    authority = [("Set up to fail", "score"), ("Authority", "authority"), ("Support", "support")]
    support = questionnaire.indices.set_up_to_fail.support
    yield from _numbers(
        "Authority and support",
        [
            *((label, bounded(risk[key], risk["bounds"].get(key))) for label, key in authority),
            *((texts.items[item].short, step(result["personal"][item])) for item in support),
        ],
    )
    yield from _numbers("Leaders and practitioners", [("Average size of gap", one_decimal(gap["score"]))])
    for dimension, found in gap["dimensions"].items():
        signed = f"{found['gap']:+.0f}" if found["gap"] else "0"
        yield Printed("Leaders and practitioners", texts.dimensions[dimension].title, signed, last=3)
    yield from _numbers(
        "Hand-offs between channels", [("Hand-offs, all functions", one_decimal(indices["beyond_one_network"]))]
    )
    labels = (("Independence of one network", "independence"), ("Readiness for another role", "readiness"))
    yield from _numbers(
        "Roles in four years",
        [(label, bounded(outlook[key], outlook["bounds"].get(key))) for label, key in labels],
    )


def _numbers(page: str, labels: list[tuple[str, str]]) -> Iterator[Printed]:
    yield from (Printed(page, label, shown) for label, shown in labels)


def one_decimal(value: float) -> str:
    """As every computed score is shown."""
    return str(Decimal(repr(round(value, 6))).quantize(Decimal("0.1"), ROUND_HALF_UP))


def percent(value: float) -> str:
    """A whole percentage."""
    return f"{Decimal(repr(round(value, 6))).quantize(Decimal(1), ROUND_HALF_UP)}%"


def step(found: Result) -> str:
    """As an item is released."""
    return bounded(found["score"], found["bound"])


def bounded(value: float, bound: str | None) -> str:
    """A step of five, or an end of the scale."""
    ending = {"at most": " or less", "at least": " or more", None: ""}[bound]
    return f"{value:g}{ending}"
