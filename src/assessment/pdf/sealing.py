"""Finish a PDF: attach its provenance, and save without timestamps."""

from io import BytesIO

import pikepdf
import reportlab
from msgspec import Struct
from pikepdf import AttachedFileSpec, Name, Pdf

from assessment.domain.provenance import Provenance, decode, encode
from assessment.errors import InvalidError, Problem
from assessment.pdf.anatomy import document_digest, page_digests

ATTACHED = "provenance.json"


class Drawn(Struct, frozen=True):
    """Digests of a document before its provenance is attached."""

    pages: tuple[str, ...]
    document: str


def drawn_with() -> dict[str, str]:
    """Return the versions of the rendering libraries: others may break lines differently."""
    return {"pikepdf": pikepdf.__version__, "reportlab": reportlab.__version__}


def drawn(pdf: Pdf) -> Drawn:
    """Digest a report that has no provenance yet."""
    return Drawn(page_digests(pdf), document_digest(pdf))


def attach(pdf: Pdf, provenance: Provenance) -> None:
    spec = AttachedFileSpec(
        pdf,
        encode(provenance),
        filename=ATTACHED,
        description="What this report was made from",
        mime_type="application/json",
        creation_date="",
        mod_date="",
    )
    spec.obj.AFRelationship = Name.Source
    pdf.attachments[ATTACHED] = spec
    pdf.Root.AF = pikepdf.Array([pdf.Root.Names.EmbeddedFiles.Names[1]])


def saved(pdf: Pdf) -> bytes:
    """Save deterministically: bytes depend on the content alone."""
    target = BytesIO()
    pdf.save(
        target,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,  # would rewrite the metadata
    )
    return target.getvalue()


def provenance_of(pdf: Pdf) -> tuple[Provenance, bytes]:
    """Read the attached provenance. Raises `InvalidError` if it is missing or unreadable."""
    try:
        found = pdf.attachments[ATTACHED].get_file()
        content = bytes(found.read_bytes())
        return decode(content), content
    except KeyError as error:
        raise InvalidError(
            "This PDF does not say what it was made from.",
            [Problem("It is no report of this program, or its attachment was taken out.", file=ATTACHED)],
        ) from error
    except (ValueError, RecursionError, pikepdf.PdfError) as error:
        raise InvalidError(
            "What this PDF says it was made from can't be read.", [Problem(str(error), file=ATTACHED)]
        ) from error
