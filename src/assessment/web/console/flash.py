"""Notices after a redirect: shown once, on the next page, and never part of the address.

A handler names the notice in the path it redirects to, as `?done=saved`, or `?done=client-archived:ID` for one that
can be undone. `carry_notice` moves the name to a cookie, and removes the cookie with the page that shows it.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope
from msgspec import Struct

from assessment.i18n.messages import N_
from assessment.web.http import cookies

HTTP_OK = 200
CONSOLE_PATH = "/console"
NOTICE_FIELD = "done"
MAILS_QUEUED = "mails-queued"  # its page words it, with the number and kind of the mails
REDIRECT_HEADERS = ("location", "hx-redirect")
SUBJECT_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNDO_PATHS = {
    "client-archived": "/console/clients/{}/restore",
    "assessment-archived": "/console/assessments/{}/restore",
    "client-restored": "/console/clients/{}/archive",
    "assessment-restored": "/console/assessments/{}/archive",
}
FLASH_MESSAGES = {
    "created": N_("The assessment is set up as a draft. Invite people, then open it."),
    "opened": N_("The assessment is open. People can answer by their links now."),
    "reopened": N_("The assessment is open again. People can answer by the links they have."),
    "added": N_("The people are added. Make their links below, and hand them over."),
    "changed": N_("The invitation is changed. Its links keep working."),
    "replaced": N_("The invitation is replaced. Get a link for the new one, and hand it over."),
    "replaced-to-mail": N_("The invitation is replaced. Send the new one on the page “Mails”."),
    "changed-many": N_("The invitations are changed. Their links keep working."),
    "replaced-many": N_("The invitations are replaced. Send the new ones, or get links and hand them over."),
    "revoked": N_("The invitation is revoked. Nobody can start with its links any more."),
    "revoked-many": N_("The invitations are revoked. Nobody can start with their links any more."),
    "added-to-mail": N_("The people are added. Nothing is sent yet: you send the invitations when the survey is open."),
    "mails-undone": N_("Undone: nothing was sent."),
    "mails-stopped": N_("Stopped: what had not been sent yet is not sent."),
    "mails-gone": N_("Too late: these mails have been sent already."),
    "mails-planned": N_("The mails are planned. The server sends them by itself."),
    "plan-stopped": N_("Nothing is sent by itself any more."),
    "text-saved": N_("The text is saved. Mails that are queued already keep the earlier one."),
    "text-reset": N_("The standard text is back."),
    "word-removed": N_("The word is removed. The next list asks what it means."),
    "extended": N_("The closing date is moved. Pages and mails show the new one from now on."),
    "voices-chosen": N_("The choice is saved. Reports quote these comments from now on."),
    "plan-saved": N_("Saved. All editions of the report print it from now on."),
    "plan-undone": N_("The earlier version is back. The later one is in the list below, should you want it again."),
    "no-such-edition": N_("There is no such edition in this format. Choose another format or edition."),
    "next-wave": N_("The next wave is set up as a draft. See below what differs from the last one."),
    "report-published": N_("The report is published. Make a link for those who may read it."),
    "report-withdrawn": N_("The report is withdrawn. Its links open nothing any more."),
    "share-revoked": N_("The link is revoked. It opens nothing any more."),
    "saved": N_("The settings are saved."),
    "client-created": N_("The client is added. Create the first assessment for it."),
    "client-saved": N_("The client is saved."),
    "client-archived": N_("The client is archived, with its assessments. Nothing is deleted."),
    "client-restored": N_("The client is back."),
    "client-erased": N_("The client is erased, with everything that belonged to it."),
    "assessment-archived": N_("The assessment is archived. Its results stay readable."),
    "assessment-restored": N_("The assessment is back."),
    "draft-deleted": N_("The draft is deleted."),
    "user-mailed": N_("The person is added. The link to set a password is on its way by mail."),
    "role-changed": N_("The role is changed, with effect from now."),
    "user-disabled": N_("The account is disabled, and all its sessions have ended."),
    "user-enabled": N_("The account is enabled again."),
    "user-removed": N_("The user is removed, and all their sessions have ended."),
    "password-changed": N_("Your password is changed. All other sessions have ended."),
    "session-ended": N_("The session has ended."),
    "sessions-ended": N_("All other sessions have ended."),
    "second-step-off": N_("Two-step sign-in is off. Your password is enough now."),
    "webhook-deleted": N_("The webhook is deleted. Nothing more is delivered to it."),
    "delivery-replayed": N_("The event is queued once more, and goes out in a moment."),
    "questionnaire-drafted": N_(
        "The draft is stored. Look at it as each role; to change it, edit and upload its files."
    ),
    "questionnaire-uploaded": N_("The questionnaire has no mistakes. Look at it as each role, then publish it."),
    "questionnaire-published": N_("The questionnaire is published. New assessments can use it."),
    "questionnaire-deleted": N_("The upload is deleted."),
    "signed-out": N_("You are signed out."),
    "session-over": N_("Your session has ended. Sign in to continue."),
    "password-set": N_("Your password is set. You can sign in with it now."),
    "reset-mailed": N_(
        "If there is an account with this address, a mail with a link is on its way. The link works once, for an hour. "
        "Nothing after a few minutes? Look in the spam folder, check the address and try again."
    ),
    "key-revoked": N_("The key is revoked. Programs that use it are refused from now on."),
}


class Notice(Struct, frozen=True):
    """A notice for the page; `undo_path` takes a POST that undoes what it says, or is empty."""

    message: str
    undo_path: str = ""


async def read_notice(request: Request[Any, Any, Any]) -> None:
    """Hook before a request: put the notice of the cookie where the layout finds it."""
    request.state.notice = parse_notice(cookies.read_cookie(request, "notice") or "")


async def carry_notice(message: Message, scope: Scope) -> None:
    """Hook before a response is sent: store the notice of a redirect, and delete the one that a page has shown."""
    if message["type"] != "http.response.start" or not scope["path"].startswith(CONSOLE_PATH):
        return
    headers = MutableScopeHeaders.from_message(message)
    settings = scope["litestar_app"].state.settings
    for name in REDIRECT_HEADERS:
        path, notice = split_notice(headers.get(name, ""))
        if notice:
            headers[name] = path
            headers.add("set-cookie", cookies.make_cookie("notice", notice, settings).to_header(header=""))
    connection: ASGIConnection = ASGIConnection(scope)  # type: ignore[type-arg]
    is_page = message["status"] == HTTP_OK and headers.get("content-type", "").startswith("text/html")
    if is_page and "hx-request" not in connection.headers and cookies.read_cookie(connection, "notice"):
        headers.add("set-cookie", cookies.expire_cookie("notice", settings).to_header(header=""))


def split_notice(address: str) -> tuple[str, str]:
    """Split an address into the one without a notice, and the notice; empty if it has none."""
    parts = urlsplit(address)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    notice = dict(fields).get(NOTICE_FIELD, "")
    if not notice or not parts.path.startswith(CONSOLE_PATH):
        return address, ""
    query = urlencode([(name, value) for name, value in fields if name != NOTICE_FIELD], safe="/")
    return parts._replace(query=query).geturl(), notice


def read_subject(request: Request[Any, Any, Any], name: str) -> str:
    """Return what the notice of this name in the cookie is about; empty if there is another notice, or none."""
    stored_name, _, subject = (cookies.read_cookie(request, "notice") or "").partition(":")
    return subject if stored_name == name else ""


def parse_notice(value: str) -> Notice | None:
    """Return the notice of a cookie; None for an unknown one."""
    name, _, subject = value.partition(":")
    if name not in FLASH_MESSAGES:
        return None
    is_undoable = name in UNDO_PATHS and SUBJECT_PATTERN.fullmatch(subject)
    return Notice(FLASH_MESSAGES[name], UNDO_PATHS[name].format(subject) if is_undoable else "")
