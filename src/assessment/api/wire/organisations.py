"""Organisations on the wire."""

from msgspec import Struct

from assessment.api.wire import Strict, Title


class NewOrganisation(Strict, frozen=True):
    """A client whose social media is assessed."""

    name: Title


class OrganisationOut(Struct, frozen=True):
    """A client whose social media is assessed."""

    id: str
    name: str
