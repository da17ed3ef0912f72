"""Check the package of an uploaded template (Word or PowerPoint) before a library reads it.

Refused are macros, controls, embedded files, what is loaded from elsewhere, document type declarations, and packages
that unpack to too much.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_

MAX_TEMPLATE_BYTES = 5 * 1024**2
MAX_UNPACKED_BYTES = 60 * 1024**2
MAX_PARTS = 1000
MAX_PLACE_LENGTH = 80
CHUNK_BYTES = 64 * 1024

TOO_LARGE = N_("This template is too large: at most {megabytes} MB.")
ACTIVE_PART = N_("It contains macros, controls or embedded files ({part}). Remove them and save it as {ending}.")
EXTERNAL_PART = N_("It loads something from elsewhere ({target}). Put it into the document instead.")

ACTIVE_NAME = re.compile(r"vbaProject|vbaData|activeX|oleObject|/embeddings/|afchunk|\.bin$|\.exe$", re.IGNORECASE)
HARMLESS_NAME = re.compile(r"(?:word|ppt)/printerSettings/printerSettings\d+\.bin")
EXTERNAL_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>")
RELATIONSHIP_TARGET = re.compile(rb"Target\s*=\s*[\"']([^\"']*)[\"']")
HYPERLINK_TYPE = b"/relationships/hyperlink"


class PackageKind(Struct, frozen=True):
    """What a package must be: its main part and ending, and the messages if it is not.

    `find_more` yields further problems of a part's name and content.
    """

    main_part: str
    ending: str
    refused: str
    not_readable: str
    find_more: Callable[[str, bytes], Iterator[Problem]]

    def refuse_file(self) -> InvalidError:
        """Make the error for a file that can't be read as one of this kind."""
        return InvalidError(self.refused, [Problem(self.not_readable)])


def check_package(content: bytes, kind: PackageKind) -> None:
    """Refuse what is no plain document, or would unpack to too much; sizes in a zip's directory can lie."""
    if len(content) > MAX_TEMPLATE_BYTES:
        raise InvalidError(kind.refused, [Problem(with_values(TOO_LARGE, megabytes=MAX_TEMPLATE_BYTES // 1024**2))])
    problems: list[Problem] = []
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if kind.main_part not in names or len(names) > MAX_PARTS or len(set(names)) < len(names):
                raise kind.refuse_file()
            left = MAX_UNPACKED_BYTES
            for name in names:
                part = _read_part(archive, name, left, kind)
                left -= len(part)
                problems += _find_part_problems(name, part, kind)
    except (BadZipFile, expat.ExpatError, OSError, EOFError, RuntimeError, ValueError) as error:
        # RuntimeError includes NotImplementedError: zipfile raises it for compression it does not know.
        raise kind.refuse_file() from error
    if problems:
        raise InvalidError(kind.refused, problems)


def _read_part(archive: ZipFile, name: str, left: int, kind: PackageKind) -> bytes:
    chunks = []
    with archive.open(name) as member:
        while chunk := member.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise kind.refuse_file()
            chunks.append(chunk)
    return b"".join(chunks)


def _find_part_problems(name: str, part: bytes, kind: PackageKind) -> Iterator[Problem]:
    if ACTIVE_NAME.search(name) and not HARMLESS_NAME.fullmatch(name):
        yield Problem(with_values(ACTIVE_PART, part=name, ending=kind.ending))
    if not name.endswith((".xml", ".rels")):
        return
    _refuse_declarations(part, kind)
    if b"macroEnabled" in part and name == "[Content_Types].xml":
        yield Problem(with_values(ACTIVE_PART, part=name, ending=kind.ending))
    if name.endswith(".rels"):
        for relationship in EXTERNAL_RELATIONSHIP.findall(part):
            target = RELATIONSHIP_TARGET.search(relationship)
            if HYPERLINK_TYPE not in relationship:
                text = target[1].decode("utf-8", "replace") if target else ""
                yield Problem(with_values(EXTERNAL_PART, target=text[:MAX_PLACE_LENGTH]))
    yield from kind.find_more(name, part)


def _refuse_declarations(part: bytes, kind: PackageKind) -> None:
    """Raise `InvalidError` for XML that declares a document type: entities can grow without limit or name files."""

    def refuse_declaration(*_: object) -> None:
        raise kind.refuse_file()

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.Parse(part, True)  # noqa: FBT003 - expat's signature
