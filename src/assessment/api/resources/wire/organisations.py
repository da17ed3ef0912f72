"""Wire types of organisations."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.resources.wire import RequestStruct, Title, copy_fields
from assessment.storage.organisations import Organisation

REQUEST_EXAMPLE = {"name": "Northwind Retail", "contact_name": "Ines Roth", "contact_email": "ines@northwind.example"}
RESPONSE_EXAMPLE = {
    "id": "mf4gk3tbnjzxsyls",
    "name": "Northwind Retail",
    "contact_name": "Ines Roth",
    "contact_email": "ines@northwind.example",
    "archived_on": None,
    "created_at": "2026-11-02T09:30:00Z",
}
FIELD_DESCRIPTIONS = {
    "name": "What the client is called.",
    "contact_name": "Whom to talk to there; may be empty.",
    "contact_email": "Their address, stored in lower case; may be empty.",
}

ContactText: TypeAlias = Annotated[str, Meta(max_length=200)]


OrganisationSort: TypeAlias = Literal["-created_at", "created_at", "name", "-name"]


class NewOrganisation(RequestStruct, frozen=True):
    """A client whose social media is assessed."""

    field_descriptions: ClassVar[Mapping[str, str]] = FIELD_DESCRIPTIONS

    name: Title
    contact_name: ContactText = ""
    contact_email: ContactText = ""


class OrganisationChange(RequestStruct, frozen=True):
    """Fields to change."""

    field_descriptions: ClassVar[Mapping[str, str]] = FIELD_DESCRIPTIONS

    name: Title | UnsetType = UNSET
    contact_name: ContactText | UnsetType = UNSET
    contact_email: ContactText | UnsetType = UNSET


class OrganisationOut(Struct, frozen=True):
    """A client whose social media is assessed; `archived_on` is null unless it is archived."""

    id: str
    name: str
    contact_name: str
    contact_email: str
    archived_on: date | None
    created_at: datetime


def build_organisation_out(organisation: Organisation) -> OrganisationOut:
    return copy_fields(organisation, OrganisationOut)
