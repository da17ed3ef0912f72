"""Placeholders and languages of a slide."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn


def find_placeholder(slide: Any, name: str) -> Any:  # noqa: ANN401 - as above
    """Find a placeholder of a slide by the name that the layout gives it; None if there is none.

    The library renames placeholders when it copies them, so they are matched by their index.
    """
    for shape in slide.slide_layout.placeholders:
        if shape.name.strip().casefold() == name.casefold():
            index = shape.placeholder_format.idx
            return next((own for own in slide.placeholders if own.placeholder_format.idx == index), None)
    return None


def remove_content(slide: Any) -> None:  # noqa: ANN401 - as above
    """Remove the placeholders that stay empty: PowerPoint would ask to click and add text."""
    for shape in list(slide.placeholders):
        if not shape.has_text_frame or not shape.text_frame.text:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - as above


def copy_footer(slide: Any, text: str) -> None:  # noqa: ANN401 - as above
    """Copy source line and slide number from the layout: the library copies only placeholders for content."""
    for shape in slide.slide_layout.placeholders:
        if shape.placeholder_format.type.name not in ("FOOTER", "SLIDE_NUMBER"):
            continue
        element = deepcopy(shape._element)  # noqa: SLF001 - as above
        slide.shapes._spTree.append(element)  # noqa: SLF001 - as above
        if shape.placeholder_format.type.name == "FOOTER":
            copy = slide.shapes[-1]
            copy.text_frame.text = text


def set_language(element: Any, tag: str) -> None:  # noqa: ANN401 - as above
    """Set the language of every run."""
    for run in _iterate_runs(element):
        properties = run.find(qn("a:rPr"))
        if properties is None:
            properties = parse_xml(f"<a:rPr {nsdecls('a')}/>")
            run.insert(0, properties)
        properties.set("lang", tag)
    for properties in element.iter(qn("a:endParaRPr"), qn("a:defRPr")):
        properties.set("lang", tag)


def _iterate_runs(element: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    yield from element.iter(qn("a:r"), qn("a:fld"))
