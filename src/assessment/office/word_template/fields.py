"""Fields that a Word template may use: texts and lists of a report, formatted as every other output formats them.

The structs are the catalogue: each field's description is next to its type, and the check of a template follows the
types.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

from assessment.domain.report.actions import Action
from assessment.domain.report.figures import LevelScore, ReportFigure
from assessment.domain.report.message import Message
from assessment.domain.report.sections.functions import FunctionSection
from assessment.domain.report.sections.participation import PeopleCount
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_reasons, format_start, format_until, name_effort, name_impact
from assessment.i18n.messages import N_
from assessment.office.plain_text import clean_text
from assessment.office.report_tables import DASH
from assessment.office.selection import EditionSelection


class TemplateKeyFigure(Struct, frozen=True):
    """A figure that the report highlights."""

    section: Annotated[str, Meta(description=N_("Section that it belongs to"))]
    name: Annotated[str, Meta(description=N_("Name of the figure"))]
    value: Annotated[str, Meta(description=N_("The figure"))]
    meaning: Annotated[str, Meta(description=N_("What it means, or why it is hidden"))]


class TemplateDimension(Struct, frozen=True):
    """A dimension of a function."""

    name: Annotated[str, Meta(description=N_("Name of the dimension"))]
    score: Annotated[str, Meta(description=N_("Score from 0 to 100, or a dash if it is hidden"))]
    today: Annotated[str, Meta(description=N_("What its level means today"))]
    next_level: Annotated[str, Meta(description=N_("What it looks like one level up"))]


class TemplateItem(Struct, frozen=True):
    """A question with its figure."""

    id: Annotated[str, Meta(description=N_("Id of the question"))]
    text: Annotated[str, Meta(description=N_("The question"))]
    score: Annotated[str, Meta(description=N_("Score from 0 to 100, or a dash if it is hidden"))]
    answers: Annotated[str, Meta(description=N_("Number of answers"))]


class TemplateAction(Struct, frozen=True):
    """An action of the roadmap."""

    number: Annotated[str, Meta(description=N_("Place in the roadmap"))]
    title: Annotated[str, Meta(description=N_("What to do"))]
    function: Annotated[str, Meta(description=N_("Function that it is for; empty if for all"))]
    why: Annotated[str, Meta(description=N_("Why it matters"))]
    because: Annotated[str, Meta(description=N_("Figures that call for it"))]
    steps: Annotated[tuple[str, ...], Meta(description=N_("First steps"))]
    owner: Annotated[str, Meta(description=N_("Who should own it"))]
    start: Annotated[str, Meta(description=N_("When it starts"))]
    until: Annotated[str, Meta(description=N_("By when it should have had its effect"))]
    effort: Annotated[str, Meta(description=N_("Effort: small, medium or large"))]
    impact: Annotated[str, Meta(description=N_("Impact: medium or high"))]
    indicator: Annotated[str, Meta(description=N_("What to watch"))]
    goal: Annotated[str, Meta(description=N_("Goal of the indicator; empty if there is none"))]


class TemplateFunction(Struct, frozen=True):
    """A function with its figures."""

    name: Annotated[str, Meta(description=N_("Name of the function"))]
    title: Annotated[str, Meta(description=N_("The finding on this function, as a sentence"))]
    score: Annotated[str, Meta(description=N_("Score from 0 to 100, or a dash if it is hidden"))]
    interval: Annotated[str, Meta(description=N_("Interval of the score"))]
    level: Annotated[str, Meta(description=N_("Level from 1 to 5, or a dash if it is hidden"))]
    target: Annotated[str, Meta(description=N_("Target score"))]
    dimensions: Annotated[tuple[TemplateDimension, ...], Meta(description=N_("Its dimensions"))]
    items: Annotated[tuple[TemplateItem, ...], Meta(description=N_("Its questions"))]
    actions: Annotated[tuple[TemplateAction, ...], Meta(description=N_("Actions for this function"))]
    notes: Annotated[tuple[str, ...], Meta(description=N_("Notes below the figures"))]


class TemplateGap(Struct, frozen=True):
    """Leaders and practitioners in one dimension."""

    name: Annotated[str, Meta(description=N_("Name of the dimension"))]
    leaders: Annotated[str, Meta(description=N_("Score given by leaders"))]
    practitioners: Annotated[str, Meta(description=N_("Score given by practitioners"))]
    gap: Annotated[str, Meta(description=N_("Difference in points"))]
    verdict: Annotated[str, Meta(description=N_("What the difference means"))]


class TemplateHandOff(Struct, frozen=True):
    """Hand-off of one function to one channel."""

    function: Annotated[str, Meta(description=N_("Name of the function"))]
    channel: Annotated[str, Meta(description=N_("Name of the channel"))]
    score: Annotated[str, Meta(description=N_("Score from 0 to 100, or a dash if it is hidden"))]


class TemplatePeople(Struct, frozen=True):
    """People of a role or function."""

    name: Annotated[str, Meta(description=N_("Name of the role or function"))]
    people: Annotated[str, Meta(description=N_("How many answered"))]


class TemplateComment(Struct, frozen=True):
    """A comment that was chosen for reports."""

    function: Annotated[str, Meta(description=N_("Name of the function"))]
    text: Annotated[str, Meta(description=N_("What was written"))]


class TemplateFinding(Struct, frozen=True):
    """A finding of the consultant."""

    title: Annotated[str, Meta(description=N_("Title of the finding"))]
    text: Annotated[str, Meta(description=N_("Text of the finding"))]


class TemplateFields(Struct, frozen=True, kw_only=True):
    """Everything a template may use."""

    organisation: Annotated[str, Meta(description=N_("Name of the client"))]
    title: Annotated[str, Meta(description=N_("Title of the assessment"))]
    date: Annotated[str, Meta(description=N_("Day of the close"))]
    edition: Annotated[str, Meta(description=N_("Name of the edition"))]
    author: Annotated[str, Meta(description=N_("Who prepared the report"))]
    footer: Annotated[str, Meta(description=N_("Confidentiality and the start of the release’s digest"))]
    answer: Annotated[str, Meta(description=N_("The answer in one sentence"))]
    score: Annotated[str, Meta(description=N_("Score of the whole"))]
    interval: Annotated[str, Meta(description=N_("Interval of the score"))]
    level: Annotated[str, Meta(description=N_("Level from 1 to 5, or a dash if it is hidden"))]
    findings: Annotated[tuple[str, ...], Meta(description=N_("Findings, as sentences"))]
    decision: Annotated[str, Meta(description=N_("The decision asked for"))]
    key_figures: Annotated[tuple[TemplateKeyFigure, ...], Meta(description=N_("Highlighted figures of all sections"))]
    functions: Annotated[tuple[TemplateFunction, ...], Meta(description=N_("Functions of the edition"))]
    actions: Annotated[tuple[TemplateAction, ...], Meta(description=N_("Actions of the edition, in order"))]
    gaps: Annotated[tuple[TemplateGap, ...], Meta(description=N_("Leaders and practitioners, by dimension"))]
    hand_offs: Annotated[tuple[TemplateHandOff, ...], Meta(description=N_("Hand-offs by function and channel"))]
    people_by_role: Annotated[tuple[TemplatePeople, ...], Meta(description=N_("Who took part, by role"))]
    people_by_function: Annotated[tuple[TemplatePeople, ...], Meta(description=N_("Who took part, by function"))]
    comments: Annotated[tuple[TemplateComment, ...], Meta(description=N_("Comments chosen for reports"))]
    own_text: Annotated[str, Meta(description=N_("Your own text on the answer"))]
    own_findings: Annotated[tuple[TemplateFinding, ...], Meta(description=N_("Your own findings"))]
    method: Annotated[tuple[str, ...], Meta(description=N_("The method, in plain words"))]
    hidden: Annotated[tuple[str, ...], Meta(description=N_("What is hidden, and why"))]


class TemplateField(Struct, frozen=True):
    """One entry of the catalogue: where it is, like `functions.name`; `is_list` if a loop goes over it."""

    path: str
    description: str
    is_list: bool


def list_template_fields(owner: type[Struct] = TemplateFields, prefix: str = "") -> Iterator[TemplateField]:
    """Yield the catalogue in reading order; fields inside of a list follow it."""
    for name, hint in get_field_types(owner).items():
        kind, meta = get_args(hint)[:2]
        element = get_element_type(kind)
        path = f"{prefix}{name}"
        yield TemplateField(path, meta.description, element is not None)
        if element is not None and element is not str:
            yield from list_template_fields(element, f"{path}.")


def get_field_types(owner: type[Struct]) -> dict[str, Any]:
    """Return the annotated types of the fields by name."""
    return get_type_hints(owner, include_extras=True)


def get_element_type(kind: Any) -> Any:  # noqa: ANN401 - a type
    """Return the type of a list's elements; None for a text."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def build_template_fields(selection: EditionSelection) -> TemplateFields:
    """Build the fields of an edition; lists about the whole are empty in the playbook of a function."""
    report, translator = selection.report, selection.translator
    answer, is_complete = report.answer, selection.is_complete
    details = report.details
    overall = answer.overall
    return TemplateFields(
        organisation=clean_text(details.organisation),
        title=clean_text(details.title),
        date=selection.date,
        edition=selection.name,
        author=clean_text(details.author),
        footer=selection.footer,
        answer=_render(selection.title, translator),
        score=_format_score(overall.figure, translator) if is_complete else DASH,
        interval=_format_interval(overall.figure, translator) if is_complete else "",
        level=_format_level(overall, translator) if is_complete else DASH,
        findings=_render_all(answer.findings, translator) if is_complete else (),
        decision=_render(answer.decision, translator) if is_complete else "",
        key_figures=_build_key_figures(selection),
        functions=tuple(_build_function(part, translator) for part in selection.functions),
        actions=tuple(build_action(action, translator) for action in selection.actions),
        gaps=_build_gaps(selection) if is_complete else (),
        hand_offs=_build_hand_offs(selection),
        people_by_role=_build_people(report.participation.by_role, translator) if is_complete else (),
        people_by_function=_build_people(report.participation.by_function, translator) if is_complete else (),
        comments=_build_comments(selection),
        own_text=clean_text(details.remarks.get("answer", "")) if is_complete else "",
        own_findings=tuple(
            TemplateFinding(clean_text(finding.title), clean_text(finding.text)) for finding in details.findings
        )
        if is_complete
        else (),
        method=_render_all(report.appendix.method, translator),
        hidden=_render_all(selection.hidden, translator),
    )


