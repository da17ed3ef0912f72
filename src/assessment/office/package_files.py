"""Office Open XML packages: zip files without timestamps, with the provenance as a custom XML part.

Word, PowerPoint and Excel keep custom XML parts when someone edits and saves a file, so an edited file can still be
traced to its release.
"""

import re
import zlib
from collections.abc import Iterator
from html import escape, unescape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec

from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import OfficeProvenance, encode_canonical_json
from assessment.errors import InvalidError, Problem

MAIN_PARTS = {
    FileFormat.DECK: "ppt/presentation.xml",
    FileFormat.DOCUMENT: "word/document.xml",
    FileFormat.WORKBOOK: "xl/workbook.xml",
}
NAMESPACE = "urn:assessment:provenance:1"
ITEM_ID = "{6A1D0B52-6F0C-4C6B-9C39-0C9E4A1E7B10}"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CUSTOM_XML = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Bounded, or a text of many half tags would take hours.
ITEM_PATTERN = re.compile(
    rf'<(?:\w+:)?provenance\b[^<>]{{0,999}}"{re.escape(NAMESPACE)}"[^<>]{{0,999}}>([^<]*)</(?:\w+:)?provenance>'
)
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)  # a zip file can't have an earlier one
EMBEDDED_WORKBOOK = re.compile(r"(?:ppt|word)/embeddings/.*\.xlsx")
CUSTOM_PART = re.compile(r"customXml/[^/]*\.xml")
CORE_PROPERTIES = "docProps/core.xml"
TIMESTAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
FIXED_TIMESTAMP = rb"\g<1>2000-01-01T00:00:00Z\g<2>"
COMPRESSION_LEVEL = 6
MAX_CUSTOM_BYTES = 16 * 1024 * 1024  # of all custom parts; a report's own has less than two
MAX_CUSTOM_PARTS = 40
UNSAFE_JSON = re.compile("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def save_deterministically(package: bytes, file_format: FileFormat, provenance: OfficeProvenance | None) -> bytes:
    """Write a package again without timestamps, with its provenance; the bytes depend on the content alone."""
    parts = _read_all_parts(package)
    if provenance is not None:
        _add_provenance(parts, MAIN_PARTS[file_format], provenance)
    return _write_package(parts)


def is_package(content: bytes) -> bool:
    """Return whether a file is a zip file, as all Office files are."""
    return content.startswith(b"PK\x03\x04")


def read_provenance(package: bytes) -> tuple[FileFormat, OfficeProvenance, bool]:
    """Read format and provenance, and whether it is written as this program writes it.

    Raises `InvalidError` if the file is no Office file, or has no readable provenance.
    """
    try:
        with ZipFile(BytesIO(package)) as archive:
            names = archive.namelist()
            file_format = next((kind for kind, part in MAIN_PARTS.items() if part in names), None)
            if file_format is None:
                raise InvalidError("This is not a deck, document or workbook that can be read.")
            custom_parts = [part for part in names if CUSTOM_PART.fullmatch(part)][:MAX_CUSTOM_PARTS]
            texts = [
                match[1]
                for content in _read_parts(archive, custom_parts)
                for match in ITEM_PATTERN.finditer(content.decode("utf-8", "replace"))
            ]
    except (BadZipFile, OSError, ValueError, RuntimeError, zlib.error) as error:  # RuntimeError: unknown compression
        raise InvalidError(
            "This is not a deck, document or workbook that can be read.", [Problem(str(error))]
        ) from error
    if len(texts) != 1:
        raise InvalidError(
            "This file does not say what it was made from.",
            [Problem("It is no report of this program, or what it carried was taken out.", file="customXml")],
        )
    text = unescape(texts[0])
    try:
        provenance = msgspec.json.decode(text.encode(), type=OfficeProvenance)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise InvalidError(
            "What this file says it was made from can’t be read.", [Problem(str(error), file="customXml")]
        ) from error
    return file_format, provenance, text == _encode_for_xml(provenance)


def _read_parts(archive: ZipFile, names: list[str]) -> Iterator[bytes]:
    """Yield the contents. Raises `ValueError` if they are too large, or packed in a way that can't be limited."""
    left = MAX_CUSTOM_BYTES
    for name in names:
        if archive.getinfo(name).compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise ValueError(name)
        with archive.open(name) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise ValueError(name)
        yield content


def _read_all_parts(package: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write_package(parts: dict[str, bytes]) -> bytes:
    """Write a package with the content types first, as its readers expect, and workbooks of charts alike."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
        for name in sorted(parts, key=lambda part: (part != "[Content_Types].xml", part != "_rels/.rels", part)):
            content = parts[name]
            if EMBEDDED_WORKBOOK.fullmatch(name):
                content = _write_package(_read_all_parts(content))
            elif name == CORE_PROPERTIES:
                content = TIMESTAMP.sub(FIXED_TIMESTAMP, content)
            entry = ZipInfo(name, EARLIEST_DATE)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0  # otherwise it names the operating system
            archive.writestr(entry, content)
    return target.getvalue()


def _add_provenance(parts: dict[str, bytes], main_part: str, provenance: OfficeProvenance) -> None:
    folder, _, name = main_part.rpartition("/")
    text = escape(_encode_for_xml(provenance), quote=False)
    parts["customXml/item1.xml"] = f'{XML_HEAD}<provenance xmlns="{NAMESPACE}">{text}</provenance>'.encode()
    parts["customXml/itemProps1.xml"] = (
        f'{XML_HEAD}<ds:datastoreItem ds:itemID="{ITEM_ID}" xmlns:ds="{CUSTOM_XML}"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()
    parts["customXml/_rels/item1.xml.rels"] = (
        f'{XML_HEAD}<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{DOCUMENT_RELATIONSHIPS}/customXmlProps" Target="itemProps1.xml"/></Relationships>'
    ).encode()
    _insert_before(
        parts,
        f"{folder}/_rels/{name}.rels",
        "</Relationships>",
        f'<Relationship Id="rIdProvenance" Type="{DOCUMENT_RELATIONSHIPS}/customXml" Target="../customXml/item1.xml"/>',
    )
    _insert_before(
        parts,
        "[Content_Types].xml",
        "</Types>",
        f'<Override PartName="/customXml/itemProps1.xml" ContentType="{PROPERTIES_TYPE}"/>',
    )


def _insert_before(parts: dict[str, bytes], part: str, end: str, addition: str) -> None:
    parts[part] = parts[part].decode().replace(end, addition + end, 1).encode()


def _encode_for_xml(provenance: OfficeProvenance) -> str:
    """Encode as canonical JSON, with the characters that XML can't hold in JSON's own escapes."""
    text = encode_canonical_json(provenance).decode()
    return UNSAFE_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
