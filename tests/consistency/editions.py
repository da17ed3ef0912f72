"""Every edition of a report as plain text, without layout: the PDF's blocks, the console page, the terminal."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment
from reportlab.platypus import Flowable

from assessment.charts.marks import Label
from assessment.cli.summary import lines
from assessment.domain.report import Report
from assessment.domain.report.audiences import BOARD, FULL, FUNCTION, RESPONDENTS
from assessment.pdf.drawing import Drawing
from assessment.pdf.editions import edition
from assessment.pdf.fitting import Evenly
from assessment.settings import Settings
from assessment.web.assets import Assets
from assessment.web.console.drawings import draw
from assessment.web.console.standing import Standing
from assessment.web.templates import engine
from assessment.wording import Wording, wording

INSIDE = ("_cellvalues", "_content", "content", "choices", "blocks")  # where ReportLab's and our blocks keep others
SPACE = re.compile(r"\s+")
TAG = re.compile(r"<[^>]*>")
WORDS = wording("en")


def editions(report: Report, environment: Environment) -> dict[str, str]:
    """Text of each edition by name; every choice that a page may make is in it."""
    audiences = (FULL, BOARD, RESPONDENTS, *(FUNCTION + part.id for part in report.functions))
    found = {audience: _printed(report, audience, WORDS) for audience in audiences}
    found["terminal"] = "\n".join(lines(report, WORDS))
    found["console"] = _console(report, environment, WORDS)
    return {name: SPACE.sub(" ", text) for name, text in found.items()}


def console_environment() -> Environment:
    """Template environment of the program, with defaults."""
    settings = Settings(data=Path("unused"), database_url="sqlite://", public_url="http://localhost", secret="secret")
    return engine(settings, Assets([])).engine


def _printed(report: Report, audience: str, words: Wording) -> str:
    made = edition(report, audience, words)
    return "\n".join(_texts(made.pages(report, words, made.name)))


def _texts(block: object) -> Iterator[str]:
    if isinstance(block, str):
        yield unescape(TAG.sub("", block))
    elif isinstance(block, list | tuple):
        for inner in block:
            yield from _texts(inner)
    elif isinstance(block, Drawing):
        yield from (mark.text for mark in block.chart.marks if isinstance(mark, Label))
        yield f"{block.chart.title}. {block.chart.description}"
    elif isinstance(block, Evenly):
        yield from _texts(block.choices[0]())
    elif isinstance(block, Flowable):
        frags = getattr(block, "frags", None)
        if frags is not None:
            yield unescape("".join(getattr(frag, "text", "") for frag in frags))
        for name in INSIDE:
            yield from _texts(getattr(block, name, None))


def _console(report: Report, environment: Environment, words: Wording) -> str:
    template = environment.get_template("console/results.html")
    assessment = SimpleNamespace(
        id="a",
        title="Autumn",
        organisation=report.details.organisation,
        wave_of=None,
        state="closed",
        is_reopened=False,
    )
    context = template.new_context(
        {
            "assessment": assessment,
            "report": report,
            "words": words,
            "drawings": draw(report, words),
            "language": report.language,
            "own": SimpleNamespace(revision=0, author="", at=None, findings=(), remarks={}, moderations=()),
            "standing": Standing(is_withdrawn=False, areas=()),
            "report_languages": (),
            "editions": (),
        }
    )
    return unescape(TAG.sub(" ", "".join(template.blocks["content"](context))))
