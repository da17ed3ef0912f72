"""Correct an invitation: in place while the assessment is a draft, by a replacement after it has opened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from msgspec import structs
from sqlalchemy.orm import Session

from assessment.errors import ChangedError, InvalidError
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import inviting
from assessment.services.inviting import Mended
from assessment.services.principals import Consultant
from assessment.storage.invitations import Invitation
from assessment.web.console import fields, lines
from assessment.web.console.conflicts import (
    ChangedFormError,
    LateFormError,
    compare_versions,
    describe_changes,
    keep_typed,
)
from assessment.web.console.form import Form
from assessment.web.console.identity import FOR_OWNERS
from assessment.web.console.people import BASE, context, in_words
from assessment.web.console.refusals import RefusedError, faults
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import away, page
from assessment.wording.sentences import N_

TEMPLATE = "console/replace.html"
PATH = f"{BASE}/{{invitation_id:str}}/replacement"


@get(PATH, name="console:ask-replace", policy=CONSULTANT, sync_to_thread=True, opt=FOR_OWNERS)
def ask_to_correct(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
) -> Template:
    """Show the form with the stored values, and what a replacement means."""
    invitation = inviting.get(reading, consultant.workspace_id, assessment_id, invitation_id)
    shown = context(reading, consultant, library, assessment_id, form=_form_of(invitation))
    return page(TEMPLATE, **shown | {"invitation": invitation})


@post(PATH, name="console:replace", policy=CONSULTANT, sync_to_thread=True, opt={KEEPS_FORM: True})
def correct(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Change the invitation in place if the assessment is a draft or only the name differs; otherwise replace it."""
    workspace_id = consultant.workspace_id
    held = inviting.get(writing, workspace_id, assessment_id, invitation_id)
    shown = context(writing, consultant, library, assessment_id, form=form)
    if form.is_returned:
        return page(TEMPLATE, **shown | {"invitation": held})
    guest = lines.guest(form.text("name"), form.text("email"), form.text("role"), form.chosen("functions"))
    corrected = Mended(role=guest.role, functions=guest.functions, email=guest.email, name=guest.name)
    is_in_place = shown["assessment"].state == "draft" or inviting.is_only_name(held, corrected)
    act = inviting.change if is_in_place else inviting.replace
    revision = fields.whole(form, "revision", [])
    try:
        with keep_typed(writing, consultant, form, shown["names"], assessment_id, invitation_id):
            act(writing, workspace_id, assessment_id, invitation_id, corrected, library, now, revision=revision)
    except ChangedError as error:
        unknown = N_("This invitation was changed while you were editing.")
        conflict, changed_by = describe_changes(writing, consultant, invitation_id, revision, unknown)
        versions = compare_versions(form, _form_of(held), changed_by, shown["names"], consultant.language)
        conflict = structs.replace(conflict, versions=versions)
        raise ChangedFormError(TEMPLATE, [], shown | {"invitation": held, "conflict": conflict}) from error
    except LateFormError:
        raise
    except InvalidError as error:
        raise RefusedError(TEMPLATE, in_words(faults(error.problems)), shown | {"invitation": held}) from error
    return away(f"/console/assessments/{assessment_id}/people?done={'changed' if is_in_place else 'replaced'}")


def _form_of(invitation: Invitation) -> Form:
    typed: Mapping[str, tuple[str, ...]] = {
        "name": (invitation.name or "",),
        "email": (invitation.email or "",),
        "role": (invitation.role,),
        "functions": invitation.functions,
    }
    return Form(dict(typed))
