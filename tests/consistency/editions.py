"""Every edition of a report as plain text, without layout: the PDF's blocks, the console page, the terminal."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment
from reportlab.platypus import Flowable

from assessment.charts.primitives.marks import ChartLabel
from assessment.cli.support.report_text import format_report
from assessment.domain.report import Report
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION, FUNCTION_EDITION_PREFIX, RESPONDENT_EDITION
from assessment.i18n import Translator, get_translator
from assessment.pdf.chart_drawing import ChartBlock
from assessment.pdf.editions import find_edition
from assessment.pdf.typesetting.page_filling import BalancedGroups
from assessment.services.results.voices import ReleasedVoices
from assessment.settings import Settings
from assessment.web.console.views.answer_view import list_answer_rows, list_contents_figures, list_index_methods
from assessment.web.console.views.formula_view import FormulaView, FunctionFormula
from assessment.web.console.views.result_charts import draw_result_charts
from assessment.web.console.views.withheld_results import WithheldResults
from assessment.web.http.assets import StaticAssets
from assessment.web.http.templates import create_template_engine

INSIDE = ("_cellvalues", "_content", "content", "choices", "blocks")  # where ReportLab's and our blocks keep others
SPACE = re.compile(r"\s+")
STYLE = re.compile(r"\x1b\[\d*m")  # bold on and off in a terminal
TAG = re.compile(r"<[^>]*>")
WORDS = get_translator("en")


def editions(report: Report, environment: Environment) -> dict[str, str]:
    """Text of each edition by name; every choice that a page may make is in it."""
    audiences = (
        FULL_EDITION,
        BOARD_EDITION,
        RESPONDENT_EDITION,
        *(FUNCTION_EDITION_PREFIX + part.id for part in report.functions),
    )
    found = {audience: _printed(report, audience, WORDS) for audience in audiences}
    found["terminal"] = STYLE.sub("", "\n".join(format_report(report, WORDS)))
    found["console"] = _console(report, environment, WORDS)
    return {name: SPACE.sub(" ", text) for name, text in found.items()}


def console_environment() -> Environment:
    """Template environment of the program, with defaults."""
    settings = Settings(data=Path("unused"), database_url="sqlite://", public_url="http://localhost", secret="secret")
    return create_template_engine(settings, StaticAssets([])).engine


def _printed(report: Report, audience: str, translator: Translator) -> str:
    made = find_edition(report, audience, translator)
    return "\n".join(_texts(made.lay_out_pages(report, translator, made.name)))


def _texts(block: object) -> Iterator[str]:
    if isinstance(block, str):
        yield unescape(TAG.sub("", block))
    elif isinstance(block, list | tuple):
        for inner in block:
            yield from _texts(inner)
    elif isinstance(block, ChartBlock):
        yield from (mark.text for mark in block.chart.marks if isinstance(mark, ChartLabel))
        yield f"{block.chart.title}. {block.chart.description}"
    elif isinstance(block, BalancedGroups):
        yield from _texts(block.choices[0]())
    elif isinstance(block, Flowable):
        frags = getattr(block, "frags", None)
        if frags is not None:
            yield unescape("".join(getattr(frag, "text", "") for frag in frags))
        for name in INSIDE:
            yield from _texts(getattr(block, name, None))


def _console(report: Report, environment: Environment, translator: Translator) -> str:
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
            "translator": translator,
            "answer_rows": list_answer_rows(report, translator),
            "contents_figures": list_contents_figures(report, translator),
            "methods": list_index_methods(report, translator),
            "charts": draw_result_charts(report, translator),
            "language": report.language,
            "comments": SimpleNamespace(revision=0, author="", at=None, findings=(), remarks={}, moderations=()),
            "withheld": WithheldResults(is_withdrawn=False, figure_groups=()),
            "report_languages": {},
            "released": ReleasedVoices((), withdrawn=False),
            "can_edit": True,
            "formulas": FormulaView(
                {part.id: FunctionFormula("1", ()) for part in report.functions},
                roles=(),
                minimum_dimensions=1,
                minimum_functions=1,
                embedding_items=frozenset(),
                outlook_cut="50",
            ),
            "functions": {},
            "editions": (),
        }
    )
    return unescape(TAG.sub(" ", "".join(template.blocks["content"](context))))
