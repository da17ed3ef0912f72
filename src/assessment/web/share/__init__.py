"""Router of shared reports: read-only pages and files behind a secret link."""

from litestar import Router

from assessment.routers import OwnedRouter
from assessment.web.share import shared_report

__all__ = ["create_router"]


def create_router() -> Router:
    return OwnedRouter(
        "/",
        route_handlers=[
            shared_report.show_shared_report,
            shared_report.enter_password,
            shared_report.download_shared_file,
        ],
    )
