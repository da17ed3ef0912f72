"""Routers and routes of one application, registered at the least cost of a start."""

from typing import Any, Self

from litestar import Litestar, Router
from litestar.handlers import HTTPRouteHandler
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler


class OwnedRouter(Router):
    """Router that one application registers, so without a copy: create another one for another application.

    Litestar copies a router with all its handlers each time it is registered, a quarter of the time that takes.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class PreparedHandlers(dict[Any, Any]):
    """Handlers of a route by method, with what Litestar needs to call them: built when the first request looks it up.

    The event loop alone looks it up, so no lock is needed.
    """

    def __init__(self, app: "LazyApplication", route: HTTPRoute) -> None:
        methods = [(method, (handler, None)) for handler in route.route_handlers for method in handler.http_methods]
        super().__init__(methods)
        if len(self) < len(methods):
            msg = f"{route.path} has two handlers for the same method"
            raise ValueError(msg)
        self._app, self._route = app, route

    def __getitem__(self, method: str) -> tuple[HTTPRouteHandler, Any]:
        handler, parameters = super().__getitem__(method)
        if parameters is None:
            self._app.prepare_handler(handler)
            parameters = handler.create_kwargs_model(path_parameters=self._route.path_parameters)
            self.update((same, (handler, parameters)) for same in handler.http_methods)
        return handler, parameters


class LazyApplication(Litestar):
    """Application that reads the signatures of a route at its first request, and has no plugin that it does not use.

    To read those of all 190 routes takes half a second of processor time, a quarter of a start, and 7 MB.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        """Add the plugin of Structs only: those of pydantic (two versions) and attrs take 30 ms and 3 MB."""
        return [*plugins, MsgspecDIPlugin()]

    def register(self, value: ControllerRouterHandler) -> None:  # type: ignore[override]  # as Litestar does it
        """Register routes of HTTP; no other ones are served."""
        for route in Router.register(self, value):
            if not isinstance(route, HTTPRoute):
                msg = f"{route.path} is not served over HTTP"
                raise TypeError(msg)
            route.route_handler_map = PreparedHandlers(self, route)
        self.asgi_router.construct_routing_trie()

    def prepare_handler(self, handler: HTTPRouteHandler) -> None:
        """Prepare a handler once: a second time, Litestar would wrap its function for a thread again.

        A handler may have several methods and paths.
        """
        prepared = self.__dict__.setdefault("_prepared_ids", set())
        if id(handler) not in prepared:
            handler.on_registration(self)
            prepared.add(id(handler))

    def prepare_routes(self) -> None:
        """Read the signatures of all routes; raises Litestar's `ImproperlyConfiguredException` if one is wrong."""
        for route in self.routes:
            if isinstance(route, HTTPRoute):
                for method in route.route_handler_map:
                    route.route_handler_map[method]
