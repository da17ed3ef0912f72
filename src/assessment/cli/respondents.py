"""`assessment respondent …`: export and erase personal data of one invited person."""

import click
import msgspec
from sqlalchemy.orm import Session

from assessment.cli import place
from assessment.cli.failing import Failed
from assessment.cli.groups import Later, LazyGroup, WithExamples
from assessment.cli.words import N_, done, say, warn
from assessment.cli.words import translate as _
from assessment.cli.workspaces import find_workspace
from assessment.services import respondent_data
from assessment.services.respondent_data import Found

WHO = "ADDRESS_OR_ID"
WORKSPACE = _("Only invitations of this workspace; left out, of all.")


@click.group(
    cls=LazyGroup,
    later={
        "export": Later(f"{__name__}:export_person", N_("Print everything stored about a person, as JSON.")),
        "erase": Later(f"{__name__}:erase_person", N_("Erase a person's answers, name and address.")),
    },
    examples=(
        "assessment respondent export kim@example.org > kim.json",
        "assessment respondent erase kim@example.org --confirm",
    ),
)
def respondent() -> None:
    """Personal data of people who were invited."""


@click.command("export", cls=WithExamples, examples=("assessment respondent export kim@example.org > kim.json",))
@click.argument("who", metavar=WHO)
@click.option("--workspace", metavar="NAME", help=WORKSPACE)
def export_person(who: str, workspace: str | None) -> None:
    """Print everything stored about a person, as JSON: invitations, links, answers, copies of answers.

    The person is found by the address of an invitation, or by the id of one. The export is recorded in the audit log.
    """
    with place.ready() as (chosen, engine), place.writing(engine) as session:
        person = respondent_data.find_person(session, who, _workspace(session, workspace))
        content = respondent_data.export_person(session, person, place.now(), chosen.secret)
    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
    _warn_of_anonymous(person)


@click.command("erase", cls=WithExamples, examples=("assessment respondent erase kim@example.org --confirm",))
@click.argument("who", metavar=WHO)
@click.option("--workspace", metavar="NAME", help=WORKSPACE)
@click.option("--confirm", is_flag=True, help=_("Erase; left out, only say what would be erased."))
def erase_person(who: str, workspace: str | None, *, confirm: bool) -> None:
    """Erase a person's answers with all copies, name, address and links. It can't be undone.

    Published results stay. The erasure is recorded in the audit log, without the address. Older backups still
    contain the data.
    """
    with place.ready() as (chosen, engine), place.writing(engine) as session:
        person = respondent_data.find_person(session, who, _workspace(session, workspace))
        for each in person:
            say(f"{each.assessment.organisation}, {each.assessment.title}: {each.invitation_id}")
        if not confirm:
            raise Failed(_("Nothing was erased. Repeat the command with --confirm to erase these invitations."))
        respondent_data.erase_person(session, person, place.now(), chosen.secret)
    done(_("Erased answers, name, address and links of these invitations. Published results stay."))
    _warn_of_anonymous(person)


def _workspace(session: Session, name: str | None) -> str | None:
    return None if name is None else find_workspace(session, name)


def _warn_of_anonymous(person: tuple[Found, ...]) -> None:
    if any(each.assessment.confidentiality == "anonymous" for each in person):
        warn(_("Answers in anonymous assessments can't be found by person: only the respondent can withdraw them."))
