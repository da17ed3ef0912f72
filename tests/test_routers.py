"""Routes that are registered at the least cost: none of them is wrong, and none is shared by two applications."""

import httpx
import pytest
from litestar import Request, Response, get, post, route

from assessment import app as composition
from assessment.app import create_app
from assessment.routers import LazyApplication, OwnedRouter
from tests.web import people


@get("/page", sync_to_thread=False)
def show_page() -> str:
    return ""


@get("/page", name="other", sync_to_thread=False)
def show_other_page() -> str:
    return ""


@route(["/one", "/two"], http_method=["GET", "HEAD"], sync_to_thread=True)
def show_on_two_paths(request: Request) -> Response[str]:
    return Response("" if request.method == "HEAD" else "shown", media_type="text/plain")


@post("/page")
async def save_page(unknown) -> None:  # what is wrong about it
    return None


def list_handlers(app):
    return [handler for route in app.routes for handler in route.route_handlers]


def test_every_route_of_the_application_can_be_prepared(sqlite_url, tmp_path):
    app = create_app(people.make_settings(sqlite_url, tmp_path))

    app.prepare_routes()

    assert all(parameters for route in app.routes for _, parameters in route.route_handler_map.values())


def test_wrong_signature_is_found_by_preparing_routes():
    app = LazyApplication([save_page])

    with pytest.raises(Exception, match="unknown"):
        app.prepare_routes()


def test_two_handlers_of_one_method_are_refused():
    with pytest.raises(ValueError, match="/page has two handlers"):
        LazyApplication([show_page, show_other_page])


def test_two_applications_share_no_handler(sqlite_url, tmp_path):
    one, other = (create_app(people.make_settings(sqlite_url, tmp_path)) for _ in range(2))

    assert not {id(handler) for handler in list_handlers(one)} & {id(handler) for handler in list_handlers(other)}


async def test_handler_of_several_methods_and_paths_runs_in_one_thread():
    app = LazyApplication([show_on_two_paths])
    app.prepare_routes()

    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        responses = [await client.request(method, path) for path in ("/one", "/two") for method in ("HEAD", "GET")]

    assert [(response.status_code, response.text) for response in responses] == [(200, ""), (200, "shown")] * 2


def test_router_belongs_to_the_application_that_registers_it():
    router = OwnedRouter("/area", route_handlers=[show_page])

    app = LazyApplication([router])

    assert next(handler.owner for handler in list_handlers(app) if handler.name is None) is router
    assert router.owner is app


def test_routes_registered_ahead_serve_one_application(sqlite_url, tmp_path):
    composition.register_ahead()
    ahead = composition._registered[0]

    one, other = (create_app(people.make_settings(sqlite_url, tmp_path)) for _ in range(2))

    assert one is ahead
    assert other is not ahead
