"""Summary section for respondents: subjects, findings, next steps, protection."""

from assessment.domain.report.details import PROTECTIONS
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Answer, Heatmap, Roadmap, Summary
from assessment.domain.report.source import Source, exact, names, quoted

FIRST = 3


def summary(source: Source, answer: Answer, heatmap: Heatmap, roadmap: Roadmap) -> Summary:
    """Build the section from other sections only, so that it can't disclose or claim more than they do."""
    return Summary(
        title=_title(source),
        asked=_asked(source),
        found=_found(answer, heatmap),
        following=_following(source, roadmap),
        protected=_protected(source),
    )


def _title(source: Source) -> Message:
    if source.consensus:
        return say("summary.consensus", organisation=source.organisation)
    return say("summary.title", count=source.result.respondents.counted)


def _asked(source: Source) -> tuple[Message, ...]:
    functions = names(source.function(name) for name, _ in source.functions())
    dimensions = names(source.dimension(dimension.id) for dimension in source.questionnaire.dimensions)
    return (
        say("summary.asked", functions=functions),
        say("summary.dimensions", count=len(dimensions), dimensions=dimensions),
    )


def _found(answer: Answer, heatmap: Heatmap) -> tuple[Message, ...]:
    """Level, findings, and the highest and lowest scores, without duplicates."""
    found = [answer.title, *answer.findings]
    if not heatmap.title.id.endswith("none"):
        found.append(heatmap.title)
    return tuple(one for number, one in enumerate(found) if one not in found[:number])


def _following(source: Source, roadmap: Roadmap) -> tuple[Message, ...]:
    if not roadmap.actions:
        return (say("summary.too-few" if source.silent else "summary.no-actions"),)
    settling = [action for action in roadmap.actions if action.id == source.settling]
    if settling:
        return (say("summary.settle", action=quoted([settling[0].title])[0]), say("summary.owners", count=1))
    first = roadmap.actions[:FIRST]
    return (
        say("summary.first", count=len(first), actions=quoted(action.title for action in first)),
        say("summary.owners", count=len(first)),
    )


def _protected(source: Source) -> tuple[Message, ...]:
    if source.consensus:
        return (say("summary.records"),)
    note, protection = source.result.disclosure, source.details.protection
    told = [say(f"summary.{protection}")] if protection in PROTECTIONS else []
    if note is None:
        return (*told, say("summary.open"))
    return (
        *told,
        say("summary.rule", needed=note.needed),
        say("summary.rounded", step=exact(note.step)),
        say("hidden.unanimous"),
    )
