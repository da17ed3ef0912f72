"""Authority section: whether people have more authority than support."""

from decimal import Decimal

from msgspec.structs import replace

from assessment.domain.display import bound_of_difference
from assessment.domain.questionnaire import SetUpToFail
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Value, say
from assessment.domain.report.parts import Authority, ItemRow, KeyFigure
from assessment.domain.report.source import Source, amount, exact
from assessment.domain.result import SetUpToFailResult

PATH = "indices.set_up_to_fail"


def authority(source: Source) -> Authority | None:
    """Build the section, with group means only; None if the questionnaire does not have the index."""
    settings, found = source.questionnaire.indices.set_up_to_fail, source.result.indices.set_up_to_fail
    if settings is None:
        return None
    if found is None:
        return _nothing(source)
    steps = {
        name: source.figures.step(value, f"{PATH}.{name}", found.bounds.get(name), found.n)
        for name, value in (
            ("authority", found.authority),
            ("support", found.support),
            ("score", found.score),
        )
    }
    return Authority(
        title=_title(source, settings, found, steps),
        authority=steps["authority"],
        support=steps["support"],
        difference=_difference(source, found),
        risk=steps["score"],
        class_name=source.class_name(found.class_),
        class_meaning=source.class_meaning(found.class_),
        key_figures=_key_figures(source, settings, found, steps["score"]),
        items=personal_items(source, settings.support),
        notes=_notes(source, settings),
    )


def _nothing(source: Source) -> Authority:
    none = source.figures.none(PATH)
    title = say("authority.consensus" if source.consensus else "authority.none")
    return Authority(title, none, none, none, none, "", "", (), (), ())


def _difference(source: Source, found: SetUpToFailResult) -> Figure:
    if found.difference is None:
        return source.figures.none(f"{PATH}.difference")
    bound = bound_of_difference(found.bounds.get("authority"), found.bounds.get("support"))
    return replace(source.figures.difference(found.difference), bound=bound)


def _points(source: Source, found: SetUpToFailResult, difference: Decimal) -> Value:
    """Distance between authority and support as an amount; "at least" if a clipped side may make it larger."""
    bound = _difference(source, found).bound
    is_open = bound == ("at least" if difference > 0 else "at most")
    return say("bound.at-least", value=abs(difference)) if is_open else abs(difference)


def _title(source: Source, settings: SetUpToFail, found: SetUpToFailResult, steps: dict[str, Figure]) -> Message:
    if found.authority is None or found.support is None or found.class_ is None:
        hidden = source.figures.is_hidden(f"{PATH}.score") and source.figures.needed is not None
        return say("authority.hidden" if hidden else "authority.none")
    difference = source.figures.difference(found.authority - found.support).shown or Decimal(0)
    values = {"authority": amount(steps["authority"]), "support": amount(steps["support"])}
    name = source.class_name(found.class_)
    if settings.classes.index(found.class_) >= settings.classes.index(settings.red_flag.least_class):
        flags = found.red_flags_band not in (None, "none") or bool(found.red_flags)
        if difference <= 0:
            return say("authority.flags" if flags else "authority.high-covered", risk=name, **values)
        return say("authority.high", risk=name, points=_points(source, found, difference), **values)
    if found.over_controlled:
        return say("authority.over-controlled", points=_points(source, found, difference), **values)
    least = settings.classes[0] == found.class_
    return say("authority.low" if least else "authority.moderate", risk=name, **values)


def _key_figures(
    source: Source, settings: SetUpToFail, found: SetUpToFailResult, risk: Figure
) -> tuple[KeyFigure, ...]:
    named = source.class_name(found.class_)
    return (
        KeyFigure(say("label.risk"), risk, say("plain", text=named) if named else None),
        _flags(source, found),
        _high(source, settings, found),
    )


def _flags(source: Source, found: SetUpToFailResult) -> KeyFigure:
    label = say("label.red-flags")
    if found.red_flags is not None:
        return KeyFigure(label, Figure(Decimal(found.red_flags)), unit="people")
    if found.red_flags_band is not None:
        return KeyFigure(label, Figure(None, word=_band(found.red_flags_band)), unit="people")
    return KeyFigure(label, source.figures.none(f"{PATH}.red_flags_band"), unit="people")


def _high(source: Source, settings: SetUpToFail, found: SetUpToFailResult) -> KeyFigure:
    label = say("label.share-high", cut=exact(settings.high_at))
    if found.share_high is None and found.share_high_band is not None:
        return KeyFigure(label, Figure(None, word=_band(found.share_high_band)), unit="people")
    return KeyFigure(label, source.figures.coverage(found.share_high, f"{PATH}.share_high_band"), unit="percent")


def _band(band: str) -> Message:
    return say(f"share.{band.replace(' ', '-')}")


def personal_items(source: Source, items: tuple[str, ...]) -> tuple[ItemRow, ...]:
    """Build rows for personal items; those that must not be shown are not in the result."""
    return tuple(
        ItemRow(
            item,
            source.item_name(item),
            source.item_text(item),
            source.step(source.result.personal.get(item), f"personal.{item}"),
        )
        for item in items
        if item in source.result.personal
    )


def _notes(source: Source, settings: SetUpToFail) -> tuple[Message, ...]:
    return (
        say("note.authority-group"),
        say(
            "note.authority-cuts",
            cuts=tuple(exact(cut) for cut in settings.cuts),
            classes=tuple(source.class_name(name) for name in settings.classes),
        ),
    )
