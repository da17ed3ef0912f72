"""Page of a published report: it lists the files, for anyone who has the link, and returns them.

Other editions, other formats and links of other reports get the same response as an unknown link.
"""

from datetime import datetime
from functools import partial
from typing import Any

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import NotFoundError, TooManyRequestsError, UnavailableError
from assessment.i18n import get_translator
from assessment.i18n.edition_names import name_audience
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.reports import published_reports, share_links
from assessment.services.reports.published_reports import FrozenReport, UnrenderedFile
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.share_links import EndedLinkError, OpenedLink
from assessment.settings import Settings
from assessment.storage import assessments, database
from assessment.storage.results import share_links as stored_links
from assessment.web.http import cookies, languages
from assessment.web.http.client_address import get_client_address
from assessment.web.http.downloads import name_published_file
from assessment.web.http.page_responses import redirect_to, render_page

PATH = "/r/{token:str}"
UNKNOWN_TEMPLATE, PASSWORD_TEMPLATE, REPORT_TEMPLATE = "share/ended.html", "share/password.html", "share/report.html"
FORMAT_NAMES = {
    FileFormat.PDF: "PDF",
    FileFormat.DECK: "PPTX",
    FileFormat.DOCUMENT: "DOCX",
    FileFormat.WORKBOOK: "XLSX",
}


class SharedEdition(Struct, frozen=True):
    """An edition that a link opens, with its formats: pairs of ending and name."""

    audience: str
    name: str
    formats: tuple[tuple[str, str], ...]


@get(PATH, name="share:report", policy=PUBLIC, sync_to_thread=True)
def show_shared_report(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    read_session: NamedDependency[Session],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Show what the link opens, or ask for its password. Counted, since the consultant is shown how often."""
    try:
        opened = share_links.open_link(read_session, token, now)
    except NotFoundError as error:
        return _show_ended_page(request, error)
    if not _has_entered(request, settings, opened, now):
        return _ask_password(request, opened, token, "")
    frozen = published_reports.load_frozen_report(read_session, opened.report)
    time_zone = assessments.find_time_zone(read_session, opened.link.workspace_id)
    read_session.close()
    _count_use(engine, opened, now, is_download=False)
    details = frozen.job.contents.details
    return render_page(
        REPORT_TEMPLATE,
        token=token,
        details=details,
        published_on=get_workspace_day(opened.report.published_at, time_zone),
        report=opened.report,
        ends_on=share_links.get_last_day(opened.link, time_zone),
        editions=_list_editions(frozen, opened, _choose_language(request, opened)),
        language=_choose_language(request, opened),
    )


@post(PATH, name="share:password", policy=PUBLIC, sync_to_thread=True)
def enter_password(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    read_session: NamedDependency[Session],
    settings: NamedDependency[Settings],
    code_limiter: NamedDependency[RateLimiter],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Check the password, and let this browser in for an hour."""
    try:
        opened = share_links.open_link(read_session, token, now)
    except NotFoundError:
        return redirect_to(f"/r/{token}")  # to the page that says that the link is not valid
    read_session.close()  # hashing takes time
    sent = _read_password(request)
    address = get_client_address(request, settings)
    try:
        is_right = share_links.check_password(opened.link, sent, code_limiter, address, now)
    except TooManyRequestsError as error:
        response = _ask_password(request, opened, token, "too-many", error.status)
        response.headers["retry-after"] = str(error.retry_after)
        return response
    if not is_right:
        return _ask_password(request, opened, token, "wrong", 422)
    redirect = redirect_to(f"/r/{token}")
    cookie = cookies.make_named_cookie(
        _name_cookie(opened, settings), share_links.make_pass(opened.link, settings.secret, now), settings
    )
    cookie.max_age = int(share_links.PASS_LIFETIME.total_seconds())
    redirect.set_cookie(cookie)
    return redirect


@get("/r/{token:str}/{audience:str}/{file_format:str}", name="share:file", policy=PUBLIC)
async def download_shared_file(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    audience: FromPath[str],
    file_format: FromPath[str],
    read_session: NamedDependency[Session],
    engine: NamedDependency[Engine],
    render_pool: NamedDependency[RenderPool],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Return a file of the report, of the editions and formats of the link only."""

    def prepare_file() -> tuple[OpenedLink, str, bytes | UnrenderedFile | None]:
        opened = share_links.open_link(read_session, token, now)
        share_links.require_offered(opened.link, audience, file_format)
        if not _has_entered(request, settings, opened, now):
            return opened, "", None
        name = name_published_file(
            read_session, opened.report, audience, file_format, is_inline=file_format == FileFormat.PDF
        )
        return opened, name, published_reports.prepare_file(read_session, opened.report, audience, file_format)

    try:
        opened, disposition, prepared = await to_thread.run_sync(prepare_file)
    except NotFoundError as error:
        return _show_ended_page(request, error)
    if prepared is None:
        return redirect_to(f"/r/{token}")
    content = await published_reports.finish_file(prepared, engine, render_pool)
    await to_thread.run_sync(partial(_count_use, engine, opened, now, is_download=True))
    return Response(
        content,
        media_type=FileFormat(file_format).media_type,
        headers={"content-disposition": disposition},
    )


def _read_password(request: Request[Any, Any, Any]) -> str:
    values = request.read_fields().get("password", ())  # type: ignore[attr-defined]
    return values[0] if values else ""


def _has_entered(request: Request[Any, Any, Any], settings: Settings, opened: OpenedLink, now: datetime) -> bool:
    """Return whether the link has no password, or this browser has given it."""
    if opened.link.password_hash is None:
        return True
    value = request.cookies.get(_name_cookie(opened, settings), "")
    return share_links.is_valid_pass(opened.link, settings.secret, value, now)


def _name_cookie(opened: OpenedLink, settings: Settings) -> str:
    return cookies.get_full_name(f"share-{opened.link.id}", settings)


def _count_use(engine: Engine, opened: OpenedLink, now: datetime, *, is_download: bool) -> None:
    """Count in a transaction of its own; a read-only database must not keep a client from reading."""
    try:
        with database.write_session(engine) as session:
            stored_links.count_use(session, opened.link, now.date(), is_download=is_download)
    except UnavailableError:
        return


def _list_editions(frozen: FrozenReport, opened: OpenedLink, language: str) -> list[SharedEdition]:
    editions = []
    for audience in opened.link.audiences:
        formats = tuple(
            (str(one), FORMAT_NAMES[one])
            for one in FileFormat
            if one in opened.link.formats and audience in frozen.list_audiences(one)
        )
        if formats:
            names = frozen.questionnaire.text(language).functions
            name = name_audience(audience, names, get_translator(language))
            editions.append(SharedEdition(audience, name, formats))
    return editions


def _ask_password(
    request: Request[Any, Any, Any], opened: OpenedLink, token: str, problem: str, status: int = 200
) -> Response[Any]:
    response: Response[Any] = render_page(
        PASSWORD_TEMPLATE, status, token=token, problem=problem, language=_choose_language(request, opened)
    )
    return response


def _show_ended_page(request: Request[Any, Any, Any], error: NotFoundError) -> Response[Any]:
    language = languages.negotiate_language(request)
    response: Response[Any] = render_page(
        UNKNOWN_TEMPLATE, error.status, is_ended=isinstance(error, EndedLinkError), language=language
    )
    return response


def _choose_language(request: Request[Any, Any, Any], opened: OpenedLink) -> str:
    return languages.negotiate_language(request, languages.INTERFACE_LANGUAGES, opened.report.language)
