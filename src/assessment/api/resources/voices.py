"""Released comments of respondents."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.domain.assessment import AssessmentKey
from assessment.errors import NoResultsError, NotClosedError
from assessment.services.auth.principals import KeyHolder
from assessment.services.results import voices
from assessment.services.results.voices import ReleasedVoices

RESPONSE_EXAMPLE = {
    "data": [
        {
            "function": "care",
            "hidden": None,
            "comments": [
                {"text": "We learn of campaigns from customers.", "in_report": True},
                {"text": "More evening shifts, please.", "in_report": False},
            ],
        },
        {"function": None, "hidden": "fewer than 10 people", "comments": []},
    ],
    "withdrawn": False,
}
TOO_FEW_PEOPLE = "fewer than 10 people"


class VoiceOut(Struct, frozen=True):
    """A comment as it was written; `in_report`: the consultant has chosen it for reports."""

    text: str
    in_report: bool


class VoicePoolOut(Struct, frozen=True):
    """Comments about one function, or about the whole (null), in an order drawn at the release.

    `hidden` is the reason why there are none.
    """

    function: str | None
    hidden: str | None
    comments: tuple[VoiceOut, ...]


class VoicesOut(Struct, frozen=True):
    """Comments by function; `withdrawn`: some have been withdrawn since they were released, how many is not stored."""

    data: tuple[VoicePoolOut, ...]
    withdrawn: bool


def build_voices_out(released: ReleasedVoices) -> VoicesOut:
    return VoicesOut(
        tuple(
            VoicePoolOut(
                pool.function,
                TOO_FEW_PEOPLE if pool.has_too_few_people else None,
                tuple(VoiceOut(voice.text, voice.is_chosen) for voice in pool.voices),
            )
            for pool in released.pools
        ),
        released.withdrawn,
    )


@get(
    "/assessments/{assessment:str}/voices",
    sync_to_thread=True,
    **build_route_options(
        "Read what people said",
        "Results",
        Operation(
            scope="read:scores",
            has_etag=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def read_voices(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[VoicesOut]:
    """Comments of respondents, once the assessment is closed: by function, without role, section or author.

    They include the reasons why questions don't apply. A function has them from 10 people who answered and count, and
    a further release adds some only from k+1 new authors or more. Comments disappear when their authors erase their
    answers, k+1 authors at a time.
    """
    released = voices.load_released_voices(read_session, AssessmentKey(caller.workspace_id, assessment))
    return etags.respond_with_etag(request, etags.encode_json(build_voices_out(released)))
