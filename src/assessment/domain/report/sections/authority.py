"""Authority section: whether people have more authority than support."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.display import get_difference_bound
from assessment.domain.questionnaire_rules import SetUpToFailIndex
from assessment.domain.report.figures import ItemRow, KeyFigure, ReportFigure
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.source import ReportSource, build_amount, to_exact_decimal
from assessment.domain.result import SetUpToFailResult
from assessment.domain.scoring.cut_points import class_of_score

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
    settings, index = source.questionnaire.indices.set_up_to_fail, source.result.indices.set_up_to_fail
    if settings is None:
        return None
    if index is None:
        return _build_empty_section(source)
    steps = {
        name: source.figures.round_step(value, f"{INDEX_PATH}.{name}", index.bounds.get(name), index.n)
        for name, value in (
            ("authority", index.authority),
            ("support", index.support),
            ("score", index.score),
        )
    }
    return AuthoritySection(
        title=_build_title(source, settings, index, steps),
        authority=steps["authority"],
        support=steps["support"],
        difference=_build_difference(source, index),
        risk=steps["score"],
        class_name=source.name_class(index.class_),
        class_meaning=source.get_class_meaning(index.class_),
        key_figures=_build_key_figures(source, settings, index, steps["score"]),
        items=build_personal_items(source, settings.support),
        notes=_build_notes(source, settings, index),
    )


def _build_empty_section(source: ReportSource) -> AuthoritySection:
    none = source.figures.build_missing(INDEX_PATH)
    title = make_message("authority.consensus" if source.is_consensus else "authority.none")
    return AuthoritySection(title, none, none, none, none, "", "", (), (), ())


def _build_difference(source: ReportSource, index: SetUpToFailResult) -> ReportFigure:
    if index.difference is None:
        return source.figures.build_missing(f"{INDEX_PATH}.difference")
    bound = get_difference_bound(index.bounds.get("authority"), index.bounds.get("support"))
    return replace(source.figures.round_difference(index.difference), bound=bound)


def _build_distance(source: ReportSource, index: SetUpToFailResult, difference: Decimal) -> MessageValue:
    """Distance between authority and support as an amount; "at least" if a clipped side may make it larger."""
    bound = _build_difference(source, index).bound
    is_open = bound == ("at least" if difference > 0 else "at most")
    return make_message("bound.at-least", value=abs(difference)) if is_open else abs(difference)


def _build_title(
    source: ReportSource, settings: SetUpToFailIndex, index: SetUpToFailResult, steps: dict[str, ReportFigure]
) -> Message:
    if index.authority is None or index.support is None or index.class_ is None:
        hidden = source.figures.is_hidden(f"{INDEX_PATH}.score") and source.figures.needed is not None
        return make_message("authority.hidden" if hidden else "authority.none")
    difference = source.figures.round_difference(index.authority - index.support).value or Decimal(0)
    values = {"authority": build_amount(steps["authority"]), "support": build_amount(steps["support"])}
    name = source.name_class(index.class_)
    if settings.classes.index(index.class_) >= settings.classes.index(settings.red_flag.least_class):
        flags = index.red_flags_band not in (None, "none") or bool(index.red_flags)
        if difference <= 0:
            return make_message("authority.flags" if flags else "authority.high-covered", risk=name, **values)
        return make_message("authority.high", risk=name, points=_build_distance(source, index, difference), **values)
    if index.over_controlled:
        return make_message("authority.over-controlled", points=_build_distance(source, index, difference), **values)
    least = settings.classes[0] == index.class_
    return make_message("authority.low" if least else "authority.moderate", risk=name, **values)


def _build_key_figures(
    source: ReportSource, settings: SetUpToFailIndex, index: SetUpToFailResult, risk: ReportFigure
) -> tuple[KeyFigure, ...]:
    class_name = source.name_class(index.class_)
    return (
        KeyFigure(make_message("label.risk"), risk, make_message("plain", text=class_name) if class_name else None),
        _build_red_flags(source, index),
        _build_high_risk_share(source, settings, index),
    )


def _build_red_flags(source: ReportSource, index: SetUpToFailResult) -> KeyFigure:
    label = make_message("label.red-flags")
    if index.red_flags is not None:
        return KeyFigure(label, ReportFigure(Decimal(index.red_flags)), unit="people")
    if index.red_flags_band is not None:
        return KeyFigure(label, ReportFigure(None, word=_build_share_band(index.red_flags_band)), unit="people")
    return KeyFigure(label, source.figures.build_missing(f"{INDEX_PATH}.red_flags_band"), unit="people")


def _build_high_risk_share(source: ReportSource, settings: SetUpToFailIndex, index: SetUpToFailResult) -> KeyFigure:
    label = make_message("label.share-high", cut=to_exact_decimal(settings.high_at))
    if index.share_high is None and index.share_high_band is not None:
        return KeyFigure(label, ReportFigure(None, word=_build_share_band(index.share_high_band)), unit="people")
    return KeyFigure(
        label, source.figures.round_coverage(index.share_high, f"{INDEX_PATH}.share_high_band"), unit="percent"
    )


def _build_share_band(band: str) -> Message:
    return make_message(f"share.{band.replace(' ', '-')}")


def build_personal_items(source: ReportSource, items: tuple[str, ...]) -> tuple[ItemRow, ...]:
    """Build rows for personal items; those that must not be shown are not in the result."""
    return tuple(
        ItemRow(
            item,
            source.name_item(item),
            source.get_item_text(item),
            source.build_item_figure(source.result.personal.get(item), f"personal.{item}"),
        )
        for item in items
        if item in source.result.personal
    )


def _build_notes(source: ReportSource, settings: SetUpToFailIndex, index: SetUpToFailResult) -> tuple[Message, ...]:
    """Explain the figures; also a class above the one of the score, which the cut points seem to contradict."""
    raised = index.score is not None and index.class_ != class_of_score(index.score, settings.cuts, settings.classes)
    return (
        make_message("note.authority-group"),
        make_message(
            "note.authority-cuts",
            cuts=tuple(to_exact_decimal(cut) for cut in settings.cuts),
            classes=tuple(source.name_class(name) for name in settings.classes),
        ),
        *([make_message("note.authority-flag", risk=source.name_class(index.class_))] if raised else ()),
    )
