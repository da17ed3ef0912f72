"""What a server process does not load: libraries that only migrations and the workers of the render pool need."""

import subprocess
import sys

HEAVY = ("alembic", "docx", "lxml", "pikepdf", "pptx", "reportlab", "scipy", "xlsxwriter")
LIST_LOADED = f"import sys, assessment.app; print([name for name in {HEAVY} if name in sys.modules])"


def test_server_loads_no_library_that_only_writes_files_or_migrates():
    loaded = subprocess.run([sys.executable, "-c", LIST_LOADED], check=True, capture_output=True, text=True).stdout

    assert loaded.strip() == "[]"
