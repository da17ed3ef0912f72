"""Titles of report parts, made of results that differ in a few figures."""

from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.i18n import get_translator
from tests import reports

CASE = "gap-50"


FUNCTIONS = tuple(reports.score_case(CASE).functions)


DIMENSIONS = tuple(reports.score_case(CASE).functions[FUNCTIONS[0]].dimensions)
FIRST, SECOND, _ = FUNCTIONS


def build_title(part, result, earlier=None):
    """The title of a part of the report of a result."""
    made = report.build_report(reports.load_shipped_questionnaire(), result, ReportDetails("Norden"), earlier=earlier)
    return get_translator("en").render_message(getattr(made, part).title)


def with_functions(**changes):
    """The worked case with one field of its functions changed, in their order; None leaves one as it is."""
    result = reports.score_case(CASE)
    functions = dict(result.functions)
    for field, values in changes.items():
        for name, value in zip(FUNCTIONS, values, strict=True):
            functions[name] = replace(functions[name], **{field: value})
    return replace(result, functions=functions)


def with_overall(**changes):
    result = reports.score_case(CASE)
    return replace(result, overall=replace(result.overall, **changes))


def with_cells(scores):
    """The worked case with these scores of its dimensions, function by function; the rest has none."""
    result = reports.score_case(CASE)
    functions = {}
    for number, (name, function) in enumerate(result.functions.items()):
        given = dict(zip(DIMENSIONS, scores[number] if number < len(scores) else (), strict=False))
        dimensions = {key: replace(part, score=given.get(key)) for key, part in function.dimensions.items()}
        functions[name] = replace(function, dimensions=dimensions)
    return replace(result, functions=functions)
