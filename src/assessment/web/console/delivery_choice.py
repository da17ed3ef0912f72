"""Choice of a form for new people: the server mails their link, or the consultant hands it out."""

from msgspec import structs

from assessment.domain.closed_sets import DeliveryMode
from assessment.services.people.invitee_checks import Invitee
from assessment.web.console.forms.form_data import FormData


def choose_delivery(invitee: Invitee, form: FormData) -> Invitee:
    """Return the person with the chosen delivery; someone without an address always gets the link by hand."""
    is_mailed = form.text("deliver") == DeliveryMode.MAIL and invitee.email is not None
    return structs.replace(invitee, deliver=DeliveryMode.MAIL if is_mailed else DeliveryMode.LINK)
