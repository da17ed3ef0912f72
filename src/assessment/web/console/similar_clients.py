"""Warning before a client is added whose name is much like that of another: the second press of the button adds it."""

from sqlalchemy.orm import Session

from assessment.errors import with_values
from assessment.i18n.messages import N_
from assessment.services.assessments import client_organisations
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import FieldError

CONFIRMED_FIELD = "confirmed_name"  # hidden: the name that the warning was about
ANOTHER_CLIENT = N_("“{name}” is a client already. If you mean another one, press the button again.")
ARCHIVED_CLIENT = N_("“{name}” is an archived client. If you mean another one, press the button again.")


def find_name_warning(session: Session, workspace_id: str, form: FormData, field: str) -> FieldError | None:
    """Return the warning for the name in `field`; None if no client is much like it, or if it was confirmed."""
    name = form.text(field)
    if form.text(CONFIRMED_FIELD) == name:
        return None
    similar = client_organisations.find_similar_organisation(session, workspace_id, name)
    if similar is None:
        return None
    warning = ANOTHER_CLIENT if similar.archived_on is None else ARCHIVED_CLIENT
    return field, with_values(warning, name=similar.name)
