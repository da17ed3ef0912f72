"""Render the report for one audience in one language as a sealed PDF."""

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
    """Inputs of a rendering; `release` is the digest of the released result."""

    contents: Contents
    release: str
    language: str
    audience: str


def said(questionnaire: Questionnaire, order: Order) -> Report:
    """Build the report of a job."""
    contents = order.contents
    details = replace(contents.details, release=order.release)
    return build(questionnaire, contents.figures, details, order.language, earlier=contents.earlier)


def printed(questionnaire: Questionnaire, order: Order) -> bytes:
    """Render and seal. Deterministic: the same job gives the same bytes."""
    told = said(questionnaire, order)
    return pdf.render(told, order.language, order.audience, partial(provenance, questionnaire, order))


def provenance(questionnaire: Questionnaire, order: Order, drawn: sealing.Drawn) -> Provenance:
    """Make the provenance that is embedded in the PDF."""
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
    """Warm up a worker process: load fonts, and exempt loaded objects from garbage collection.

    Scanning them would take a sixth of the time of each report.
    """
    pdf.prepare()
    gc.collect()
    gc.freeze()


def pack(questionnaire: Questionnaire, order: Order) -> bytes:
    """Serialize a job for a worker process. Deterministic, because the cache key is a digest of it."""
    return msgspec.json.encode((questionnaire, order), order="deterministic")


def unpack(content: bytes) -> tuple[Questionnaire, Order]:
    """Deserialize a job of `pack`."""
    return msgspec.json.decode(content, type=tuple[Questionnaire, Order])
