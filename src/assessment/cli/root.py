"""Root command and the list of all commands; imports none of them, so that help is fast."""

import os

import click

from assessment import __version__
from assessment.cli.groups import Later, Root
from assessment.cli.output import write_what_can_be_encoded
from assessment.cli.words import N_

COMMANDS = {
    "demo": Later("assessment.cli.demo:demo", N_("Serve an invented organisation to look around in.")),
    "serve": Later("assessment.cli.serving:serve", N_("Serve surveys, console and API.")),
    "migrate": Later("assessment.cli.database:migrate", N_("Bring the database to the newest schema.")),
    "doctor": Later("assessment.cli.doctor:doctor", N_("Check the installation and list what to fix.")),
    "user": Later("assessment.cli.people:user", N_("Consultants who may sign in.")),
    "key": Later("assessment.cli.keys:key", N_("Keys for the API.")),
    "workspace": Later("assessment.cli.workspace:workspace", N_("Settings of a workspace.")),
    "respondent": Later("assessment.cli.respondents:respondent", N_("Personal data: export or erase a person's.")),
    "questionnaire": Later("assessment.cli.questionnaires:questionnaire", N_("Check, list and show questionnaires.")),
    "score": Later("assessment.cli.score:score", N_("Score a file of responses.")),
    "compare": Later("assessment.cli.compare:compare_files", N_("Compare two waves: what changed, and why.")),
    "report": Later("assessment.cli.report:report", N_("Write the PDF report of a file of responses.")),
    "verify": Later("assessment.cli.verify:verify", N_("Check that a PDF report holds: seal, figures, pages.")),
}
EXAMPLES = (
    "assessment demo                              look around, with invented answers",
    "assessment score responses.csv               scores, risks and advice in the terminal",
    "assessment report responses.csv -o out.pdf   the same as a report",
)


@click.group(
    cls=Root,
    later=COMMANDS,
    examples=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="assessment", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Assess how well social media is embedded in an organisation's functions."""
    write_what_can_be_encoded()
    if os.environ.get("NO_COLOR"):
        context.color = False
