"""Static files: compressed at start-up, with a content hash in the URL, cached by browsers for a year."""

import gzip
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from litestar import HttpMethod, Request, Response, route
from litestar.params import FromPath
from msgspec import Struct

from assessment.access_policies import PUBLIC
from assessment.errors import NotFoundError

MEDIA_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
}
IMMUTABLE_CACHE = "public, max-age=31536000, immutable"
BUNDLES = {"survey.css": ("base.css", "survey.css"), "survey.js": ("htmx.js", "survey.js")}  # one request each
HTMX_SOURCES = (("assessment_htmx", "htmx.min.js"), ("django_htmx", "static/django_htmx/htmx-2.min.js"))


class StaticAsset(Struct, frozen=True):
    name: str
    digest: str
    content_type: str
    plain: bytes
    compressed: bytes

    @property
    def path(self) -> str:
        """URL path with the content hash."""
        return f"/static/{self.digest}/{self.name}"


class StaticAssets:
    def __init__(self, assets: Iterable[StaticAsset]) -> None:
        self.by_name = {asset.name: asset for asset in assets}

    def path(self, name: str) -> str:
        """Return the URL path of a file; raises `KeyError` for an unknown name."""
        return self.by_name[name].path


@cache
def load_assets() -> StaticAssets:
    """Load our files and htmx, and concatenate the bundles."""
    own = files("assessment.web").joinpath("static")
    contents = {file.name: file.read_bytes() for file in own.iterdir() if file.is_file()}
    contents["htmx.js"] = _find_htmx().read_bytes()
    bundles = {name: b"\n".join(contents[part] for part in parts) for name, parts in BUNDLES.items()}
    return StaticAssets(_build_asset(name, content) for name, content in (contents | bundles).items())


def _build_asset(name: str, content: bytes) -> StaticAsset:
    return StaticAsset(
        name=name,
        digest=hashlib.sha256(content).hexdigest()[:16],
        content_type=MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
        plain=content,
        compressed=gzip.compress(content, compresslevel=9, mtime=0),
    )


def _find_htmx() -> Traversable:
    """Find the copy that the build has put into the wheel, otherwise the package it comes from."""
    for package, name in HTMX_SOURCES:
        try:
            file = files(package).joinpath(name)
        except ModuleNotFoundError:
            continue
        if file.is_file():
            return file
    msg = "htmx is missing: install the program with pip or uv, which lays it down"
    raise FileNotFoundError(msg)


@route(
    "/static/{digest:str}/{name:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    name="static",
    policy=PUBLIC,
    sync_to_thread=False,
)
def serve_static(request: Request, digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
    """Serve a file; 404 for an outdated digest, because the content it names no longer exists."""
    assets: StaticAssets = request.app.state.assets
    asset = assets.by_name.get(name)
    if asset is None or asset.digest != digest:
        raise NotFoundError
    small = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{asset.digest}{"-gzip" if small else ""}"'
    headers = {"etag": tag, "cache-control": IMMUTABLE_CACHE, "vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=asset.content_type)
    if small:
        headers["content-encoding"] = "gzip"
    return Response(asset.compressed if small else asset.plain, headers=headers, media_type=asset.content_type)
