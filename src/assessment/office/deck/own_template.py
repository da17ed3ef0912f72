"""The firm's own template for slides: layouts and placeholders found by name, checked before they are filled in.

`Cover` needs the placeholders Title, Finding and Details, `Content` the placeholders Title and Content. Tables, texts
and charts are fitted into the place of Content; the source line goes to the layout's footer, if it has one.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.exc import PythonPptxError

from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.office.deck import write_deck
from assessment.office.deck.slide_area import SlideArea
from assessment.office.deck.slide_writer import SlideLayouts
from assessment.office.package_files import save_deterministically
from assessment.office.selection import select_edition
from assessment.office.template_package import PackageKind, check_package, parse_xml

REFUSED = "This template for slides can’t be used."
NOT_READABLE = N_("This file can’t be read as PowerPoint slides. Save it as .pptx in PowerPoint and choose it again.")
MISSING_LAYOUT = N_("There is no layout with the name “{layout}”.")
ADD_LAYOUT = N_("Open the slide master in PowerPoint and give a layout this name.")
MISSING_PLACEHOLDER = N_("The layout “{layout}” has no placeholder with the name “{name}”.")
ADD_PLACEHOLDER = N_("Add it to the layout, or name one in the selection pane.")
TOO_SMALL = N_("The placeholder “{name}” of the layout “{layout}” is too small for tables and charts.")
ENLARGE = N_("Make it at least 20 cm wide and 9 cm high.")
ACTIVE_ACTION = N_("A click in it starts a program or a macro ({part}). Remove the action.")

COVER, CONTENT_NAME = "Cover", "Content"
TITLE, FINDING, DETAILS = "Title", "Finding", "Details"
NEEDED: Mapping[str, tuple[str, ...]] = {COVER: (TITLE, FINDING, DETAILS), CONTENT_NAME: (TITLE, CONTENT_NAME)}
LEAST_WIDTH, LEAST_HEIGHT = 7_200_000, 3_240_000  # EMU: 20 cm and 9 cm
ACTION = re.compile(r"ppaction://(?:macro|program|ole)", re.IGNORECASE)


def fill_slide_template(report: Report, template: bytes, audience: str = FULL_EDITION) -> bytes:
    """Write the deck of an edition with the layouts of a template; the same input gives the same bytes.

    Slides of the template are left out. Call it in a worker process with limits. Raises `InvalidError` with every
    problem of the template.
    """
    layouts = read_layouts(template)
    deck = write_deck(select_edition(report, audience, get_translator(report.language)), layouts)
    return save_deterministically(deck, FileFormat.DECK, None)


def read_layouts(content: bytes) -> SlideLayouts:
    """Check a template and find its layouts; `InvalidError` names everything that is missing."""
    check_package(content, SLIDE_PACKAGE)
    try:
        presentation = Presentation(BytesIO(content))
        layouts = {
            layout.name.strip().casefold(): layout
            for master in presentation.slide_masters
            for layout in master.slide_layouts
        }
        problems = list(_find_layout_problems(layouts))
        if problems:
            raise InvalidError(REFUSED, problems)
        _remove_slides(presentation)
    except (PythonPptxError, SyntaxError, KeyError, ValueError, AttributeError, TypeError) as error:
        # What the library raises for a broken package; lxml's error for XML is a SyntaxError.
        raise SLIDE_PACKAGE.refuse_file() from error
    content_layout = layouts[CONTENT_NAME.casefold()]
    return SlideLayouts(
        presentation=presentation,
        cover=layouts[COVER.casefold()],
        content=content_layout,
        area=_measure_placeholder(_find_placeholder(content_layout, CONTENT_NAME)),
        is_own=True,
    )


def _find_layout_problems(layouts: Mapping[str, Any]) -> Iterator[Problem]:
    for layout_name, names in NEEDED.items():
        layout = layouts.get(layout_name.casefold())
        if layout is None:
            yield Problem(with_values(MISSING_LAYOUT, layout=layout_name), ADD_LAYOUT)
            continue
        for name in names:
            placeholder = _find_placeholder(layout, name)
            if placeholder is None:
                yield Problem(with_values(MISSING_PLACEHOLDER, layout=layout_name, name=name), ADD_PLACEHOLDER)
            elif name == CONTENT_NAME:
                area = _measure_placeholder(placeholder)
                if area.width < LEAST_WIDTH or area.height < LEAST_HEIGHT:
                    yield Problem(with_values(TOO_SMALL, name=name, layout=layout_name), ENLARGE)


def _find_placeholder(layout: Any, name: str) -> Any:  # noqa: ANN401 - the library's types are incomplete
    return next((one for one in layout.placeholders if one.name.strip().casefold() == name.casefold()), None)


def _measure_placeholder(placeholder: Any) -> SlideArea:  # noqa: ANN401 - as above
    """Place of a placeholder, its own or that of the master."""
    sides = (placeholder.left, placeholder.top, placeholder.width, placeholder.height)
    return SlideArea(*(int(side or 0) for side in sides))


def _remove_slides(presentation: Any) -> None:  # noqa: ANN401 - as above
    """Remove the slides of a template, with the parts that only they use."""
    slide_ids = presentation.slides._sldIdLst  # noqa: SLF001 - the library removes no slides
    for slide_id in list(slide_ids):
        presentation.part.drop_rel(slide_id.rId)
        slide_ids.remove(slide_id)


def _find_action_problems(name: str, part: bytes) -> Iterator[Problem]:
    """Yield actions of shapes that start something."""
    actions: list[str] = []

    def check_element(_: str, attributes: Mapping[str, str]) -> None:
        actions.extend(value for value in attributes.values() if ACTION.search(value))

    parse_xml(part, SLIDE_PACKAGE, check_element)
    if actions:
        yield Problem(with_values(ACTIVE_ACTION, part=name))


SLIDE_PACKAGE = PackageKind("ppt/presentation.xml", ".pptx", REFUSED, NOT_READABLE, _find_action_problems)
