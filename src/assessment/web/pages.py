"""Answers as HTML: a whole page, a block of one for htmx, or the way on."""

from jinja2_fragments.litestar import HTMXBlockTemplate
from litestar import Response
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template


def page(template: str, status: int = 200, /, **context: object) -> Template:
    """Render a whole page."""
    return Template(template, context=context, status_code=status, media_type="text/html")


def block(template: str, name: str, status: int = 200, /, **context: object) -> Template:
    """Render one block of a page."""
    return HTMXBlockTemplate(
        template_name=template, block_name=name, context=context, status_code=status, media_type="text/html"
    )


def away(path: str) -> Redirect:
    """Send the browser on with GET, after a form was taken."""
    return Redirect(path, status_code=303)


def away_from(request: HTMXRequest, path: str) -> Redirect | Response[None]:
    """Redirect a form; a script that sent it gets the address, for what it fetched could not be shown as a page."""
    return Response(None, status_code=204, headers={"HX-Redirect": path}) if request.htmx else away(path)


def fragment(
    request: HTMXRequest,
    template: str,
    name: str,
    status: int = 200,
    /,
    *,
    otherwise: str | None = None,
    **context: object,
) -> Template | Redirect:
    """Give htmx the block it asked for; a plain form the way on, or the whole page where there is none."""
    if request.htmx and not request.htmx.history_restore_request:
        return block(template, name, status, **context)
    if otherwise is not None:
        return away(otherwise)
    return page(template, status, **context)
