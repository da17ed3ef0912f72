"""LibreOffice opens the files of every format and shows as many pages as they have."""

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from assessment.domain.report import ReportDetails
from tests.office.office_files import open_deck, open_workbook, render_case, render_with_details
from tests.pdf.hostile_texts import list_hostile_texts

OFFICE = os.environ.get("ASSESSMENT_TEST_OFFICE") or shutil.which("soffice")
CONVERSION_SECONDS = 300
TEXTS = list_hostile_texts()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason="Install LibreOffice (Writer, Impress, Calc), or name it."),
]


def convert_files(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Convert files to PDF in one run; return the text of each by its name."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for ending in {name.rpartition(".")[2] for name in files}:  # it names the PDF without the ending
        command = [str(OFFICE), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
        sources = [str(folder / name) for name in files if name.endswith(ending)]
        command += ["--outdir", str(folder / ending), *sources]
        subprocess.run(command, check=True, capture_output=True, timeout=CONVERSION_SECONDS)  # our own files
    return {name: read_text(folder / name.rpartition(".")[2] / f"{name.rpartition('.')[0]}.pdf") for name in files}


def read_text(path: Path) -> str:
    """Read the text of a PDF, a form feed after each page."""
    with pypdfium2.PdfDocument(BytesIO(path.read_bytes())) as document:
        return "".join(page.get_textpage().get_text_bounded() + "\f" for page in document)


def test_files_of_every_format_open_with_their_pages_and_figures(tmp_path: Path):
    files = {f"gap-50.{ending}": render_case("gap-50", ending, "de") for ending in ("pptx", "docx", "xlsx")}

    texts = convert_files(tmp_path, files)

    assert texts["gap-50.pptx"].count("\f") == len(open_deck(files["gap-50.pptx"]).slides)
    assert texts["gap-50.xlsx"].count("\f") >= len(open_workbook(files["gap-50.xlsx"]).sheetnames)
    assert all("Norden" in text and "26,9" in text.replace("26.9", "26,9") for text in texts.values())


@pytest.mark.parametrize("ending", ["pptx", "docx", "xlsx"])
def test_files_with_hostile_texts_open(tmp_path: Path, ending: str):
    details = [ReportDetails(text, text, remarks={"answer": text}) for text in TEXTS[::50]]
    files = {f"{number}.{ending}": render_with_details("small-9", ending, each) for number, each in enumerate(details)}

    texts = convert_files(tmp_path, files)

    assert all(text.count("\f") >= 1 for text in texts.values())
