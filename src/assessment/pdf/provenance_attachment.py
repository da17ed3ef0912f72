"""Finish a PDF: attach its provenance, and save without timestamps."""

from io import BytesIO

import pikepdf
import reportlab
from msgspec import Struct
from pikepdf import AttachedFileSpec, Name, Pdf

from assessment.domain.verification.provenance import Provenance, decode_provenance, encode_canonical_json
from assessment.errors import InvalidError, Problem
from assessment.pdf.inspection.digests import compute_document_digest, compute_page_digests

ATTACHMENT_NAME = "provenance.json"
MAX_PROVENANCE_BYTES = 16 * 1024 * 1024  # with the largest logo, it has less than two


class PdfDigests(Struct, frozen=True):
    """Digests of a document before its provenance is attached."""

    pages: tuple[str, ...]
    document: str


def list_renderer_versions() -> dict[str, str]:
    """Return the versions of the rendering libraries: others may break lines differently."""
    return {"pikepdf": pikepdf.__version__, "reportlab": reportlab.__version__}


def compute_digests(pdf: Pdf) -> PdfDigests:
    """Digest a report that has no provenance yet."""
    return PdfDigests(compute_page_digests(pdf), compute_document_digest(pdf))


def attach_provenance(pdf: Pdf, provenance: Provenance) -> None:
    spec = AttachedFileSpec(
        pdf,
        encode_canonical_json(provenance),
        filename=ATTACHMENT_NAME,
        description="What this report was made from",
        mime_type="application/json",
        creation_date="",
        mod_date="",
    )
    spec.obj.AFRelationship = Name.Source
    pdf.attachments[ATTACHMENT_NAME] = spec
    pdf.Root.AF = pikepdf.Array([pdf.Root.Names.EmbeddedFiles.Names[1]])


def save_deterministically(pdf: Pdf) -> bytes:
    """Save so that the bytes depend on the content alone."""
    target = BytesIO()
    pdf.save(
        target,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,  # would rewrite the metadata
    )
    return target.getvalue()


def read_provenance(pdf: Pdf) -> tuple[Provenance, bytes]:
    """Read the attached provenance. Raises `InvalidError` if it is missing or unreadable."""
    try:
        attachment = pdf.attachments[ATTACHMENT_NAME].get_file()
        content = bytes(attachment.read_bytes())
        return decode_provenance(_check_size(content)), content
    except KeyError as error:
        raise InvalidError(
            "This PDF has no record of what it was made from.",
            [Problem("It is not a report of this program, or its attachment was removed.", file=ATTACHMENT_NAME)],
        ) from error
    except (ValueError, RecursionError, pikepdf.PdfError) as error:
        raise InvalidError(
            "This PDF’s record of what it was made from can’t be read.", [Problem(str(error), file=ATTACHMENT_NAME)]
        ) from error


def _check_size(content: bytes) -> bytes:
    """Raise `ValueError` if it is larger than any provenance: decoded, it takes several times as much memory."""
    if len(content) > MAX_PROVENANCE_BYTES:
        raise ValueError("it is too large")
    return content
