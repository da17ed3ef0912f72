"""Verifying decks, documents and workbooks: the data inside is checked, edited text is not, and that is said."""

from io import BytesIO
from time import process_time
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner
from docx import Document
from msgspec.structs import replace
from pptx import Presentation

from assessment.cli.commands.verify import verify_report
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import seal_provenance
from assessment.errors import InvalidError
from assessment.office.package_files import read_provenance, save_deterministically
from assessment.services.reports.office_verification import verify_file
from assessment.services.reports.rendering import render_file
from assessment.services.reports.report_verification import IncompleteEditionError
from tests import reports
from tests.office.office_files import make_job, render_case
from tests.verification import sealed_reports

FORMATS = ("pptx", "docx", "xlsx")
CASE = "small-9"


def find_questionnaire(_):
    return reports.load_shipped_questionnaire()


def verify(content, full=None):
    return verify_file(content, find_questionnaire, full)


def replace_provenance(content, change):
    """Write a file again with another provenance inside, sealed again."""
    file_format, provenance, _ = read_provenance(content)
    return save_deterministically(strip_provenance(content), file_format, seal_provenance(change(provenance)))


def strip_provenance(content):
    """Remove the custom XML part and what refers to it."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w") as copy:
        for name in source.namelist():
            if name.startswith("customXml/"):
                continue
            text = source.read(name)
            if name.endswith(".rels") or name == "[Content_Types].xml":
                parts = text.decode().split("<")
                text = "<".join(part for part in parts if "customXml" not in part).encode()
            copy.writestr(name, text)
    return target.getvalue()


def edit_deck(content):
    presentation = Presentation(BytesIO(content))
    presentation.slides[1].shapes.title.text_frame.text = "Everything is fine"
    target = BytesIO()
    presentation.save(target)
    return target.getvalue()


def edit_document(content):
    document = Document(BytesIO(content))
    document.add_paragraph("Everything is fine")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


@pytest.mark.parametrize("ending", FORMATS)
def test_unaltered_file_passes_verification(ending):
    verdict = verify(render_case(CASE, ending))

    assert verdict.is_valid
    assert verdict.unchecked == ()


@pytest.mark.parametrize(("ending", "edit"), [("pptx", edit_deck), ("docx", edit_document)])
def test_edited_file_passes_verification_with_a_note_that_its_text_is_unchecked(ending, edit):
    verdict = verify(edit(render_case(CASE, ending)))

    assert verdict.is_valid
    assert verdict.unchecked == ("edited",)


@pytest.mark.parametrize("ending", FORMATS)
def test_altered_figure_is_found_behind_a_new_seal(ending):
    def raise_score(provenance):
        figures = msgspec.json.decode(provenance.contents.result)
        figures["overall"]["score"] += 5
        contents = replace(provenance.contents, result=msgspec.Raw(msgspec.json.encode(figures)))
        return replace(provenance, contents=contents)

    verdict = verify(replace_provenance(render_case("gap-50", ending), raise_score))

    assert "overall.score" in {finding.name for finding in verdict.findings}


def test_altered_provenance_without_a_new_seal_is_found():
    content = render_case(CASE, "xlsx")
    file_format, provenance, _ = read_provenance(content)

    forged = save_deterministically(strip_provenance(content), file_format, replace(provenance, language="de"))

    assert "seal" in {finding.name for finding in verify(forged).findings}


def test_provenance_of_another_format_is_found():
    _, provenance, _ = read_provenance(render_case(CASE, "xlsx"))

    forged = save_deterministically(strip_provenance(render_case(CASE, "pptx")), FileFormat.DECK, provenance)

    assert "seal" in {finding.name for finding in verify(forged).findings}


def test_workbook_saved_by_a_program_that_drops_the_data_is_refused():
    target = BytesIO()
    openpyxl.load_workbook(BytesIO(render_case(CASE, "xlsx"))).save(target)

    with pytest.raises(InvalidError, match="does not say what it was made from"):
        verify(target.getvalue())


def test_playbook_needs_the_full_report_of_any_format():
    playbook = render_case("gap-50", "xlsx", "en", "function:hr")
    job = replace(make_job("gap-50", "pdf", "en", "full"), audience="full")

    with pytest.raises(IncompleteEditionError):
        verify(playbook)

    assert verify(playbook, render_case("gap-50", "pptx")).is_valid
    assert verify(playbook, render_file(reports.load_shipped_questionnaire(), job)).is_valid


def test_pdf_is_verified_as_before():
    assert verify(sealed_reports.render_report(CASE)).is_valid


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 999, strip_provenance])
def test_file_without_provenance_is_refused(content):
    broken = content(render_case(CASE, "docx")) if callable(content) else content

    with pytest.raises(InvalidError):
        verify(broken)


@pytest.mark.parametrize(
    ("edit", "message"),
    [(edit_deck, "was not checked: it is made to be edited"), (bytes, "every byte as it was made")],
)
def test_command_says_what_was_checked(tmp_path, edit, message):
    path = tmp_path / "slides.pptx"
    path.write_bytes(edit(render_case(CASE, "pptx")))

    answer = CliRunner().invoke(verify_report, [str(path)])

    assert answer.exit_code == 0
    assert message in " ".join(answer.stderr.split())


def pack_custom_parts(content, count, compression=ZIP_DEFLATED):
    target = BytesIO()
    with ZipFile(target, "w", compression) as archive:
        archive.writestr("word/document.xml", "")
        for number in range(count):
            archive.writestr(f"customXml/item{number}.xml", content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("size", "count", "compression"), [(17_000_000, 1, ZIP_DEFLATED), (6_000_000, 3, ZIP_DEFLATED), (100, 1, ZIP_BZIP2)]
)
def test_custom_parts_that_unpack_to_too_much_are_refused(size, count, compression):
    with pytest.raises(InvalidError, match="that can be read"):
        verify(pack_custom_parts(bytes(size), count, compression))


def test_custom_part_of_half_tags_is_read_in_a_time_that_grows_with_its_length():
    content = pack_custom_parts(b"<provenance " * 50_000, 1)
    start = process_time()

    with pytest.raises(InvalidError, match="does not say what it was made from"):
        verify(content)

    assert process_time() - start < 2
