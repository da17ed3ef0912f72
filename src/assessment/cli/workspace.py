"""`assessment workspace time-zone`: set a workspace's time zone."""

import click

from assessment.cli import place
from assessment.cli.groups import Later, LazyGroup, WithExamples
from assessment.cli.words import N_, done
from assessment.cli.words import translate as _
from assessment.cli.workspaces import find_workspace
from assessment.services import workspaces


@click.group(
    cls=LazyGroup,
    later={"time-zone": Later(f"{__name__}:set_time_zone", N_("Set the time zone in which closing dates end."))},
    examples=("assessment workspace time-zone Europe/Vienna",),
)
def workspace() -> None:
    """Settings of a workspace."""


@click.command(
    "time-zone",
    cls=WithExamples,
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
    with place.ready() as (_chosen, engine), place.writing(engine) as session:
        workspace_id = find_workspace(session, workspace)
        workspaces.set_time_zone(session, workspace_id, zone, place.now())
    done(_("Closing dates end by the time of {zone} now.").format(zone=zone))
