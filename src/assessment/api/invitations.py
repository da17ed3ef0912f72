"""Invitations and their links."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.orm import Session

from assessment.api import lists, tags
from assessment.api.bodies import Body
from assessment.api.lists import Cursor, Limit, Page
from assessment.api.once import Once
from assessment.api.operations import Operation, operation
from assessment.api.wire.invitations import (
    INVITED_MOST,
    InvitationChange,
    InvitationOut,
    InvitedOut,
    InvitedPeople,
    NewInvitations,
    guest,
    invited,
    mended,
    shown,
)
from assessment.library import Library
from assessment.services import inviting
from assessment.services.inviting import Invited
from assessment.services.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage import pages
from assessment.storage.invitations import Invitation
from assessment.storage.pages import Place

TAG = "Invitations"
SENT = {"email": "kim@example.org", "name": "Kim Berg", "role": "colleague", "functions": ["care"]}
STATE = {"deliver": "link", "replaces": None, "is_late": False, "created_on": "2026-11-02", "revoked_on": None}
GIVEN = {"id": "nb2hi4dthixs6ztm", **SENT, **STATE}
LINKED = {**GIVEN, "link": "https://survey.example.org/s/kQ3…"}
REPLACED = {**LINKED, "id": "ovzwk4tfobsw64dm", "functions": ["kiosk"], "replaces": GIVEN["id"], "is_late": True}


@get(
    "/assessments/{assessment:str}/invitations",
    sync_to_thread=True,
    **operation(
        "List invitations",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=lists.PARAMETERS,
            tagged=True,
            fails=(404,),
            gives={"data": [GIVEN], "next_cursor": None},
        ),
    ),
)
def list_invitations(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = lists.LIMIT_DEFAULT,
) -> Response[Page[InvitationOut]]:
    """Who is invited, in the order of creation; never whether someone has answered."""
    return tags.tagged(request, _listed(reading, caller, assessment, cursor, limit))


@post(
    "/assessments/{assessment:str}/invitations",
    sync_to_thread=True,
    dto=Body[NewInvitations],
    **operation(
        "Invite people",
        TAG,
        Operation(
            scope="write:assessments",
            once=True,
            guarded=True,
            fails=(404, 409),
            sends=[SENT],
            bounds={"minItems": 1, "maxItems": INVITED_MOST},
            gives={"data": [LINKED]},
        ),
    ),
)
def create_invitations(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[NewInvitations],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
    settings: NamedDependency[Settings],
) -> Response[InvitedPeople]:
    """Invite all of them or none. Each link is shown in this answer only, and leads nowhere before the opening.

    `deliver: mail` is refused (`#mail-not-available`) while the server can't send mail. Who is invited after the
    opening is `is_late`. `If-Match` is compared with the first page of the list.
    """

    def work() -> InvitedPeople:
        tags.unchanged(request, _listed(once.session, caller, assessment, "", lists.LIMIT_DEFAULT))
        guests = tuple(guest(each) for each in data)
        made = inviting.invite(once.session, caller.workspace_id, assessment, guests, library, once.now)
        return InvitedPeople(tuple(invited(each, settings.public_url) for each in made))

    return once.answer(work)


@get(
    "/assessments/{assessment:str}/invitations/{invitation:str}",
    sync_to_thread=True,
    **operation("Read an invitation", TAG, Operation(scope="read:assessments", tagged=True, fails=(404,), gives=GIVEN)),
)
def read_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[InvitationOut]:
    """One person who is invited."""
    found = inviting.get(reading, caller.workspace_id, assessment, invitation)
    return tags.tagged(request, tags.encoded(shown(found)))


@patch(
    "/assessments/{assessment:str}/invitations/{invitation:str}",
    sync_to_thread=True,
    dto=Body[InvitationChange],
    **operation(
        "Change an invitation",
        TAG,
        Operation(
            scope="write:assessments",
            guarded=True,
            fails=(404, 409),
            sends={"name": "Kim Berg"},
            gives=GIVEN,
        ),
    ),
)
def change_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[InvitationChange],
    writing: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
    now: NamedDependency[datetime],
) -> Response[InvitationOut]:
    """Change an invitation; links stay valid.

    Role, functions and address can be changed until the assessment opens, whatever the person has done; after that
    they are `#locked` (409), and a correction is a replacement. The name can be changed until the close.
    """
    held = _seen(request, writing, caller, assessment, invitation)
    workspace = caller.workspace_id
    changed = inviting.change(
        writing, workspace, assessment, invitation, mended(data), library, now, revision=held.revision
    )
    return tags.given(shown(changed))


@post(
    "/assessments/{assessment:str}/invitations/{invitation:str}/replacement",
    sync_to_thread=True,
    dto=Body[InvitationChange],
    **operation(
        "Replace an invitation",
        TAG,
        Operation(
            scope="write:assessments",
            once=True,
            guarded=True,
            fails=(404, 409),
            sends={"functions": ["kiosk"]},
            gives=REPLACED,
        ),
    ),
)
def replace_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[InvitationChange],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    library: NamedDependency[Library],
    settings: NamedDependency[Settings],
) -> Response[InvitedOut]:
    """Invite the person again, with a link, and revoke the earlier invitation. Fields not sent stay as they were.

    Nothing is deleted. Of one person's responses one is used: the first that was sent, otherwise the oldest with at
    least half its questions answered.
    """

    def work() -> InvitedOut:
        held = _seen(request, once.session, caller, assessment, invitation)
        key = (once.session, caller.workspace_id, assessment)
        made = inviting.replace(*key, held.id, mended(data), library, once.now, revision=held.revision)
        token = inviting.new_link(*key, made.id, once.now)
        return invited(Invited(made, token), settings.public_url)

    return once.answer(work)


@post(
    "/assessments/{assessment:str}/invitations/{invitation:str}/links",
    sync_to_thread=True,
    **operation(
        "Make another link",
        TAG,
        Operation(scope="write:assessments", once=True, guarded=True, fails=(404, 409), gives=LINKED),
    ),
)
def create_link(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    once: NamedDependency[Once],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[InvitedOut]:
    """Make one more link, shown in this answer only; earlier ones keep working.

    It is recorded, with the name of your key and the day, and the person it is for sees that.
    """

    def work() -> InvitedOut:
        held = _seen(request, once.session, caller, assessment, invitation)
        token = inviting.new_link(once.session, caller.workspace_id, assessment, held.id, once.now)
        return invited(Invited(held, token), settings.public_url)

    return once.answer(work)


@delete(
    "/assessments/{assessment:str}/invitations/{invitation:str}",
    sync_to_thread=True,
    **operation("Revoke an invitation", TAG, Operation(scope="write:assessments", guarded=True, fails=(404, 409))),
)
def revoke_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    writing: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Revoke its links: nobody can start with them. Nothing is deleted.

    People who have started see a notice, and may finish and send. The response is the same whatever the person has
    done.
    """
    held = _seen(request, writing, caller, assessment, invitation)
    inviting.revoke(writing, caller.workspace_id, assessment, invitation, now, held.revision)


def _seen(
    request: Request[Any, Any, Any], session: Session, caller: KeyHolder, assessment: str, invitation: str
) -> Invitation:
    held = inviting.get(session, caller.workspace_id, assessment, invitation)
    tags.unchanged(request, tags.encoded(shown(held)))
    return held


def _listed(session: Session, caller: KeyHolder, assessment: str, cursor: str, limit: int) -> bytes:
    def find(place: Place) -> pages.Page[Invitation]:
        return inviting.list_invitations(session, caller.workspace_id, assessment, place)

    return tags.encoded(lists.found(find, shown, cursor, limit))
