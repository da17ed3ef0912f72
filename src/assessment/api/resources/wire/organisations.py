"""Wire types of organisations."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from assessment.api.resources.wire import RequestStruct, Title
from assessment.storage.organisations import Organisation


class NewOrganisation(RequestStruct, frozen=True):
    """A client whose social media is assessed."""

    meanings: ClassVar[Mapping[str, str]] = {"name": "What the client is called."}

    name: Title


class OrganisationOut(Struct, frozen=True):
    """A client whose social media is assessed."""

    id: str
    name: str
    created_at: datetime


def build_organisation_out(organisation: Organisation) -> OrganisationOut:
    return OrganisationOut(organisation.id, organisation.name, organisation.created_at)
