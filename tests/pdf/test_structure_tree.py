"""The structure of the PDF, read back: what a screen reader is told, and in which order."""

from functools import lru_cache
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest

from assessment.domain import report
from assessment.domain.report import ConsultantFinding, ReportDetails, ScoreModeration
from assessment.domain.report.audiences import list_audiences
from assessment.pdf import render_report
from tests import reports
from tests.pdf.structure_reader import list_children, list_marks, read_structure

EDITIONS = list_audiences(reports.load_shipped_questionnaire(), reports.score_case("risk-36"))
CASES = [*(("risk-36", audience) for audience in EDITIONS), ("consensus", "full"), ("small-9", "full")]
BLOCKS = {"P", "H1", "H2", "L", "Table", "Figure", "TOC", "Div"}


@lru_cache(maxsize=16)
def read_document(case, audience):
    return pikepdf.open(BytesIO(reports.render_case(case, audience)))


def list_elements(element, above=()):
    """Every part with those it stands in, in reading order."""
    role = str(element.S)[1:]
    yield role, element, above
    for kid in list_children(element):
        yield from list_elements(kid, (*above, role))


def read_tree(case, audience):
    return list(list_elements(read_document(case, audience).Root.StructTreeRoot.K))


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_everything_drawn_is_tagged_or_artifact(case, audience):
    found = read_document(case, audience)
    parents = found.Root.StructTreeRoot.ParentTree.Nums
    for number, page in enumerate(found.pages):
        depth, marks = 0, []
        for instruction in pikepdf.parse_content_stream(page):
            name = str(instruction.operator)
            if name == "BDC":
                marks.append(int(instruction.operands[1].MCID))
            depth += (name in ("BDC", "BMC")) - (name == "EMC")
            assert depth in (0, 1)
            assert depth or name not in ("Tj", "TJ", "Do", "f", "f*", "S", "B", "B*")
        assert marks == list(range(len(marks)))
        assert int(page.StructParents) == number
        assert len(parents[2 * number + 1]) == len(marks)


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_marked_content_belongs_to_one_element(case, audience):
    placed = [mark for _, element, _ in read_tree(case, audience) for mark in list_marks(element)]

    assert len(placed) == len(set(placed)) > 10


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_headings_start_at_first_level_and_skip_none(case, audience):
    levels = [int(role[1]) for role, _, _ in read_tree(case, audience) if role.startswith("H") and role[1:].isdigit()]

    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_tables_have_rows_and_header_cells_with_scope(case, audience):
    rows = {
        "Table": {"TR"}, "TR": {"TH", "TD"}, "L": {"LI"}, "LI": {"LBody"},
        "TOC": {"TOCI"}, "TOCI": {"Reference"}, "Reference": {"Link"}, "Link": set(),
    }  # fmt: skip
    for role, element, _ in read_tree(case, audience):
        assert {str(kid.S)[1:] for kid in list_children(element)} <= rows.get(role, BLOCKS)
        if role == "TH":
            assert str(element.A.Scope) in ("/Row", "/Column")
        if role == "Table":
            assert "TH" in {str(cell.S)[1:] for row in element.K for cell in row.K}
        if role == "TR":
            first, *others = element.K
            scopes = {str(cell.A.Scope) for cell in others if str(cell.S) == "/TH"}
            assert str(first.S) == "/TH"
            assert scopes <= {"/Column"}
            assert len(scopes) == 0 or len({str(cell.S) for cell in element.K}) == 1


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_figures_have_alternative_text(case, audience):
    figures = [element for role, element, _ in read_tree(case, audience) if role == "Figure"]

    assert all(len(str(figure.Alt)) > 20 for figure in figures)
    for figure in figures:
        left, bottom, right, top = map(float, figure.A.BBox)
        assert 0 <= left < right <= 596
        assert 0 <= bottom < top <= 842
    assert figures or case == "small-9" or audience not in ("full", "board")


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_document_has_language_title_and_tagged_flag(case, audience):
    found = read_document(case, audience)

    assert str(found.Root.Lang) == "en"
    assert bool(found.Root.MarkInfo.Marked)
    assert bool(found.Root.ViewerPreferences.DisplayDocTitle)
    with found.open_metadata() as metadata:
        assert metadata["dc:title"] == str(found.docinfo.Title)
        assert metadata["pdfuaid:part"] == "1"
    assert all(page.obj.Tabs == "/S" for page in found.pages)


@pytest.mark.parametrize("case", ["risk-36", "consensus"])
def test_links_are_contents_elements_with_description(case):
    found = read_document(case, "full")
    parents = dict(zip(*[iter(found.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    annotations = [annotation for page in found.pages for annotation in page.obj.get("/Annots", [])]
    links = {
        kid.Obj.objgen: (element, above)
        for role, element, above in read_tree(case, "full")
        for kid in element.K
        if isinstance(kid, pikepdf.Object) and "/Obj" in kid
    }

    assert len(annotations) > 10
    assert {annotation.objgen for annotation in annotations} == set(links)
    for annotation in annotations:
        element, above = links[annotation.objgen]
        assert str(element.S) == "/Link"
        assert above[-3:] == ("TOC", "TOCI", "Reference")
        assert parents[int(annotation.StructParent)].objgen == element.objgen
        assert str(annotation.Contents).strip()


def render_story(**more):
    made = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case("risk-36"), ReportDetails("Norden", **more)
    )
    return pikepdf.open(BytesIO(render_report(made)))


def list_pages(element):
    return {page for _, inner, _ in list_elements(element) for page, _ in list_marks(inner)}


def test_paragraph_over_two_pages_is_one_element():
    sentence = "A sentence of ordinary length that anybody might write. "
    findings = tuple(ConsultantFinding("Own", "\n".join([sentence * 15] * lines)) for lines in range(3, 8))

    found = render_story(findings=findings)

    paragraphs = [element for role, element, _ in list_elements(found.Root.StructTreeRoot.K) if role == "P"]
    assert sum(len(list_pages(element)) > 1 for element in paragraphs) >= 2


def test_table_over_two_pages_is_one_element_with_one_header():
    found = render_story(
        moderations=tuple(ScoreModeration(f"Place {number}", 40.0, 50.0, "Why") for number in range(60))
    )

    across = [
        element
        for role, element, _ in list_elements(found.Root.StructTreeRoot.K)
        if role == "Table" and len(list_pages(element)) > 1 and len(element.K) > 60
    ]

    assert len(across) == 1
    heads = [number for number, row in enumerate(across[0].K) if str(row.K[0].A.Scope) == "/Column"]
    assert (heads, len(across[0].K)) == ([0], 61)


def test_right_to_left_text_has_actual_text_in_reading_order():
    name = "\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1"
    found = render_story(remarks={"gap": f"{name} wrote this"})
    roles = list_elements(found.Root.StructTreeRoot.K)

    read = [str(element.get("/ActualText", "")) for _, element, _ in roles]

    assert f"{name} wrote this" in read


def test_extracted_lines_are_separated_by_spaces():
    made = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case("risk-36"), ReportDetails("Norden"), "de"
    )

    texts = [text for _, text in read_structure(render_report(made, "de", "board"))]

    assert "Norden steht auf Stufe 3 von 5, mit 49,1 Punkten; Kundenservice begrenzt die Stufe" in texts
    assert any(
        "Die Befugnisse übersteigen den Rückhalt um 45 Punkte; das Risiko ist kritisch" in text for text in texts
    )
