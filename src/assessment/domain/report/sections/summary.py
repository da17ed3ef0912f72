"""Summary section for respondents: subjects, findings, next steps, protection."""

from msgspec import Struct

from assessment.domain.closed_sets import Confidentiality
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.sections.answer import AnswerSection
from assessment.domain.report.sections.heatmap import HeatmapSection
from assessment.domain.report.source import ReportSource, list_names, quote_titles, to_exact_decimal


class SummarySection(Struct, frozen=True):
    """Summary for respondents: subjects, findings, next steps, and how their answers were protected."""

    title: Message
    subjects: tuple[Message, ...]
    findings: tuple[Message, ...]
    next_steps: tuple[Message, ...]
    protection: tuple[Message, ...]


def build_summary(source: ReportSource, answer: AnswerSection, heatmap: HeatmapSection) -> SummarySection:
    """Build the section from other sections only, so that it can't disclose or claim more than they do."""
    return SummarySection(
        title=_build_title(source),
        subjects=_build_subjects(source),
        findings=_build_findings(answer, heatmap),
        next_steps=_build_next_steps(source, answer),
        protection=_build_protection(source),
    )


def _build_title(source: ReportSource) -> Message:
    if source.is_consensus:
        return make_message("summary.consensus", organisation=source.organisation)
    return make_message("summary.title", count=source.result.respondents.counted)


def _build_subjects(source: ReportSource) -> tuple[Message, ...]:
    functions = list_names(source.name_function(name) for name, _ in source.list_functions())
    dimensions = list_names(source.name_dimension(dimension.id) for dimension in source.questionnaire.dimensions)
    return (
        make_message("summary.asked", functions=functions),
        make_message("summary.dimensions", count=len(dimensions), dimensions=dimensions),
    )


def _build_findings(answer: AnswerSection, heatmap: HeatmapSection) -> tuple[Message, ...]:
    """Level, findings, and the highest and lowest scores, without duplicates."""
    titles = [answer.title, *answer.findings]
    if not heatmap.title.id.endswith("none"):
        titles.append(heatmap.title)
    return tuple(title for number, title in enumerate(titles) if title not in titles[:number])


def _build_next_steps(source: ReportSource, answer: AnswerSection) -> tuple[Message, ...]:
    """Name the actions that the answer asks to approve."""
    first = answer.actions
    if not first:
        return (make_message("summary.too-few" if source.has_no_scores else "summary.no-actions"),)
    if first[0].id == source.first_decision_id:
        return (
            make_message("summary.settle", action=quote_titles([first[0].title])[0]),
            make_message("summary.owners", count=1),
        )
    return (
        make_message("summary.first", count=len(first), actions=quote_titles(action.title for action in first)),
        make_message("summary.owners", count=len(first)),
    )


def _build_protection(source: ReportSource) -> tuple[Message, ...]:
    if source.is_consensus:
        return (make_message("summary.records"),)
    note, protection = source.result.disclosure, source.details.protection
    promises = [make_message(f"summary.{protection}")] if protection in tuple(Confidentiality) else []
    if note is None:
        return (*promises, make_message("summary.open"))
    return (
        *promises,
        make_message("summary.rule", needed=note.needed),
        make_message("summary.rounded", step=to_exact_decimal(note.step)),
        make_message("hidden.unanimous"),
    )
