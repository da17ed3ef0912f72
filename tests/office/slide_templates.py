"""Templates for slides as a firm would make them, with layouts and placeholders named."""

from copy import deepcopy
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Cm


def make_slide_template(*, leave_out=(), content_width=30.0):
    """Write a 4:3-like template with a sample slide; `leave_out` names layouts or placeholders to leave unnamed."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Cm(33.867), Cm(19.05)
    cover, content = presentation.slide_layouts[2], presentation.slide_layouts[1]  # section header; title and content
    cover.name, content.name = "Cover", "Content"
    third = deepcopy(cover.placeholders[1]._element)
    third.nvSpPr.nvPr.ph.set("idx", "21")
    third.nvSpPr.cNvPr.set("id", "77")
    cover.shapes._spTree.append(third)
    title, finding, *_ = cover.placeholders
    details = next(each for each in cover.placeholders if each.placeholder_format.idx == 21)
    _place(title, "Title", 2, 3, 29, 3)
    _place(finding, "Finding", 2, 7, 29, 4)
    _place(details, "Details", 2, 13, 29, 3)
    _place(content.placeholders[0], "Title", 2, 1, 29, 2.5)
    _place(content.placeholders[1], "Content", 1.9, 4, content_width, 12.5)
    presentation.slide_master.background.fill.solid()
    presentation.slide_master.background.fill.fore_color.rgb = RGBColor(0xFF, 0xF8, 0xEE)
    presentation.slides.add_slide(content).shapes.title.text = "A sample slide of the firm"
    for shape in (*cover.placeholders, *content.placeholders):
        if f"{shape.part.slide_layout.name}.{shape.name}" in leave_out:
            shape.name = "Text 7"
    for layout in (cover, content):
        if layout.name in leave_out:
            layout.name = "Other"
    target = BytesIO()
    presentation.save(target)
    return target.getvalue()


def add_part(package, name, content, *, replaces=None):
    """Write the package again with one more part, or with `replaces` (old, new) applied to an existing one."""
    target = BytesIO()
    with ZipFile(BytesIO(package)) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for entry in source.namelist():
            text = source.read(entry)
            if entry == name and replaces:
                text = text.replace(*replaces)
            copy.writestr(entry, text)
        if replaces is None:
            copy.writestr(name, content)
    return target.getvalue()


def _place(shape, name, left, top, width, height):
    shape.name = name
    shape.left, shape.top, shape.width, shape.height = Cm(left), Cm(top), Cm(width), Cm(height)
