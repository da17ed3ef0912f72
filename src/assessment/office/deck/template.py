"""Our own template: two layouts on 16:9, made from the empty presentation of the library."""

import re
from functools import lru_cache
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from assessment.charts.primitives.brand import find_colour, find_heading_colour, find_panel_colour
from assessment.charts.primitives.palette import PALETTE
from assessment.office.native_charts import FONT

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
MARGIN = Inches(0.667)
CONTENT_WIDTH = WIDTH - 2 * MARGIN
TITLE_TOP, TITLE_HEIGHT = Inches(0.35), Inches(1.0)
CONTENT_TOP, CONTENT_BOTTOM = Inches(1.55), Inches(6.75)
FOOTER_TOP, FOOTER_HEIGHT = Inches(6.95), Inches(0.3)
NUMBER_WIDTH = Inches(1.0)
COVER_LAYOUT, CONTENT_LAYOUT = "Cover", "Title and content"
LAYOUTS = {"Title Slide": COVER_LAYOUT, "Title Only": CONTENT_LAYOUT}
TITLE_SIZE, FOOTER_SIZE = 28, 10
ACCENTS = ("accent", "second", "third", "level-3", "level-5", "rule")


@lru_cache(maxsize=8)
def build_template(_: str = "") -> bytes:
    """Build the template, once for each colour: the argument is the one in use."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    master = presentation.slide_master
    _drop_layouts(presentation)
    _style_theme(master)
    _style_master(master)
    for layout in presentation.slide_layouts:
        layout.name = LAYOUTS[layout.name]
        _style_layout(layout, is_cover=layout.name == COVER_LAYOUT)
    target = BytesIO()
    presentation.save(target)
    return target.getvalue()


def _drop_layouts(presentation: Any) -> None:  # noqa: ANN401 - the library's types are incomplete
    for layout in list(presentation.slide_layouts):
        if layout.name not in LAYOUTS:
            presentation.slide_layouts.remove(layout)


def _style_theme(master: Any) -> None:  # noqa: ANN401 - as above
    """Set the theme's colours and typeface, so that what a consultant adds looks alike."""
    theme = next(part.target_part for part in master.part.rels.values() if part.reltype.endswith("/theme"))
    text = theme.blob.decode()
    for number, tone in enumerate(ACCENTS, start=1):
        text = re.sub(
            rf"<a:accent{number}>.*?</a:accent{number}>",
            f'<a:accent{number}><a:srgbClr val="{find_colour(tone)[1:]}"/></a:accent{number}>',
            text,
            flags=re.DOTALL,
        )
    text = re.sub(r"<a:dk2>.*?</a:dk2>", f'<a:dk2><a:srgbClr val="{find_panel_colour()[1:]}"/></a:dk2>', text)
    theme._blob = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{FONT}"', text).encode()  # noqa: SLF001 - the part has no other way


def _style_master(master: Any) -> None:  # noqa: ANN401 - as above
    for shape in list(master.placeholders):
        kind = shape.placeholder_format.type.name
        if kind == "TITLE":
            _place(shape, MARGIN, TITLE_TOP, CONTENT_WIDTH, TITLE_HEIGHT)
            shape.text_frame._txBody.bodyPr.set("anchor", "t")  # noqa: SLF001 - for a layout, the library only reads it
        elif kind == "BODY":
            _place(shape, MARGIN, CONTENT_TOP, CONTENT_WIDTH, CONTENT_BOTTOM - CONTENT_TOP)
        elif kind == "FOOTER":
            _place(shape, MARGIN, FOOTER_TOP, CONTENT_WIDTH - NUMBER_WIDTH, FOOTER_HEIGHT)
            _style_small_text(shape, "l")
        elif kind == "SLIDE_NUMBER":
            _place(shape, WIDTH - MARGIN - NUMBER_WIDTH, FOOTER_TOP, NUMBER_WIDTH, FOOTER_HEIGHT)
            _style_small_text(shape, "r")
        else:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - shapes can't be removed otherwise
    title = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))  # noqa: SLF001 - the library has no text styles
    title.set("algn", "l")
    run = title.find(qn("a:defRPr"))
    run.set("sz", str(TITLE_SIZE * 100))
    run.set("b", "1")
    _set_colour(run, find_heading_colour())


