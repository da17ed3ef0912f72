"""Printing: what a report says, for one audience in one language, as a sealed PDF."""

import gc
from functools import partial

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from assessment import pdf
from assessment.domain.provenance import ENCLOSING, Contents, Provenance, digest, encode, sealed
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Report, build
from assessment.pdf import sealing


class Order(Struct, frozen=True):
    """What to print; `release` is the digest of the released result."""

    contents: Contents
    release: str
    language: str
    audience: str


def said(questionnaire: Questionnaire, order: Order) -> Report:
    """What the report says."""
    contents = order.contents
    details = replace(contents.details, release=order.release)
    return build(questionnaire, contents.figures, details, order.language, earlier=contents.earlier)


def printed(questionnaire: Questionnaire, order: Order) -> bytes:
    """Print and seal: the same order gives the same bytes."""
    told = said(questionnaire, order)
    return pdf.render(told, order.language, order.audience, partial(provenance, questionnaire, order))


def provenance(questionnaire: Questionnaire, order: Order, drawn: sealing.Drawn) -> Provenance:
    """What the report carries of where it comes from."""
    figures = order.contents.figures
    return sealed(
        Provenance(
            questionnaire=figures.questionnaire,
            texts=questionnaire.text(order.language).digest,
            engine=figures.engine,
            drawn_with=sealing.drawn_with(),
            language=order.language,
            audience=order.audience,
            release=order.release,
            enclosed=digest(encode(order.contents)),
            contents=order.contents if order.audience in ENCLOSING else None,
            pages=drawn.pages,
            document=drawn.document,
        )
    )


def settle() -> None:
    """Make a process ready to print one report after another.

    What has been loaded stays for good: it is left out of each search for garbage, which would take a sixth of
    the time of a report.
    """
    pdf.prepare()
    gc.collect()
    gc.freeze()


def pack(questionnaire: Questionnaire, order: Order) -> bytes:
    """Everything that printing takes, for a process of its own."""
    return msgspec.json.encode((questionnaire, order), order="deterministic")


def unpack(content: bytes) -> tuple[Questionnaire, Order]:
    """What `pack` put together."""
    return msgspec.json.decode(content, type=tuple[Questionnaire, Order])
