"""`assessment workspace time-zone`: set a workspace's time zone."""

import click

from assessment.cli.support import environment
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, print_success
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.workspaces import find_workspace


@click.group(
    cls=LazyGroup,
    commands_by_name={
        "time-zone": LazyCommand(f"{__name__}:set_time_zone", N_("Set the time zone in which closing dates end."))
    },
    examples=("assessment workspace time-zone Europe/Vienna",),
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