def _render(message: Message, translator: Translator) -> str:
    return clean_text(translator.render_message(message))


def _render_all(messages: Sequence[Message], translator: Translator) -> tuple[str, ...]:
    return tuple(_render(message, translator) for message in messages)


def _format_score(figure: ReportFigure, translator: Translator) -> str:
    if figure.value is None:
        return translator.format_missing_briefly(figure) or DASH
    return translator.format_figure(figure)


def _format_interval(figure: ReportFigure, translator: Translator) -> str:
    return translator.format_interval(figure.interval) if figure.interval else ""


def _format_level(score: LevelScore, translator: Translator) -> str:
    return DASH if score.level is None else translator.format_number(score.level)


def _format_count(count: int | None, translator: Translator) -> str:
    return DASH if count is None else translator.format_number(count)


def _build_key_figures(selection: EditionSelection) -> tuple[TemplateKeyFigure, ...]:
    translator = selection.translator
    return tuple(
        TemplateKeyFigure(
            section,
            _render(entry.label, translator),
            translator.format_figure(entry.figure, percent=entry.unit == "percent", signed=entry.unit == "signed"),
            _render(entry.meaning, translator) if entry.meaning else translator.explain_missing(entry.figure),
        )
        for section, entry in selection.list_key_figures()
    )