def _style_small_text(shape: Any, align: str) -> None:  # noqa: ANN401 - as above
    body = shape.text_frame._txBody  # noqa: SLF001 - the library has no list styles
    style = body.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    style.append(
        parse_xml(
            f'<a:lvl1pPr {nsdecls("a")} algn="{align}"><a:defRPr sz="{FOOTER_SIZE * 100}"><a:solidFill>'
            f'<a:srgbClr val="{PALETTE["muted"][1:]}"/></a:solidFill>'
            '<a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr>'
        )
    )
    body.bodyPr.set("lIns", "0")
    body.bodyPr.set("rIns", "0")


def _style_layout(layout: Any, *, is_cover: bool) -> None:  # noqa: ANN401 - as above
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format.type.name
        if kind in ("TITLE", "CENTER_TITLE"):
            shape.name = "Title"
            _place(shape, *((MARGIN, Inches(1.5), Inches(10.5), Inches(1.6)) if is_cover else _TITLE_BOX))
            if is_cover:
                _style_cover_text(shape, 44, "paper", "b")
            else:
                for side in ("lIns", "rIns"):
                    shape.text_frame._txBody.bodyPr.set(side, "0")  # noqa: SLF001 - for a layout, the library only reads it
        elif kind == "SUBTITLE":
            shape.name = "Finding"
            _place(shape, MARGIN, Inches(3.9), Inches(11.0), Inches(2.0))
            _style_cover_text(shape, 24, "paper", "t")
        elif kind in ("FOOTER", "SLIDE_NUMBER") and not is_cover:
            shape.name = "Source" if kind == "FOOTER" else "Number"
            _style_small_text(shape, "l" if kind == "FOOTER" else "r")
            if (own := shape._element.spPr.find(qn("a:xfrm"))) is not None:  # noqa: SLF001 - inherit the master's place
                shape._element.spPr.remove(own)  # noqa: SLF001 - as above
        else:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - shapes can't be removed otherwise
    if is_cover:
        layout.background.fill.solid()
        layout.background.fill.fore_color.rgb = RGBColor.from_string(find_panel_colour()[1:])


_TITLE_BOX = (MARGIN, TITLE_TOP, CONTENT_WIDTH, TITLE_HEIGHT)


def _style_cover_text(shape: Any, size: int, tone: str, anchor: str) -> None:  # noqa: ANN401 - as above
    body = shape.text_frame._txBody  # noqa: SLF001 - the library has no list styles
    style = body.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    style.append(
        parse_xml(
            f'<a:lvl1pPr {nsdecls("a")} marL="0" indent="0" algn="l"><a:buNone/><a:defRPr sz="{size * 100}" b="1">'
            f'<a:solidFill><a:srgbClr val="{PALETTE[tone][1:]}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
        )
    )
    body.bodyPr.set("anchor", anchor)
    body.bodyPr.set("lIns", "0")


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:  # noqa: ANN401 - as above
    shape.left, shape.top, shape.width, shape.height = (Emu(int(value)) for value in (left, top, width, height))


def _set_colour(run: Any, colour: str) -> None:  # noqa: ANN401 - as above
    for child in list(run):
        if child.tag == qn("a:solidFill"):
            run.remove(child)
    run.insert(0, parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{colour[1:]}"/></a:solidFill>'))


def pick_title_size(length: int) -> Any:  # noqa: ANN401 - as above
    """Pick the size of a title that fits two lines."""
    sizes = ((120, TITLE_SIZE), (160, 24), (220, 20))
    return Pt(next((size for limit, size in sizes if length <= limit), 16))
