"""The last pass over a report: its provenance is attached, and nothing in it says when it was made."""

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
    """Digests of a drawn document, and of what it was drawn with."""

    pages: tuple[str, ...]
    document: str


def drawn_with() -> dict[str, str]:
    """Versions of what draws: others may set a line elsewhere."""
    return {"pikepdf": pikepdf.__version__, "reportlab": reportlab.__version__}


def drawn(pdf: Pdf) -> Drawn:
    """Digest what a report without provenance shows."""
    return Drawn(page_digests(pdf), document_digest(pdf))


def attach(pdf: Pdf, provenance: Provenance) -> None:
    """Attach a provenance."""
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
    """Bytes that depend on the content alone."""
    target = BytesIO()
    pdf.save(
        target,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,  # it would be written anew
    )
    return target.getvalue()


def provenance_of(pdf: Pdf) -> tuple[Provenance, bytes]:
    """Read the provenance of a report; `InvalidError` where there is none that could be read."""
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