def _build_function(part: FunctionSection, translator: Translator) -> TemplateFunction:
    figure = part.level_score.figure
    questions = [item for dimension in part.dimensions for item in dimension.items] + list(part.rows)
    return TemplateFunction(
        name=part.name,
        title=_render(part.title, translator),
        score=_format_score(figure, translator),
        interval=_format_interval(figure, translator),
        level=_format_level(part.level_score, translator),
        target=translator.format_number(part.target),
        dimensions=tuple(
            TemplateDimension(row.name, _format_score(row.figure, translator), row.level_text, row.next_text)
            for row in part.dimensions
        ),
        items=tuple(
            TemplateItem(
                item.id, item.text, _format_score(item.figure, translator), _format_count(item.figure.n, translator)
            )
            for item in questions
        ),
        actions=tuple(build_action(action, translator) for action in part.actions),
        notes=_render_all(part.notes, translator),
    )


def build_action(action: Action, translator: Translator) -> TemplateAction:
    return TemplateAction(
        number=translator.format_number(action.place),
        title=clean_text(action.title),
        function=action.function_name or "",
        why=clean_text(action.why),
        because=format_reasons(action, translator),
        steps=tuple(clean_text(step) for step in action.steps),
        owner=clean_text(action.owner),
        start=format_start(action, translator),
        until=format_until(action, translator),
        effort=name_effort(action, translator),
        impact=name_impact(action, translator),
        indicator=clean_text(action.indicator),
        goal=_render(action.goal, translator) if action.goal else "",
    )


def _build_gaps(selection: EditionSelection) -> tuple[TemplateGap, ...]:
    section, translator = selection.report.perception_gap, selection.translator
    if section is None:
        return ()
    return tuple(
        TemplateGap(
            row.name,
            translator.format_figure(row.leader),
            translator.format_figure(row.practitioner),
            translator.format_figure(row.gap, signed=True),
            _render(message, translator) if (message := row.verdict_text or row.direction) else DASH,
        )
        for row in section.rows
    )


def _build_hand_offs(selection: EditionSelection) -> tuple[TemplateHandOff, ...]:
    section, names = selection.report.hand_offs, {part.name for part in selection.functions}
    if section is None:
        return ()
    return tuple(
        TemplateHandOff(row.name, channel, _format_score(cell.figure, selection.translator))
        for row in section.rows
        if row.name in names
        for channel, cell in zip(section.columns, row.cells, strict=True)
    )


def _build_people(counts: Sequence[PeopleCount], translator: Translator) -> tuple[TemplatePeople, ...]:
    return tuple(TemplatePeople(count.name, _format_count(count.people, translator)) for count in counts)


def _build_comments(selection: EditionSelection) -> tuple[TemplateComment, ...]:
    section, names = selection.report.people_said, {part.name for part in selection.functions}
    if section is None:
        return ()
    return tuple(
        TemplateComment(group.name, clean_text(comment))
        for group in section.groups
        if selection.is_complete or group.name in names
        for comment in group.comments
    )
