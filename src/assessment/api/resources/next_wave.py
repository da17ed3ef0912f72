"""The next wave of an assessment: a draft with the settings and people of this one, and what differs."""

from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.assessments import load_matching_assessment
from assessment.api.resources.wire import RequestStruct
from assessment.api.resources.wire.assessments import RESPONSE_EXAMPLE, AssessmentOut, build_assessment_out
from assessment.domain.assessment import AssessmentKey
from assessment.errors import NotClosedError, NotFoundError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import next_wave
from assessment.services.assessments.next_wave import NextWave
from assessment.services.auth.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage.people.invitations import Invitation

TAG = "Assessments"
DIFFERENCES_EXAMPLE = {
    "earlier": "mf4gk3tbnjzxsyls",
    "fields": ["title", "targets"],
    "left": ["wmjd3dcsrrbv5q2uxbcdymz4"],
    "joined": [],
    "changed": ["q2uxbcdymz4wmjd3dcsrrbv5"],
    "stayed": 41,
}


class NewWave(RequestStruct, frozen=True):
    """How to set up the next wave."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "title": "Of the new assessment; that of this one where it is empty.",
        "with_people": "Whether to invite the same people: name, address, role and functions, without links.",
    }

    title: str = ""
    with_people: bool = True


class WaveDifferencesOut(Struct, frozen=True):
    """Differences from the wave before.

    `fields` are settings; `left`, `joined` and `changed` are ids of invitations, `left` those of the earlier wave.
    People are matched by address, otherwise by name; this says nothing about who answers.
    """

    earlier: str
    fields: tuple[str, ...]
    left: tuple[str, ...]
    joined: tuple[str, ...]
    changed: tuple[str, ...]
    stayed: int


@post(
    "/assessments/{assessment:str}/next-wave",
    sync_to_thread=True,
    dto=StructBody[NewWave],
    **build_route_options(
        "Create the next wave",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(NotClosedError,),
            request_example={"title": "Autumn 2027", "with_people": True},
            response_example=RESPONSE_EXAMPLE | {"title": "Autumn 2027", "wave_of": "mf4gk3tbnjzxsyls"},
        ),
    ),
)
def create_next_wave(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[NewWave],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    settings: NamedDependency[Settings],
) -> Response[AssessmentOut]:
    """Create a draft that follows a closed assessment, with its settings and, if you like, its people.

    Settings are questionnaire, protection, weights, targets, contacts, importance and mail domains. The closing date is
    yours to set. People whose invitation was revoked stay out. `If-Match` is compared with the closed assessment.
    """

    def perform_request() -> AssessmentOut:
        current = load_matching_assessment(request, idempotent.session, caller, assessment)
        created = next_wave.create_next_wave(
            idempotent.session,
            current.key,
            NextWave(data.title, with_people=data.with_people),
            catalogue,
            idempotent.now,
            operator_minimum=settings.minimum_group,
        )
        return build_assessment_out(created)

    return idempotent.run_once(perform_request, locate=lambda new: Representation(f"/assessments/{new.id}"))


@get(
    "/assessments/{assessment:str}/differences",
    sync_to_thread=True,
    **build_route_options(
        "Compare with the wave before",
        TAG,
        Operation(scope="read:assessments", has_etag=True, error_statuses=(404,), response_example=DIFFERENCES_EXAMPLE),
    ),
)
def read_differences(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[WaveDifferencesOut]:
    """Settings and people that differ from the wave that this one follows; 404 for a first wave."""
    differences = next_wave.compare_with_earlier_wave(read_session, AssessmentKey(caller.workspace_id, assessment))
    if differences is None:
        raise NotFoundError
    out = WaveDifferencesOut(
        earlier=differences.earlier.id,
        fields=differences.fields,
        left=_list_ids(differences.left),
        joined=_list_ids(differences.joined),
        changed=_list_ids(differences.changed),
        stayed=differences.stayed,
    )
    return etags.respond_with_etag(request, etags.encode_json(out))


def _list_ids(people: tuple[Invitation, ...]) -> tuple[str, ...]:
    return tuple(person.id for person in people)
