"""Check the package of an uploaded template (Word or PowerPoint) before a library reads it.

Refused are macros, controls, embedded files, what is loaded from elsewhere, document type declarations, and packages
that unpack to too much. Names, relationships and content types are each looked at, as XML and not as text: a part can
have any name, and an attribute can be written with character references.
"""

import re
from collections.abc import Callable, Iterator, Mapping
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
ACTIVE_RELATIONSHIP = re.compile(
    r"/(?:vbaProject|wordVbaData|oleObject|package|control|activeXControlBinary|aFChunk)$", re.IGNORECASE
)
ACTIVE_CONTENT_TYPE = re.compile(r"macroEnabled|vbaProject|vbaData|activeX|oleObject", re.IGNORECASE)
HYPERLINK_TYPE = "/relationships/hyperlink"
CONTENT_TYPES = "[Content_Types].xml"
XML_NAMES = (".xml", ".rels")  # only these are checked as XML


class PackageKind(Struct, frozen=True):
    """Requirements of a package: its main part and ending, and the messages if it has others.

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
    if not name.endswith(XML_NAMES):
        return
    problems: list[Problem] = []

    def check_element(tag: str, attributes: Mapping[str, str]) -> None:
        element = get_local_name(tag)
        if name == CONTENT_TYPES and element in ("Default", "Override"):
            problems.extend(_find_type_problems(attributes, kind))
        elif name.endswith(".rels") and element == "Relationship":
            problems.extend(_find_relationship_problems(attributes, kind))

    parse_xml(part, kind, check_element)
    yield from problems
    yield from kind.find_more(name, part)


def get_local_name(tag: str) -> str:
    return tag.rpartition(":")[2]


def _find_type_problems(attributes: Mapping[str, str], kind: PackageKind) -> Iterator[Problem]:
    """Yield a content type of macros or controls; raises `InvalidError` for XML in a part that is not named as XML."""
    content_type = attributes.get("ContentType", "")
    name = attributes.get("PartName", f".{attributes.get('Extension', '')}")
    if ACTIVE_CONTENT_TYPE.search(content_type):
        yield Problem(with_values(ACTIVE_PART, part=name[:MAX_PLACE_LENGTH], ending=kind.ending))
    if content_type.lower().endswith("xml") and not name.endswith(XML_NAMES):
        raise kind.refuse_file()


def _find_relationship_problems(attributes: Mapping[str, str], kind: PackageKind) -> Iterator[Problem]:
    relationship, target = attributes.get("Type", ""), attributes.get("Target", "")[:MAX_PLACE_LENGTH]
    if ACTIVE_RELATIONSHIP.search(relationship):
        yield Problem(with_values(ACTIVE_PART, part=target, ending=kind.ending))
    is_external = attributes.get("TargetMode", "").casefold() == "external"
    if is_external and not relationship.endswith(HYPERLINK_TYPE):
        yield Problem(with_values(EXTERNAL_PART, target=target))


def parse_xml(
    part: bytes, kind: PackageKind, start_element: Callable[[str, dict[str, str]], None], **handlers: object
) -> None:
    """Parse a part, calling the handlers of expat by name; raises `ExpatError`.

    Raises `InvalidError` for XML that declares a document type: entities can grow without limit or name files.
    """

    def refuse_declaration(*_: object) -> None:
        raise kind.refuse_file()

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.StartElementHandler = start_element
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    parser.Parse(part, True)  # noqa: FBT003 - expat's signature
