"""`assessment respondent …`: export and erase personal data of one invited person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from assessment.cli.support import environment
from assessment.cli.support.cached_reports import evict_reports
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, print_note, print_success, print_warning
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.workspaces import find_workspace
from assessment.domain.closed_sets import Confidentiality

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from assessment.services.people.respondent_data import PersonRecord

PERSON_METAVAR = "ADDRESS_OR_ID"
WORKSPACE_HELP = _("Only invitations of this workspace; left out, of all.")


@click.group(
    cls=LazyGroup,
    commands_by_name={
        "export": LazyCommand(f"{__name__}:export_person", N_("Print what is stored about a person, as JSON.")),
        "erase": LazyCommand(f"{__name__}:erase_person", N_("Erase a person’s answers, name and address.")),
    },
    examples=(
        "assessment respondent export kim@example.org > kim.json",
        "assessment respondent erase kim@example.org --confirm",
    ),
)
def respondent_group() -> None:
    """Personal data of people who were invited."""


@click.command("export", cls=CommandWithExamples, examples=("assessment respondent export kim@example.org > kim.json",))
@click.argument("address_or_id", metavar=PERSON_METAVAR)
@click.option("--workspace", metavar="NAME", help=WORKSPACE_HELP)
def export_person(address_or_id: str, workspace: str | None) -> None:
    """Print what is stored about a person, as JSON: invitations, links, mails, answers, copies of answers.

    The person is found by the address of an invitation, or by the id of one. Of imported files, what the
    column "respondent" says finds the person too. Hashes are left out, and so are answers
    in anonymous assessments, since nothing ties them to the person. The export is recorded in the audit log.
    """
    from assessment.services.people import respondent_data

    with environment.open_database() as (current_settings, engine), environment.write_as_operator(engine) as session:
        person = respondent_data.find_person(session, address_or_id, _find_workspace(session, workspace))
        content = respondent_data.export_person(session, person, environment.current_time(), current_settings.secret)
    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
    _warn_about_anonymous(person)


@click.command("erase", cls=CommandWithExamples, examples=("assessment respondent erase kim@example.org --confirm",))
@click.argument("address_or_id", metavar=PERSON_METAVAR)
@click.option("--workspace", metavar="NAME", help=WORKSPACE_HELP)
@click.option("--confirm", is_flag=True, help=_("Erase; left out, only say what would be erased."))
def erase_person(address_or_id: str, workspace: str | None, *, confirm: bool) -> None:
    """Erase a person's answers with all copies, name, address and links. It can't be undone.

    Answers in anonymous assessments can't be found by person. Published results stay. The erasure is recorded in the
    audit log, without the address. Older backups still contain the data.
    """
    from assessment.services.people import respondent_data

    with environment.open_database() as (current_settings, engine), environment.write_as_operator(engine) as session:
        person = respondent_data.find_person(session, address_or_id, _find_workspace(session, workspace))
        for record in person:
            print_note(f"{record.assessment.organisation}, {record.assessment.title}: {record.subject}")
        if not confirm:
            raise CommandError(_("Nothing was erased. Repeat the command with --confirm to erase this."))
        respondent_data.erase_person(session, person, environment.current_time(), current_settings.secret)
    evict_reports(current_settings, {record.assessment.id for record in person})
    print_success(_("Erased what is listed above. Published results stay."))
    _warn_about_anonymous(person)


def _find_workspace(session: Session, name: str | None) -> str | None:
    return None if name is None else find_workspace(session, name)


def _warn_about_anonymous(person: tuple[PersonRecord, ...]) -> None:
    from assessment.services.people.respondent_data import PersonInvitation

    invited = [record for record in person if isinstance(record, PersonInvitation)]  # a file has names
    if any(invitation.assessment.confidentiality == Confidentiality.ANONYMOUS for invitation in invited):
        print_warning(
            _("Answers in anonymous assessments can’t be found by person: only the respondent can withdraw them.")
        )
