"""HTML responses: a whole page, a block of it for htmx, or a redirect."""

from jinja2_fragments.litestar import HTMXBlockTemplate
from litestar import Response
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template


def render_page(template: str, status: int = 200, /, **context: object) -> Template:
    return Template(template, context=context, status_code=status, media_type="text/html")


def render_block(template: str, name: str, status: int = 200, /, **context: object) -> Template:
    return HTMXBlockTemplate(
        template_name=template, block_name=name, context=context, status_code=status, media_type="text/html"
    )


def redirect_to(path: str) -> Redirect:
    """Redirect (303) after a POST."""
    return Redirect(path, status_code=303)


def redirect_form(request: HTMXRequest, path: str) -> Redirect | Response[None]:
    """Redirect a form; htmx gets the URL in `HX-Redirect`, because a fetch would follow a 303 by itself."""
    return Response(None, status_code=204, headers={"HX-Redirect": path}) if request.htmx else redirect_to(path)


def render_fragment(
    request: HTMXRequest,
    template: str,
    name: str,
    status: int = 200,
    /,
    *,
    otherwise: str | None = None,
    **context: object,
) -> Template | Redirect:
    """Render the block for htmx; otherwise redirect to `otherwise`, or render the whole page if that is None."""
    if request.htmx and not request.htmx.history_restore_request:
        return render_block(template, name, status, **context)
    if otherwise is not None:
        return redirect_to(otherwise)
    return render_page(template, status, **context)
