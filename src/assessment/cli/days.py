"""Days as options take them: 2026-11-02."""

from typing import Any

import click

from assessment.cli.words import translate as _


class Day(click.DateTime):
    """A day; what is none is told with how to write one, where click names its format codes."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        """Read it."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(_("“{value}” is no date. Give a date as 2026-11-02.").format(value=value), param, ctx)


DAY = Day()
