"""Root command and the list of all commands; imports none of them, so that help is fast."""

import os

import click

from assessment import __version__
from assessment.cli.support.lazy_groups import LazyCommand, RootGroup
from assessment.cli.support.messages import N_

COMMANDS = {
    "demo": LazyCommand(
        "assessment.cli.commands.demo:run_demo", N_("Serve an invented organisation to look around in.")
    ),
    "serve": LazyCommand("assessment.cli.commands.serve:serve_application", N_("Serve surveys, console and API.")),
    "migrate": LazyCommand(
        "assessment.cli.commands.migrate:migrate_database", N_("Bring the database to the newest schema.")
    ),
    "doctor": LazyCommand(
        "assessment.cli.commands.doctor:check_installation", N_("Check the installation and list what to fix.")
    ),
    "backup": LazyCommand(
        "assessment.cli.commands.backups:create_backup", N_("Write a verified backup while the server runs.")
    ),
    "restore": LazyCommand("assessment.cli.commands.backups:restore_backup", N_("Restore a backup, and prove it.")),
    "move": LazyCommand("assessment.cli.commands.backups:move_database", N_("Move everything to PostgreSQL.")),
    "work": LazyCommand(
        "assessment.cli.commands.work:run_worker", N_("Send mail and reminders, next to a server on PostgreSQL.")
    ),
    "user": LazyCommand("assessment.cli.commands.users:user_group", N_("Consultants who may sign in.")),
    "key": LazyCommand("assessment.cli.commands.keys:key_group", N_("Keys for the API.")),
    "workspace": LazyCommand("assessment.cli.commands.workspace:workspace_group", N_("Settings of a workspace.")),
    "respondent": LazyCommand(
        "assessment.cli.commands.respondents:respondent_group", N_("Personal data: export or erase a person’s.")
    ),
    "retention": LazyCommand(
        "assessment.cli.commands.retention:apply_retention", N_("Erase what is stored longer than agreed.")
    ),
    "questionnaire": LazyCommand(
        "assessment.cli.commands.questionnaires:questionnaire_group", N_("Check, list and show questionnaires.")
    ),
    "score": LazyCommand("assessment.cli.commands.score:score_responses", N_("Score a file of responses.")),
    "compare": LazyCommand(
        "assessment.cli.commands.compare:compare_files", N_("Compare two waves: what changed, and why.")
    ),
    "report": LazyCommand(
        "assessment.cli.commands.report:write_report", N_("Write the PDF report of a file of responses.")
    ),
    "import": LazyCommand(
        "assessment.cli.commands.imports:import_group", N_("Import responses and questions of other survey tools.")
    ),
    "verify": LazyCommand(
        "assessment.cli.commands.verify:verify_report", N_("Verify a PDF report: seal, figures, pages.")
    ),
}
EXAMPLES = (
    ("assessment demo", N_("look around, with invented answers")),
    ("assessment score responses.csv", N_("scores, risks and advice in the terminal")),
    ("assessment report responses.csv -o out.pdf", N_("the same as a report")),
)


@click.group(
    cls=RootGroup,
    commands_by_name=COMMANDS,
    examples=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="assessment", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Assess how well social media is embedded in an organisation's functions."""
    if os.environ.get("NO_COLOR"):
        context.color = False
