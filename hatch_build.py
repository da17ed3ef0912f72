"""Build hook: add htmx to the wheel as package `assessment_htmx`, from the build requirement django-htmx.

Nothing is written into the source tree: installers that reuse a cached editable wheel after a clean clone would
miss it there.
"""

import importlib.metadata
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DISTRIBUTION = "django-htmx"
SOURCE = "django_htmx/static/django_htmx/htmx-2.min.js"
PACKAGE = "assessment_htmx"


class HtmxHook(BuildHookInterface):  # type: ignore[type-arg]
    """Add the package to standard and editable wheels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="assessment-build-"))
        init_file = self._scratch / "__init__.py"
        init_file.write_text(f'"""htmx, as {DISTRIBUTION} {importlib.metadata.version(DISTRIBUTION)} carries it."""\n')
        files = {str(init_file): f"{PACKAGE}/__init__.py", str(find_htmx_file()): f"{PACKAGE}/htmx.min.js"}
        build_data["force_include_editable" if version == "editable" else "force_include"].update(files)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        shutil.rmtree(self._scratch, ignore_errors=True)


def find_htmx_file() -> Path:
    """Find the installed file without importing django-htmx, which requires Django settings."""
    files = importlib.metadata.files(DISTRIBUTION) or []
    packaged = next((file for file in files if file.as_posix() == SOURCE), None)
    if packaged is None:
        version = importlib.metadata.version(DISTRIBUTION)
        msg = f"{DISTRIBUTION} {version} contains no {SOURCE}: correct SOURCE in hatch_build.py."
        raise FileNotFoundError(msg)
    return Path(str(packaged.locate()))
