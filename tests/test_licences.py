"""Licences of the dependencies permit redistribution, and no locked version has a known vulnerability."""

import importlib.metadata
import re

import pytest

from tests.containers import ROOT

# All of them permit redistribution together with an MIT program. LGPL: psycopg, which is imported, never changed.
PERMITTED = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|CC0|OFL|MPL|Mozilla Public|LGPL)\b", re.IGNORECASE
)
REFUSED = re.compile(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License|proprietary|commercial", re.IGNORECASE)
# Earlier versions have the vulnerability in the comment; read it before lowering a floor. Nothing here asks a database
# of advisories: add what becomes known, and run `make lock UPGRADE=--upgrade`.
FLOORS = {
    "aiosmtplib": "5.1.1",  # commands in an address; 5.1.0 is the last version known to have it
    "authlib": "1.6.12",  # sign-in of another person by a state that any browser could bring; redirects to any address
    "babel": "2.9.1",  # code from a path in the name of a language
    "certifi": "2024.7.4",  # authorities that are no longer trusted
    "cryptography": "46.0.7",  # writing outside of a buffer; keys on curves that were not checked
    "h11": "0.16",  # request smuggling by chunked bodies
    "httpx": "0.23",  # addresses read in two ways
    "idna": "3.15",  # quadratic time on long names
    "jinja2": "3.1.6",  # a way out of the sandbox
    "joserfc": "1.7.5",  # memory for a token that is too long; 1.7.4 is the last version known to have it
    "litestar": "2.22",  # trusted any Host header
    "lxml": "6.1",  # files of the server named in XML
    "mako": "1.2.2",  # exponential time on crafted templates
    "markdown-it-py": "2.2",  # a crash on crafted text
    "multipart": "1.2.1",  # quadratic time on crafted forms
    "pikepdf": "2.10",  # files of the server named in the XML of a PDF
    "pillow": "12.3",  # writing outside of a picture's memory; pictures that unpack without limit
    "pydantic": "2.4",  # exponential time on crafted addresses
    "pygments": "2.15.1",  # exponential time on crafted code
    "python-docx": "0.8.6",  # files of the server named in the XML of a document
    "pyyaml": "5.4",  # code from a document
    "reportlab": "3.6.13",  # code from a colour
    "requests": "2.33",  # a file of another user taken for its own; passwords of .netrc sent to another host
    "sqlalchemy": "1.3.1",  # SQL from an order
    "urllib3": "2.8",  # memory without limit for one line of an answer; settings of TLS ignored with a proxy
    "uvicorn": "0.11.7",  # lines of others in the log
}
# They open what strangers send, or speak with other hosts: each needs a floor, or is one of those without a known one.
EXPOSED = {
    "aiosmtplib", "authlib", "cryptography", "h11", "httptools", "httpx", "idna", "jinja2", "joserfc", "litestar",
    "lxml", "msgspec", "multipart", "pikepdf", "pillow", "python-calamine", "python-docx", "python-pptx", "reportlab",
    "requests", "uvicorn", "urllib3",
}  # fmt: skip
WITHOUT_KNOWN = {"httptools", "msgspec", "python-calamine", "python-pptx"}


def list_locked_versions() -> dict[str, str]:
    """Version by name, of what is installed on this platform."""
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9-]+)==([^ ;]+)(.*)", text, flags=re.MULTILINE)
    return {name: version for name, version, rest in found if "win32'" not in rest or "!=" in rest}


def read_licence(name: str) -> str:
    """Licence statements of a package, the most exact first."""
    about = importlib.metadata.metadata(name)
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return about.get("License-Expression") or " ".join(classifiers) or (about.get("License") or "").split("\n")[0]


def is_redistributable(text: str) -> bool:
    """Return True if the licence is permitted."""
    return bool(PERMITTED.search(text)) and not REFUSED.search(text)


def parse_version(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def test_runtime_dependencies_have_redistributable_licences():
    unclear = {name: text for name in list_locked_versions() if not is_redistributable(text := read_licence(name))}

    assert unclear == {}


@pytest.mark.parametrize(
    "text", ["GPL-3.0-only", "AGPL-3.0-or-later", "GNU General Public License v2", "Proprietary", ""]
)
def test_copyleft_licence_is_refused(text):
    assert not is_redistributable(text)


def list_vulnerable(locked: dict[str, str]) -> set[str]:
    """Packages below their floor, and floors of packages that are not locked."""
    return {name for name, floor in FLOORS.items() if parse_version(locked.get(name, "0")) < parse_version(floor)}


def test_locked_versions_have_no_known_vulnerability():
    assert list_vulnerable(list_locked_versions()) == set()


@pytest.mark.parametrize("name", FLOORS)
def test_mutant_lock_with_a_version_below_the_floor_is_caught(name):
    below = parse_version(FLOORS[name])
    last = max(index for index, number in enumerate(below) if number)
    below = [*below[:last], below[last] - 1, 99]

    assert list_vulnerable(list_locked_versions() | {name: ".".join(map(str, below))}) == {name}


def test_every_package_that_opens_input_has_a_floor_or_none_is_known():
    locked = list_locked_versions()

    assert set(locked) >= EXPOSED
    assert EXPOSED - set(FLOORS) == WITHOUT_KNOWN
