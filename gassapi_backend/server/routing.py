"""From a row of the route table to what aiohttp calls."""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple, get_type_hints

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from gassapi_backend.fair_share import Fairly
from gassapi_backend.server.access.admission import SUBJECTS
from gassapi_backend.server.access.permissions import ABOUT_NO_PROJECT, Permission
from gassapi_backend.server.errors import NoAddress
from gassapi_backend.server.web.addressing import Router
from gassapi_backend.server.web.admission import admit_to
from gassapi_backend.server.web.answer_cache import ANSWERS
from gassapi_backend.server.web.answers import JsonResponse
from gassapi_backend.server.web.etags import Resource, is_unchanged
from gassapi_backend.server.web.idempotency import HEADER, answer_once
from gassapi_backend.server.web.long_lists import LONG_LISTS
from gassapi_backend.server.web.reading import (
    Body,
    Query,
    read,
    read_optional,
    read_query,
    reply,
)
from gassapi_backend.server.web.receiving import UPLOAD, UPLOAD_SECONDS
from gassapi_backend.server.web.state import (
    ACTOR,
    HANDLING,
    PROJECT,
    SETTINGS,
    SUBJECT,
)

PREFIX = "/api/v1"
EVERYWHERE = "/{address:.*}"
WORK_SECONDS = 180  # that the answer to a document may take, once the document is here

Answer = Mapping[str, Any] | web.StreamResponse


class Input(NamedTuple):
    """What a handler takes beside the request; ``read`` is ``None`` for query parameters."""

    schema: type[BaseModel]
    read: Callable[[web.Request, type[BaseModel]], Awaitable[BaseModel]] | None
    names_project: bool


