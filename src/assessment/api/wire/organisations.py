"""Wire types of organisations."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from assessment.api.wire import Strict, Title
from assessment.storage.organisations import Organisation


class NewOrganisation(Strict, frozen=True):
    """A client whose social media is assessed."""

    meanings: ClassVar[Mapping[str, str]] = {"name": "What the client is called."}

    name: Title


class OrganisationOut(Struct, frozen=True):
    """A client whose social media is assessed."""

    id: str
    name: str
    created_at: datetime


def shown(organisation: Organisation) -> OrganisationOut:
    return OrganisationOut(organisation.id, organisation.name, organisation.created_at)
