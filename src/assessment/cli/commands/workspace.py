"""`assessment workspace`: the time zone of a workspace, and what its reports look like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assessment.cli.support import environment
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, print_success
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.workspaces import find_workspace

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.group(
    cls=LazyGroup,
    commands_by_name={
        "time-zone": LazyCommand(f"{__name__}:set_time_zone", N_("Set the time zone in which closing dates end.")),
        "reports": LazyCommand(f"{__name__}:set_report_look", N_("Set “prepared by”, logo and colour of reports.")),
    },
    examples=("assessment workspace time-zone Europe/Vienna", 'assessment workspace reports --colour "#0B3D63"'),
)
def workspace_group() -> None:
    """Settings of a workspace."""


@click.command(
    "time-zone",
    cls=CommandWithExamples,
    examples=(
        "assessment workspace time-zone Europe/Vienna",
        'assessment workspace time-zone Pacific/Auckland --workspace "Berg Consulting"',
    ),
)
@click.argument("zone")
@click.option("--workspace", metavar="NAME", help=_("The workspace; left out, the only one."))
def set_time_zone(zone: str, workspace: str | None) -> None:
    """Set the time zone (as Europe/Vienna) in which closing dates end.

    Assessments that are not closed yet close by it from now on.
    """
    from assessment.services.auth import workspaces

    with environment.open_database() as (_chosen, engine), environment.write_as_operator(engine) as session:
        workspace_id = find_workspace(session, workspace)
        workspaces.set_time_zone(session, workspace_id, zone, environment.current_time())
    print_success(_("Closing dates end by the time of {zone} now.").format(zone=zone))


@click.command(
    "reports",
    cls=CommandWithExamples,
    examples=(
        "assessment workspace reports",
        'assessment workspace reports --prepared-by "Berg & Partner" --logo logo.png --colour "#0B3D63"',
        'assessment workspace reports --colour ""',
    ),
)
@click.option("--prepared-by", metavar="NAME", help=_("On the cover of reports that name nobody else."))
@click.option("--logo", metavar="FILE", help=_("A PNG or JPEG, at most 1 MB, for reports without one of their own."))
@click.option(
    "--colour", metavar="#RRGGBB", help=_("Of covers and headings, with a contrast of 4.5 to 1 with white or more.")
)
@click.option("--workspace", metavar="NAME", help=_("The workspace; left out, the only one."))
def set_report_look(prepared_by: str | None, logo: str | None, colour: str | None, workspace: str | None) -> None:
    """Set “prepared by”, logo and colour of reports; an empty value removes it.

    Published reports keep the look that they were published with. Without an option it prints what is set.
    """
    from assessment.errors import InvalidError
    from assessment.services.auth import workspace_preferences
    from assessment.services.results.consultant_comments import LogoImage, redraw_logo

    image = redraw_logo(_read_file(logo)) if logo else LogoImage()
    if image.problems:
        raise InvalidError(_("The workspace can’t be changed."), list(image.problems))
    with environment.open_database() as (_chosen, engine), environment.write_as_operator(engine) as session:
        workspace_id = find_workspace(session, workspace)
        if prepared_by is not None or colour is not None:
            _change_words(session, workspace_id, prepared_by, colour)
        if logo is not None:
            workspace_preferences.change_logo(session, workspace_id, image.content, environment.current_time())
        stored = workspace_preferences.load_preferences(session, workspace_id)
    nothing = "–"
    click.echo(_("Prepared by: {name}").format(name=stored.prepared_by or nothing))
    click.echo(_("Logo: {logo}").format(logo=_("yes") if stored.has_logo else nothing))
    click.echo(_("Colour: {colour}").format(colour=stored.accent or nothing))


def _change_words(session: Session, workspace_id: str, prepared_by: str | None, colour: str | None) -> None:
    from msgspec.structs import replace

    from assessment.i18n import list_languages
    from assessment.services.auth import workspace_preferences

    stored = workspace_preferences.load_preferences(session, workspace_id)
    new = replace(
        stored,
        languages=stored.languages or tuple(list_languages()),
        prepared_by=stored.prepared_by if prepared_by is None else prepared_by,
        accent=stored.accent if colour is None else colour,
    )
    workspace_preferences.change_preferences(session, workspace_id, new, environment.current_time())


def _read_file(path: str) -> bytes:
    """Read at most one byte more than a logo may have: the check of its size refuses the rest."""
    from assessment.domain.report.details import MAX_LOGO_BYTES

    with Path(path).open("rb") as file:
        return file.read(MAX_LOGO_BYTES + 1)