@dataclass(frozen=True)
class Route:
    """An endpoint.

    ``handler`` takes the request and, where it is annotated so, a ``Body`` and a ``Query``; it
    returns the answer without its envelope. The document is derived from its types.
    ``is_limited``: whether the general rate limit counts it.
    ``is_secret``: its answer carries a token and must not be stored.
    ``resource``: what in the answer has a ``revision``, which becomes the ``ETag`` and is what
    ``If-Match`` and ``If-None-Match`` are about.
    ``takes_if_match``: ``If-Match`` guards it although the method or the answer would not tell.
    ``refuses``: the statuses it can refuse with that do not follow from all this, like 409 of a
    name that is taken.
    ``produces``: the media types of a response that the handler builds itself.
    ``is_cached``: its answer depends on nothing but its address and what is in the project (where
    the address is of a collection, on the endpoints in it), and is cached until that changes.
    ``may_grow``: its answer is a page of a list, which is much work where that is long.
    ``is_counted``: its project is loaded with the counts that no column keeps.
    ``is_decided_again``: all it answers comes out of a change, which decides whether the caller
    may, and it uses no more of what its path names than the ids: so that is not loaded again for
    who was let in to it before.
    ``takes_refresh``: a refresh token, too, says who asks, where no access token is good.
    ``before_password``: it also serves who has to choose a password of their own first.
    ``has_tag``: it answers with a document whose ``ETag`` its handler makes.
    ``upload``: the schema of a body that brings a document, which the handler reads itself.
    ``also``: the statuses of good answers beside ``status``.
    ``is_rpc``: it speaks JSON-RPC, whose handler reads the body and makes the whole answer.
    ``is_lasting``: it goes on for as long as its caller has access, and so does not begin with what
    was remembered of them.
    """

    method: str
    path: str
    handler: Callable[..., Awaitable[Answer]]
    permission: Permission
    status: int = 200
    is_limited: bool = True
    is_secret: bool = False
    resource: Resource | None = None
    takes_if_match: bool = False
    refuses: tuple[int, ...] = ()
    produces: tuple[str, ...] = ()
    is_cached: bool = False
    is_lasting: bool = False
    may_grow: bool = False
    is_rpc: bool = False
    is_counted: bool = False
    is_decided_again: bool = False
    has_tag: bool = False
    upload: type[Body] | None = None
    also: tuple[int, ...] = ()
    takes_refresh: bool = False
    before_password: bool = False
    prefix: str = PREFIX

    def __post_init__(self) -> None:
        if not isinstance(self.permission, Permission):
            raise TypeError(f"{self.method} {self.path} needs a permission.")
        names_project = not {"project_id", *SUBJECTS}.isdisjoint(self.parameters) or any(
            "project_id" in schema.model_fields for schema in (self.body, self.query) if schema
        )
        if self.permission not in ABOUT_NO_PROJECT and not names_project:
            raise TypeError(f"{self.method} {self.path} does not say in which project.")
        if self.is_decided_again and (
            self.permission is not Permission.WRITE or SUBJECTS.keys().isdisjoint(self.parameters)
        ):
            raise TypeError(f"{self.method} {self.path} has to be decided at once.")
        if self.is_cached and (self.method != "GET" or not names_project or self.resource):
            raise TypeError(f"{self.method} {self.path} cannot be cached.")

    @property
    def full_path(self) -> str:
        """The path with its prefix."""
        return self.prefix + self.path

    @cached_property
    def parameters(self) -> list[str]:
        """The names of the path's parameters."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def has_etag(self) -> bool:
        """Whether its answer has an ``ETag``."""
        return self.resource is not None or self.has_tag

    @cached_property
    def body(self) -> type[BaseModel] | None:
        """The schema of the request's body."""
        return self.upload or _annotated(self.handler, Body)

    @cached_property
    def query(self) -> type[BaseModel] | None:
        """The schema of the query parameters."""
        return _annotated(self.handler, Query)

    @cached_property
    def body_is_optional(self) -> bool:
        """Whether the body may be left out: ``{}`` is good, and it is not an update."""
        return (
            self.body is not None
            and self.method not in ("PUT", "PATCH")
            and _takes_nothing(self.body)
        )

    @cached_property
    def inputs(self) -> list[Input]:
        """What the handler takes beside the request, in its order."""
        body = None if self.upload else self.body
        hints = get_type_hints(self.handler)
        schemas = [hints[name] for name in list(inspect.signature(self.handler).parameters)[1:]]
        if set(schemas) != {body, self.query} - {None}:
            raise TypeError(f"{self.full_path}: what are its parameters?")
        read_body = read_optional if self.body_is_optional else read
        is_about_project = self.permission not in ABOUT_NO_PROJECT
        return [
            Input(
                schema,
                read_body if schema is body else None,
                is_about_project and "project_id" in schema.model_fields,
            )
            for schema in schemas
        ]


async def refuse_address(request: web.Request) -> web.StreamResponse:
    """Refuse what no route has matched: its address, or only its method."""
    router = request.app.router
    if isinstance(router, Router) and (allowed := router.methods(request)):
        raise web.HTTPMethodNotAllowed(request.method, allowed)
    raise NoAddress("There is nothing at this address.")


