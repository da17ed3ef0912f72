"""Provenance of a printed report, with a digest over its inputs and pages.

The digest proves integrity: figures, options and pages belong together. It does not prove authorship, since anyone
with this program can produce a valid digest for other figures. Only the release digest links a report to a release:
it is the digest of the result that the server returns.
"""

import hashlib
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.report import EarlierWave, ReportDetails
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.result import QuestionnaireReference, Result

PROVENANCE_FORMAT: Literal["assessment-report-1"] = "assessment-report-1"
EDITIONS_WITH_CONTENTS = (
    FULL_EDITION,
    BOARD_EDITION,
)  # a playbook or the respondents' summary must not carry the figures of other functions

SealedRecord = TypeVar("SealedRecord", "Provenance", "OfficeProvenance", "ChartProvenance")
JSON_NULL = msgspec.Raw(b"null")


class ReportContents(Struct, frozen=True, forbid_unknown_fields=True):
    """Inputs of a report, the same for every edition.

    `result` is byte for byte as released; so is `before`, the result of the wave that `earlier` compares with.
    """

    result: msgspec.Raw
    details: ReportDetails
    earlier: EarlierWave | None = None
    before: msgspec.Raw = JSON_NULL  # not `Raw | None`: msgspec decodes such a field as null only

    @property
    def has_earlier_wave(self) -> bool:
        """Return whether there is an earlier wave."""
        return bytes(self.before) != bytes(JSON_NULL)

    @property
    def figures(self) -> Result:
        """Decoded released result; raises `msgspec.MsgspecError` if it is invalid."""
        return msgspec.json.decode(self.result, type=Result)


class Provenance(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Provenance record embedded in a printed report. `pages` and `document` are digests of the rendered content.

    `release` is the SHA-256 of the released result, `enclosed` that of `contents`. Only editions whose readers may
    see all figures carry the contents themselves.
    """

    format: Literal["assessment-report-1"] = PROVENANCE_FORMAT
    questionnaire: QuestionnaireReference
    texts: str
    engine: str
    drawn_with: dict[str, str]
    language: str
    audience: str
    release: str
    enclosed: str
    contents: ReportContents | None
    pages: tuple[str, ...]
    document: str
    seal: str = ""


class OfficeProvenance(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Provenance record embedded in a deck, document or workbook.

    These files are made to be edited: the seal covers what the file was made from, not what is written in it.
    """

    format: Literal["assessment-office-1"] = "assessment-office-1"
    file_format: FileFormat
    questionnaire: QuestionnaireReference
    texts: str
    engine: str
    drawn_with: dict[str, str]
    language: str
    audience: str
    release: str
    enclosed: str
    contents: ReportContents | None
    seal: str = ""


class ChartProvenance(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Provenance record embedded in a single chart; `chart` is its name with the ending of the format.

    It carries no figures: charts are passed on to people who may not see those of others. `drawing` is the digest of
    the file without this record.
    """

    format: Literal["assessment-chart-1"] = "assessment-chart-1"
    chart: str
    questionnaire: QuestionnaireReference
    texts: str
    engine: str
    drawn_with: dict[str, str]
    language: str
    audience: str
    release: str
    enclosed: str
    drawing: str
    seal: str = ""


def hash_content(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def strip_careless_log(release: bytes) -> msgspec.Raw:
    """Remove the names of careless respondents from a released result, so that it may be passed on."""
    if not msgspec.json.decode(release, type=Result).respondents.careless_log:
        return msgspec.Raw(release)
    figures = msgspec.json.decode(release)  # decoding as a Result would add fields that an earlier version lacks
    figures["respondents"]["careless_log"] = None
    return msgspec.Raw(msgspec.json.encode(figures))


def encode_canonical_json(value: Provenance | OfficeProvenance | ChartProvenance | ReportContents) -> bytes:
    """Encode as canonical JSON."""
    return msgspec.json.encode(value, order="deterministic")


def compute_seal(provenance: Provenance | OfficeProvenance | ChartProvenance) -> str:
    """Digest of all other fields."""
    return hash_content(encode_canonical_json(replace(provenance, seal="")))


def seal_provenance(provenance: SealedRecord) -> SealedRecord:
    """Return the record with its seal filled in."""
    return replace(provenance, seal=compute_seal(provenance))


def decode_provenance(content: bytes) -> Provenance:
    """Decode a provenance record; raises `msgspec.MsgspecError` if it is invalid."""
    return msgspec.json.decode(content, type=Provenance)
