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
# Earlier versions have the vulnerability in the comment; read it before lowering a floor.
FLOORS = {
    "litestar": "2.22",  # trusted any Host header
    "h11": "0.16",  # request smuggling by chunked bodies
    "jinja2": "3.1.6",  # a way out of the sandbox
    "multipart": "1.2.1",  # quadratic time on crafted forms
}


def list_locked_versions() -> dict[str, str]:
    """Version by name, of what is installed on this platform."""
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9-]+)==([^ ;]+)(.*)", text, flags=re.MULTILINE)
    return {name: version for name, version, rest in found if "win32'" not in rest or "!=" in rest}


def read_licence(name: str) -> str:
    """What the package says of itself, the most exact first."""
    about = importlib.metadata.metadata(name)
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return about.get("License-Expression") or " ".join(classifiers) or (about.get("License") or "").split("\n")[0]


def is_redistributable(text: str) -> bool:
    """Whether a licence is one of those permitted."""
    return bool(PERMITTED.search(text)) and not REFUSED.search(text)


def numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def test_runtime_dependencies_have_redistributable_licences():
    unclear = {name: text for name in list_locked_versions() if not is_redistributable(text := read_licence(name))}

    assert unclear == {}


@pytest.mark.parametrize(
    "text", ["GPL-3.0-only", "AGPL-3.0-or-later", "GNU General Public License v2", "Proprietary", ""]
)
def test_copyleft_licence_is_refused(text):
    assert not is_redistributable(text)


def test_locked_versions_have_no_known_vulnerability():
    below = {name for name, floor in FLOORS.items() if numbers(list_locked_versions()[name]) < numbers(floor)}

    assert below == set()