def bind(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the function that aiohttp calls for a route."""
    inputs = route.inputs
    takes_key = route.method == "POST" and not route.is_rpc
    tells_unchanged = route.method == "GET" and route.resource is not None

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.upload is not None:
            _expect_upload(request)
        values = await _read_inputs(request, route, inputs) if inputs else []
        if takes_key and HEADER in request.headers:
            return await answer_once(request, partial(_respond, request, route, values))
        if (
            tells_unchanged
            and hdrs.IF_NONE_MATCH in request.headers
            and (same := _unchanged_row(request, route, values)) is not None
        ):
            return same
        if route.is_cached:
            return await _cached(request, partial(_respond, request, route, values))
        if route.may_grow:
            return await _listed(request, route, values)
        return _made(request, route, await route.handler(request, *values))

    return handle


def _expect_upload(request: web.Request) -> None:
    """Let a request that brings a document be larger than others, and take longer."""
    request[UPLOAD] = request.app[SETTINGS].import_max_mb * 1_000_000
    moment = asyncio.get_running_loop().time()
    request[HANDLING].deadline.reschedule(moment + UPLOAD_SECONDS + WORK_SECONDS)


async def _read_inputs(request: web.Request, route: Route, inputs: list[Input]) -> list[BaseModel]:
    """Read what the handler takes, and let the caller into the project that it names, if any."""
    values = []
    for schema, read_body, names_project in inputs:
        value = await read_body(request, schema) if read_body else read_query(request, schema)
        values.append(value)
        project_id = getattr(value, "project_id", None) if names_project else None
        if project_id is not None:
            await admit_to(request, route.permission, "project_id", project_id)
    return values


async def _listed(
    request: web.Request, route: Route, values: list[BaseModel]
) -> web.StreamResponse:
    """Return a page of a list; others go first where that was long when it was last asked for."""
    lists, whose = request.app[LONG_LISTS], (request.path, request[ACTOR].user_id)
    if whose in lists:
        return await Fairly(_respond(request, route, values))
    answer: Any = await route.handler(request, *values)
    lists.note(whose, answer["pagination"]["total"])
    return _made(request, route, answer)


async def _cached(
    request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Return what was answered in this state, or do the work and remember it."""
    state, address = _state_of(request), request.rel_url.raw_path_qs
    if state and (body := request.app[ANSWERS].get(state, address)) is not None:
        return JsonResponse(body)
    response = await work()
    if state and isinstance(response, web.Response) and isinstance(response.body, bytes):
        request.app[ANSWERS].put(state, address, response.body)
    return response


def _state_of(request: web.Request) -> str | None:
    """Return what stays as it is as long as the answer does.

    Of endpoints in a collection that is how many there are and which was written last: every write
    of one gives it a new revision of the project, and what is gone is no longer counted. Of other
    lists it is the end of the project's audit log. ``None`` where there is none yet.
    """
    if SUBJECT not in request:
        found: str | None = request[PROJECT]["audit_hash"]
        return found
    subject = request[SUBJECT]
    newest = subject["newest_revision"], subject["newest_at"], subject["newest_id"]
    return f"{subject['endpoint_count']} {newest}"


async def _respond(
    request: web.Request, route: Route, values: list[BaseModel]
) -> web.StreamResponse:
    """Call the handler and make a response of its answer."""
    return _made(request, route, await route.handler(request, *values))


def _made(request: web.Request, route: Route, answer: Answer) -> web.StreamResponse:
    response = answer if isinstance(answer, web.StreamResponse) else _reply(request, answer, route)
    if response.prepared:
        return response
    handling = request[HANDLING]
    if route.is_secret or handling.reveals:
        response.headers["Cache-Control"] = "no-store"
    for cookie in handling.cookies:
        cookie.set_on(response)
    return response


def _reply(request: web.Request, answer: Mapping[str, Any], route: Route) -> web.StreamResponse:
    if route.resource is None:
        return reply(answer, status=route.status)
    etag = route.resource.etag_in(answer)
    if route.method == "GET" and not request[HANDLING].reveals and is_unchanged(request, etag):
        return _unchanged(etag)
    response = reply(answer, status=route.status)
    response.headers["ETag"] = etag
    return response


def _unchanged_row(
    request: web.Request, route: Route, values: list[BaseModel]
) -> web.StreamResponse | None:
    """Return 304, without any work, where the row that access was decided by says so.

    Not for secrets that are asked for.
    """
    loaded = request.get(SUBJECT) or request.get(PROJECT)
    is_shown_whole = any(getattr(value, "reveal", False) for value in values)
    if route.resource is None or loaded is None or is_shown_whole:
        return None
    etag = route.resource.etag_of_row(loaded, request[ACTOR].caller.user_id)
    return _unchanged(etag) if etag is not None and is_unchanged(request, etag) else None


def _unchanged(etag: str) -> web.StreamResponse:
    return web.Response(status=304, headers={"ETag": etag})


def _takes_nothing(schema: type[BaseModel]) -> bool:
    try:
        schema.model_validate({})
    except ValidationError:
        return False
    return True


def _annotated(handler: Callable[..., Any], kind: type[BaseModel]) -> type[BaseModel] | None:
    for name, hint in get_type_hints(handler).items():
        if name != "return" and isinstance(hint, type) and issubclass(hint, kind):
            return hint
    return None
