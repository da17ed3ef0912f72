"""Parameter types for dates (2026-11-02) and durations (90d)."""

import re
from datetime import timedelta
from typing import Any

import click

from assessment.cli.support.messages import translate_text as _
from assessment.domain.days import describe_range, is_day_in_range


class DateParameter(click.DateTime):
    """A date; the error shows an example, where click shows format codes."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        try:
            moment = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(_("“{value}” is not a date. Write it like 2026-11-02.").format(value=value), param, ctx)
        if not is_day_in_range(moment.date()):
            self.fail(_(describe_range()), param, ctx)
        return moment


DATE = DateParameter()


class DurationParameter(click.ParamType):  # type: ignore[type-arg]  # not generic in every version of click
    """A duration in weeks, days, hours or minutes."""

    name = "span"
    units = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}  # noqa: RUF012 - never changed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:  # noqa: ANN401 - as click has it
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"([1-9]\d{0,4})([wdhm])", str(value).strip().lower(), re.ASCII)
        if match is None:
            self.fail(
                _("“{value}” is not a period of time. Write it like 90d, 24h or 30m.").format(value=value), param, ctx
            )
        return int(match[1]) * self.units[match[2]]


DURATION = DurationParameter()
