"""Authority section: whether people have more authority than support."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.display import get_difference_bound
from assessment.domain.questionnaire import SetUpToFailIndex
from assessment.domain.report.figures import ItemRow, KeyFigure, ReportFigure
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.source import ReportSource, build_amount, to_exact_decimal
from assessment.domain.result import SetUpToFailResult

INDEX_PATH = "indices.set_up_to_fail"


class AuthoritySection(Struct, frozen=True):
    """Authority and support as group means."""

    title: Message
    authority: ReportFigure
    support: ReportFigure
    difference: ReportFigure
    risk: ReportFigure
    class_name: str
    class_meaning: str
    key_figures: tuple[KeyFigure, ...]
    items: tuple[ItemRow, ...]
    notes: tuple[Message, ...]


def build_authority(source: ReportSource) -> AuthoritySection | None:
    """Build the section, with group means only; None if the questionnaire does not have the index."""
    settings, found = source.questionnaire.indices.set_up_to_fail, source.result.indices.set_up_to_fail
    if settings is None:
        return None
    if found is None:
        return _build_empty_section(source)
    steps = {
        name: source.figures.step(value, f"{INDEX_PATH}.{name}", found.bounds.get(name), found.n)
        for name, value in (
            ("authority", found.authority),
            ("support", found.support),
            ("score", found.score),
        )
    }
    return AuthoritySection(
        title=_build_title(source, settings, found, steps),
        authority=steps["authority"],
        support=steps["support"],
        difference=_build_difference(source, found),
        risk=steps["score"],
        class_name=source.class_name(found.class_),
        class_meaning=source.class_meaning(found.class_),
        key_figures=_build_key_figures(source, settings, found, steps["score"]),
        items=build_personal_items(source, settings.support),
        notes=_build_notes(source, settings),
    )


def _build_empty_section(source: ReportSource) -> AuthoritySection:
    none = source.figures.none(INDEX_PATH)
    title = make_message("authority.consensus" if source.consensus else "authority.none")
    return AuthoritySection(title, none, none, none, none, "", "", (), (), ())


def _build_difference(source: ReportSource, found: SetUpToFailResult) -> ReportFigure:
    if found.difference is None:
        return source.figures.none(f"{INDEX_PATH}.difference")
    bound = get_difference_bound(found.bounds.get("authority"), found.bounds.get("support"))
    return replace(source.figures.difference(found.difference), bound=bound)


def _build_distance(source: ReportSource, found: SetUpToFailResult, difference: Decimal) -> MessageValue:
    """Distance between authority and support as an amount; "at least" if a clipped side may make it larger."""
    bound = _build_difference(source, found).bound
    is_open = bound == ("at least" if difference > 0 else "at most")
    return make_message("bound.at-least", value=abs(difference)) if is_open else abs(difference)


def _build_title(
    source: ReportSource, settings: SetUpToFailIndex, found: SetUpToFailResult, steps: dict[str, ReportFigure]
) -> Message:
    if found.authority is None or found.support is None or found.class_ is None:
        hidden = source.figures.is_hidden(f"{INDEX_PATH}.score") and source.figures.needed is not None
        return make_message("authority.hidden" if hidden else "authority.none")
    difference = source.figures.difference(found.authority - found.support).value or Decimal(0)
    values = {"authority": build_amount(steps["authority"]), "support": build_amount(steps["support"])}
    name = source.class_name(found.class_)
    if settings.classes.index(found.class_) >= settings.classes.index(settings.red_flag.least_class):
        flags = found.red_flags_band not in (None, "none") or bool(found.red_flags)
        if difference <= 0:
            return make_message("authority.flags" if flags else "authority.high-covered", risk=name, **values)
        return make_message("authority.high", risk=name, points=_build_distance(source, found, difference), **values)
    if found.over_controlled:
        return make_message("authority.over-controlled", points=_build_distance(source, found, difference), **values)
    least = settings.classes[0] == found.class_
    return make_message("authority.low" if least else "authority.moderate", risk=name, **values)


def _build_key_figures(
    source: ReportSource, settings: SetUpToFailIndex, found: SetUpToFailResult, risk: ReportFigure
) -> tuple[KeyFigure, ...]:
    named = source.class_name(found.class_)
    return (
        KeyFigure(make_message("label.risk"), risk, make_message("plain", text=named) if named else None),
        _build_red_flags(source, found),
        _build_high_risk_share(source, settings, found),
    )


def _build_red_flags(source: ReportSource, found: SetUpToFailResult) -> KeyFigure:
    label = make_message("label.red-flags")
    if found.red_flags is not None:
        return KeyFigure(label, ReportFigure(Decimal(found.red_flags)), unit="people")
    if found.red_flags_band is not None:
        return KeyFigure(label, ReportFigure(None, word=_build_share_band(found.red_flags_band)), unit="people")
    return KeyFigure(label, source.figures.none(f"{INDEX_PATH}.red_flags_band"), unit="people")


def _build_high_risk_share(source: ReportSource, settings: SetUpToFailIndex, found: SetUpToFailResult) -> KeyFigure:
    label = make_message("label.share-high", cut=to_exact_decimal(settings.high_at))
    if found.share_high is None and found.share_high_band is not None:
        return KeyFigure(label, ReportFigure(None, word=_build_share_band(found.share_high_band)), unit="people")
    return KeyFigure(label, source.figures.coverage(found.share_high, f"{INDEX_PATH}.share_high_band"), unit="percent")


def _build_share_band(band: str) -> Message:
    return make_message(f"share.{band.replace(' ', '-')}")


def build_personal_items(source: ReportSource, items: tuple[str, ...]) -> tuple[ItemRow, ...]:
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


def _build_notes(source: ReportSource, settings: SetUpToFailIndex) -> tuple[Message, ...]:
    return (
        make_message("note.authority-group"),
        make_message(
            "note.authority-cuts",
            cuts=tuple(to_exact_decimal(cut) for cut in settings.cuts),
            classes=tuple(source.class_name(name) for name in settings.classes),
        ),
    )
