"""Provenance: what a printed report was made from, sealed with a digest.

A digest alone shows that a report is whole and of one piece: figures, options and pages belong together.
It does not show who made it; whoever has this program can seal figures of their own. That a report tells
what was released is shown by its release digest: it is that of the scores which the server gives.
"""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.report import Details, Earlier
from assessment.domain.report.audiences import BOARD, FULL
from assessment.domain.result import QuestionnaireReference, Result

FORMAT: Literal["assessment-report-1"] = "assessment-report-1"
ENCLOSING = (FULL, BOARD)  # a function's playbook must not carry the others' figures, nor a respondent's page

NOTHING = msgspec.Raw(b"null")


class Contents(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a report says, whoever it is for.

    `result` byte for byte as released, `before` likewise: that of the wave that `earlier` compares with.
    """

    result: msgspec.Raw
    details: Details
    earlier: Earlier | None = None
    before: msgspec.Raw = NOTHING  # not `| None`: msgspec reads such a field as null only

    @property
    def goes_on(self) -> bool:
        """Whether there is a wave before."""
        return bytes(self.before) != bytes(NOTHING)

    @property
    def figures(self) -> Result:
        """The released result; `msgspec.MsgspecError` if it is none."""
        return msgspec.json.decode(self.result, type=Result)


class Provenance(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a printed report carries. `pages` and `document` are digests of what is drawn.

    `release` is the SHA-256 of the released result, `enclosed` that of the contents, which stand only
    in the editions for those who may see all of them.
    """

    format: Literal["assessment-report-1"] = FORMAT
    questionnaire: QuestionnaireReference
    texts: str
    engine: str
    drawn_with: dict[str, str]
    language: str
    audience: str
    release: str
    enclosed: str
    contents: Contents | None
    pages: tuple[str, ...]
    document: str
    seal: str = ""


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def enclosed(release: bytes) -> msgspec.Raw:
    """A released result as it may be handed on: the names of careless respondents stay behind."""
    if not msgspec.json.decode(release, type=Result).respondents.careless_log:
        return msgspec.Raw(release)
    figures = msgspec.json.decode(release)  # not as a Result: that would add what an earlier version had not
    figures["respondents"]["careless_log"] = None
    return msgspec.Raw(msgspec.json.encode(figures))


def encode(value: Provenance | Contents) -> bytes:
    """Canonical JSON."""
    return msgspec.json.encode(value, order="deterministic")


def seal(provenance: Provenance) -> str:
    """The seal: a digest of everything else."""
    return digest(encode(replace(provenance, seal="")))


def sealed(provenance: Provenance) -> Provenance:
    """Seal."""
    return replace(provenance, seal=seal(provenance))


def decode(content: bytes) -> Provenance:
    """Read what `encode` wrote; `msgspec.MsgspecError` if it is something else."""
    return msgspec.json.decode(content, type=Provenance)
