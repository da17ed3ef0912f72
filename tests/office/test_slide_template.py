"""The firm's own template for slides: found by name, what is missing is named, hostile packages are refused."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from pptx import Presentation

from assessment.errors import InvalidError, with_values
from assessment.office.deck.own_template import fill_slide_template, read_layouts
from assessment.office.template_package import MAX_TEMPLATE_BYTES
from tests.office import office_files
from tests.office.slide_templates import add_part, make_slide_template
from tests.reports import build_case_report

RELATIONS = "ppt/_rels/presentation.xml.rels"
MASTER = "ppt/slideMasters/slideMaster1.xml"


@pytest.fixture(scope="module")
def template():
    return make_slide_template()


def list_messages(content):
    with pytest.raises(InvalidError) as raised:
        read_layouts(content)
    return [str(problem.message) for problem in raised.value.problems]


def test_slides_stand_in_the_layouts_of_the_firm(template):
    report = build_case_report("contested-60")

    content = fill_slide_template(report, template)

    presentation = Presentation(BytesIO(content))
    names = [slide.slide_layout.name for slide in presentation.slides]
    assert names == ["Cover"] + ["Content"] * (len(names) - 1)
    assert len(names) >= 12
    assert "A sample slide of the firm" not in " ".join(office_files.list_file_texts("pptx", content))
    assert any(shape.has_chart for slide in presentation.slides for shape in slide.shapes)


def test_slides_have_the_same_texts_as_those_in_our_own_template(template):
    report = build_case_report("gap-50")
    own = Presentation(BytesIO(office_files.render_case("gap-50", "pptx")))

    firm = Presentation(BytesIO(fill_slide_template(report, template)))

    assert [slide.shapes.title.text_frame.text for slide in firm.slides] == [
        slide.shapes.title.text_frame.text for slide in own.slides
    ]
    assert list_tables(firm) == list_tables(own)


def list_tables(presentation):
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in presentation.slides
        for shape in slide.shapes
        if shape.has_table and shape.table.cell(0, 0).text != "Provenance"  # a report of no release has none
    ]


def test_content_stays_in_the_place_of_its_placeholder():
    template = make_slide_template(content_width=24.0)
    area = read_layouts(template).area

    presentation = Presentation(BytesIO(fill_slide_template(build_case_report("plain-24"), template)))

    for slide in list(presentation.slides)[1:]:
        for shape in slide.shapes:
            if shape.has_table or shape.has_chart:
                assert shape.left >= area.left - 2
                assert shape.left + shape.width <= area.left + area.width + 2000


def test_same_template_gives_the_same_bytes(template):
    report = build_case_report("plain-24")

    assert fill_slide_template(report, template) == fill_slide_template(report, template)


def test_everything_missing_is_named_at_once():
    template = make_slide_template(leave_out=("Cover.Details", "Cover.Finding", "Content.Content"))

    assert list_messages(template) == [
        "The layout “Cover” has no placeholder with the name “Finding”.",
        "The layout “Cover” has no placeholder with the name “Details”.",
        "The layout “Content” has no placeholder with the name “Content”.",
    ]


def test_missing_layout_and_narrow_content_are_named():
    template = make_slide_template(leave_out=("Cover",), content_width=10.0)

    assert list_messages(template) == [
        "There is no layout with the name “Cover”.",
        "The placeholder “Content” of the layout “Content” is too small for tables and charts.",
    ]


def add_many(template):
    for number in range(3):
        template = add_part(template, f"ppt/x{number}.xml", b"<a/>")
    target = BytesIO(template)
    with ZipFile(target, "a") as archive:
        for number in range(1000):
            archive.writestr(f"ppt/tags/tag{number}.xml", b"<a/>")
    return target.getvalue()


HOSTILE = {
    "macro": lambda t: add_part(t, "ppt/vbaProject.bin", b"x"),
    "embedded file": lambda t: add_part(t, "ppt/embeddings/oleObject1.bin", b"x"),
    "control": lambda t: add_part(t, "ppt/activeX/activeX1.xml", b"<a/>"),
    "program": lambda t: add_part(t, "ppt/media/run.exe", b"MZ"),
    "picture from elsewhere": lambda t: add_part(
        t, RELATIONS, b"", replaces=(
            b"</Relationships>",
            (b'<Relationship Id="rX" Type="http://x/relationships/image" Target="http://192.0.2.1/a.png" '
            b'TargetMode="External"/></Relationships>'),
        )
    ),
    "file from elsewhere": lambda t: add_part(
        t, RELATIONS, b"", replaces=(
            b"</Relationships>",
            (b'<Relationship Id="rX" Type="http://x/relationships/oleObject" Target="file:///etc/passwd" '
            b"TargetMode='External'/></Relationships>"),
        )
    ),
    "click that starts a program": lambda t: add_part(
        t, MASTER, b"", replaces=(b"<p:cSld>", b'<p:cSld action="ppaction://program?file=calc.exe">')
    ),
    "click that starts a macro": lambda t: add_part(
        t, MASTER, b"", replaces=(b"<p:cSld>", b'<p:cSld action="ppaction://macro?name=Go">')
    ),
    "click in character references": lambda t: add_part(
        t, MASTER, b"", replaces=(b"<p:cSld>", b'<p:cSld action="ppaction:/&#47;progr&#97;m?file=calc.exe">')
    ),
    "picture in character references": lambda t: add_part(
        t, RELATIONS, b"", replaces=(
            b"</Relationships>",
            (b'<Relationship Id="rX" Type="http://x/relationships/image" Target="http://192.0.2.1/a.png" '
            b'TargetMode="Ex&#116;ernal"/></Relationships>'),
        )
    ),
    "entities": lambda t: add_part(
        t, MASTER, b"", replaces=(b"<p:sldMaster", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><p:sldMaster')
    ),
    "entities in a new part": lambda t: add_part(t, "ppt/tags/tag1.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
    "macros by content type": lambda t: add_part(
        t, "[Content_Types].xml", b"", replaces=(b"presentationml.presentation.main", b"macroEnabled.main")
    ),
    "part twice": lambda t: add_part(add_part(t, "ppt/a.xml", b"<a/>"), "ppt/a.xml", b"<a/>"),
    "bomb": lambda t: add_part(t, "ppt/media/big.png", b"\0" * (61 * 1024**2)),
    "many parts": add_many,
    "broken xml": lambda t: add_part(t, MASTER, b"", replaces=(b"</p:sldMaster>", b"")),
    "cut file": lambda t: t[: len(t) // 2],
    "no zip": lambda _: b"not a presentation",
    "empty": lambda _: b"",
    "Word document": lambda _: office_files.render_case("plain-24", "docx"),
    "too large": lambda _: b"\0" * (MAX_TEMPLATE_BYTES + 1),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_template_is_refused(template, name):
    assert list_messages(HOSTILE[name](template))


def test_template_with_printer_settings_and_links_to_pages_is_accepted(template):
    linked = add_part(
        template,
        RELATIONS,
        b"",
        replaces=(
            b"</Relationships>",
            (
                b'<Relationship Id="rX" Type="http://x/relationships/hyperlink" Target="https://example.org" '
                b'TargetMode="External"/></Relationships>'
            ),
        ),
    )

    assert read_layouts(linked).is_own


def test_message_of_an_active_part_names_the_ending(template):
    (message,) = list_messages(HOSTILE["program"](template))

    assert message == str(
        with_values(
            "It contains macros, controls or embedded files ({part}). Remove them and save it as {ending}.",
            part="ppt/media/run.exe",
            ending=".pptx",
        )
    )
