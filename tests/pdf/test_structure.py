"""The structure of the PDF, read back: what a screen reader is told, and in which order."""

from functools import lru_cache
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest

from assessment.domain import report
from assessment.domain.report import Details, Moderation, OwnFinding
from assessment.domain.report.audiences import audiences
from assessment.pdf import render
from tests import reports
from tests.pdf.hearing import heard, marks, within

EDITIONS = audiences(reports.questionnaire(), reports.result("risk-36"))
CASES = [*(("risk-36", audience) for audience in EDITIONS), ("consensus", "full"), ("small-9", "full")]
BLOCKS = {"P", "H1", "H2", "L", "Table", "Figure", "TOC", "Div"}


@lru_cache(maxsize=16)
def document(case, audience):
    return pikepdf.open(BytesIO(render(reports.made(case), None, audience)))


def parts(element, above=()):
    """Every part with those it stands in, in reading order."""
    role = str(element.S)[1:]
    yield role, element, above
    for kid in within(element):
        yield from parts(kid, (*above, role))


def tree(case, audience):
    return list(parts(document(case, audience).Root.StructTreeRoot.K))


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_all_that_is_drawn_is_content_of_a_part_or_decoration(case, audience):
    found = document(case, audience)
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
def test_every_piece_of_content_stands_in_one_part(case, audience):
    placed = [mark for _, element, _ in tree(case, audience) for mark in marks(element)]

    assert len(placed) == len(set(placed)) > 10


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_headings_never_skip_a_level_and_begin_with_the_first(case, audience):
    levels = [int(role[1]) for role, _, _ in tree(case, audience) if role.startswith("H") and role[1:].isdigit()]

    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_tables_have_rows_of_cells_and_header_cells_that_say_for_what(case, audience):
    rows = {
        "Table": {"TR"}, "TR": {"TH", "TD"}, "L": {"LI"}, "LI": {"LBody"},
        "TOC": {"TOCI"}, "TOCI": {"Reference"}, "Reference": {"Link"}, "Link": set(),
    }  # fmt: skip
    for role, element, _ in tree(case, audience):
        assert {str(kid.S)[1:] for kid in within(element)} <= rows.get(role, BLOCKS)
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
def test_figures_say_in_words_what_they_show(case, audience):
    figures = [element for role, element, _ in tree(case, audience) if role == "Figure"]

    assert all(len(str(figure.Alt)) > 20 for figure in figures)
    for figure in figures:
        left, bottom, right, top = map(float, figure.A.BBox)
        assert 0 <= left < right <= 596
        assert 0 <= bottom < top <= 842
    assert figures or case == "small-9" or audience not in ("full", "board")


@pytest.mark.parametrize(("case", "audience"), CASES)
def test_the_document_says_its_language_its_title_and_that_it_is_tagged(case, audience):
    found = document(case, audience)

    assert str(found.Root.Lang) == "en"
    assert bool(found.Root.MarkInfo.Marked)
    assert bool(found.Root.ViewerPreferences.DisplayDocTitle)
    with found.open_metadata() as metadata:
        assert metadata["dc:title"] == str(found.docinfo.Title)
        assert metadata["pdfuaid:part"] == "1"
    assert all(page.obj.Tabs == "/S" for page in found.pages)


@pytest.mark.parametrize("case", ["risk-36", "consensus"])
def test_every_link_is_a_part_of_the_contents_that_says_where_it_leads(case):
    found = document(case, "full")
    parents = dict(zip(*[iter(found.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    annotations = [annotation for page in found.pages for annotation in page.obj.get("/Annots", [])]
    links = {
        kid.Obj.objgen: (element, above)
        for role, element, above in tree(case, "full")
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


def told(**more):
    made = report.build(reports.questionnaire(), reports.result("risk-36"), Details("Norden", **more))
    return pikepdf.open(BytesIO(render(made)))


def pages_of(element):
    return {page for _, inner, _ in parts(element) for page, _ in marks(inner)}


def test_a_paragraph_that_runs_over_pages_is_one_paragraph():
    sentence = "A sentence of ordinary length that anybody might write. "
    findings = tuple(OwnFinding("Own", "\n".join([sentence * 15] * lines)) for lines in range(3, 8))

    found = told(findings=findings)

    paragraphs = [element for role, element, _ in parts(found.Root.StructTreeRoot.K) if role == "P"]
    assert sum(len(pages_of(element)) > 1 for element in paragraphs) >= 2


def test_a_table_that_runs_over_pages_is_one_table_with_one_head():
    found = told(moderations=tuple(Moderation(f"Place {number}", 40.0, 50.0, "Why") for number in range(60)))

    across = [
        element
        for role, element, _ in parts(found.Root.StructTreeRoot.K)
        if role == "Table" and len(pages_of(element)) > 1 and len(element.K) > 60
    ]

    assert len(across) == 1
    heads = [number for number, row in enumerate(across[0].K) if str(row.K[0].A.Scope) == "/Column"]
    assert (heads, len(across[0].K)) == ([0], 61)


def test_what_is_drawn_from_right_to_left_is_told_in_the_order_in_which_it_is_read():
    name = "\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1"
    found = told(remarks={"gap": f"{name} wrote this"})
    roles = parts(found.Root.StructTreeRoot.K)

    read = [str(element.get("/ActualText", "")) for _, element, _ in roles]

    assert f"{name} wrote this" in read


def test_words_at_the_end_of_a_line_do_not_run_into_the_next_where_they_are_read():
    made = report.build(reports.questionnaire(), reports.result("risk-36"), Details("Norden"), "de")

    texts = [text for _, text in heard(render(made, "de", "board"))]

    assert "Norden steht auf Stufe 3 von 5, mit 49,1 von 100 Punkten" in texts
    assert any(
        "Die Befugnisse übersteigen den Rückhalt um 45 Punkte; das Risiko ist kritisch" in text for text in texts
    )
