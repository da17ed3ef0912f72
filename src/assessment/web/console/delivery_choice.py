"""Choice of a form for new people: the server mails their link, or the consultant hands it out."""

from msgspec import structs

from assessment.services.people.invitee_checks import Invitee
from assessment.storage.survey.invitations import LINK_DELIVERY, MAIL_DELIVERY
from assessment.web.console.form_data import FormData


def choose_delivery(guest: Invitee, form: FormData) -> Invitee:
    """Return the person with the chosen delivery; someone without an address always gets the link by hand."""
    is_mailed = form.text("deliver") == MAIL_DELIVERY and guest.email is not None
    return structs.replace(guest, deliver=MAIL_DELIVERY if is_mailed else LINK_DELIVERY)
