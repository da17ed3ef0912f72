"""Puts htmx into the wheel: one file of the build requirement django-htmx, as the package `assessment_htmx`.

Nothing is written into the source tree: an installer that reuses a cached editable wheel after a clean
clone would miss it there.
"""

import importlib.metadata
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIER = "django-htmx"
SOURCE = "django_htmx/static/django_htmx/htmx-2.min.js"
PACKAGE = "assessment_htmx"


class HtmxHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the package to ordinary and editable wheels alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="assessment-build-"))
        opening = self._scratch / "__init__.py"
        opening.write_text(f'"""htmx, as {CARRIER} {importlib.metadata.version(CARRIER)} carries it."""\n')
        files = {str(opening): f"{PACKAGE}/__init__.py", str(htmx()): f"{PACKAGE}/htmx.min.js"}
        build_data["force_include_editable" if version == "editable" else "force_include"].update(files)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        shutil.rmtree(self._scratch, ignore_errors=True)


def htmx() -> Path:
    """The file as installed; django-htmx itself is never imported, for it wants Django's settings."""
    files = importlib.metadata.files(CARRIER) or []
    found = next((file for file in files if file.as_posix() == SOURCE), None)
    if found is None:
        msg = f"{CARRIER} {importlib.metadata.version(CARRIER)} carries no {SOURCE}: mend SOURCE in hatch_build.py."
        raise FileNotFoundError(msg)
    return Path(str(found.locate()))
