"""Which route an address leads to: one step for each of its parts, however many routes there are.

aiohttp tries those that begin alike one after the other. Below the address of a project there are
dozens, which took longer than some of their answers.
"""

from dataclasses import dataclass, field

from aiohttp import hdrs, web


@dataclass(slots=True)
class _Place:
    """Where a part of an address leads to: by its name or, where none has it, as a parameter."""

    named: dict[str, "_Place"] = field(default_factory=dict)
    parameter: tuple[str, "_Place"] | None = None
    routes: dict[str, web.AbstractRoute] = field(default_factory=dict)

    def below(self, part: str) -> "_Place":
        """Return the place of a part, as it stands in the path of a route."""
        if not part.startswith("{"):
            return self.named.setdefault(part, _Place())
        name = part[1:-1]
        if self.parameter is None:
            self.parameter = name, _Place()
        if self.parameter[0] != name:
            raise ValueError(f"{self.parameter[0]} and {name} are parameters at the same place.")
        return self.parameter[1]


class Router(web.UrlDispatcher):
    """aiohttp's router, which finds the routes that were added to it in another way.

    A parameter is never what another route of as many parts has in its place: otherwise
    ``PATCH /users/password`` would be about a user of that id, instead of 405. What leads nowhere,
    or does not take the method, leads to the one route of any method.
    """

    def freeze(self) -> None:
        """Take no more routes."""
        super().freeze()
        self._first: dict[int, _Place] = {}  # by how many parts there are
        self._plain: dict[str, _Place] = {}  # without parameters, by the whole path
        for route in self.routes():
            if route.method == hdrs.METH_ANY:
                self._refusal = route
            elif route.resource is not None:
                self._add(route, route.resource.canonical)

    def _add(self, route: web.AbstractRoute, path: str) -> None:
        parts = path.split("/")
        place = self._first.setdefault(len(parts), _Place())
        for part in parts:
            place = place.below(part)
        place.routes[route.method] = route
        if "{" not in path:
            self._plain[path] = place

    async def resolve(self, request: web.Request) -> web.UrlMappingMatchInfo:
        """Return the route of a request, and the values of its parameters."""
        place, values = self._find(request.rel_url.path_safe)
        route = place.routes.get(request.method) if place else None
        if route is None:
            return web.UrlMappingMatchInfo({}, self._refusal)
        return web.UrlMappingMatchInfo(values, route)

    def methods(self, request: web.Request) -> set[str]:
        """Return what the address of a request takes; nothing if it is none."""
        place, _ = self._find(request.rel_url.path_safe)
        return set(place.routes) if place else set()

    def _find(self, path: str) -> tuple[_Place | None, dict[str, str]]:
        values: dict[str, str] = {}
        if (place := self._plain.get(path)) is not None:
            return place, values
        parts = path.split("/")
        place = self._first.get(len(parts))
        for part in parts:
            if place is None:
                break
            if (named := place.named.get(part)) is not None:
                place = named
            elif part and place.parameter:
                name, place = place.parameter
                # these two are left as they were sent, so that a path can be split
                values[name] = part.replace("%2F", "/").replace("%25", "%") if "%" in part else part
            else:
                place = None
        return place, values
