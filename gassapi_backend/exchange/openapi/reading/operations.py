"""Reads an operation as a saved request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.extensions import MORE, OWN, own_fields
from gassapi_backend.exchange.openapi.grammar import ADDITIONAL, BACKPORT, METHODS, QUERY, escaped
from gassapi_backend.exchange.openapi.reading.bodies import BodyRead, read_body
from gassapi_backend.exchange.openapi.reading.documentation import (
    header_docs,
    purpose_of,
    request_params,
)
from gassapi_backend.exchange.openapi.reading.parameters import (
    Parameter,
    Placed,
    join_cookies,
    parameters_of,
    read_parameters,
)
from gassapi_backend.exchange.openapi.reading.responses import (
    ExampleRead,
    read_examples,
    response_schema,
)
from gassapi_backend.exchange.openapi.reading.security import (
    SecurityRead,
    read_security,
    schemes_of,
)
from gassapi_backend.exchange.openapi.reading.servers import base_of_operation
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, objects, text_or_none
from gassapi_backend.exchange.tree import Json, Request

TEMPLATE = re.compile(r"\{([^{}/]+)\}")


@dataclass(slots=True)
class Context:
    """A document whose operations are being read."""

    document: dict[str, Json]
    references: References
    schemes: dict[str, Json]
    security: SecurityRead

    @classmethod
    def of(cls, document: dict[str, Json]) -> "Context":
        """Prepare a document (3.0 to 3.2)."""
        references = References(document)
        schemes = schemes_of(references)
        return cls(document, references, schemes, read_security(schemes, document.get("security")))


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and its place; ``item`` is its path item, with references followed."""

    path: str
    method: str
    said: dict[str, Json]
    item: dict[str, Json]
    pointer: str


@dataclass(slots=True)
class OperationRead:
    """A request, and what its parts were made from; in ``placed``, each cookie is separate."""

    request: Request
    placed: list[Placed] = field(default_factory=list)
    examples: list[ExampleRead] = field(default_factory=list)
    body: BodyRead = field(default_factory=BodyRead)
    security: SecurityRead = field(default_factory=SecurityRead)


def operations_of(path: str, item: dict[str, Json], where: str) -> Iterator[Operation]:
    """Yield the operations of a path item; those with methods that have no own key last."""
    for key, said in item.items():
        if key in METHODS or key == QUERY:
            if isinstance(said, dict):
                yield Operation(path, key.upper(), said, item, f"{where}/{key}")
        elif key in (ADDITIONAL, BACKPORT + ADDITIONAL):
            for method, more in mapping(said).items():
                if isinstance(more, dict):
                    at = f"{where}/{escaped(key)}/{escaped(method)}"
                    yield Operation(path, method, more, item, at)


def read_operation(context: Context, operation: Operation) -> OperationRead:
    """Return the request that an operation describes."""
    references, said = context.references, operation.said
    found = parameters_of(references, operation.item, said)
    path = bare_path(operation, found)
    parameters = [one for one in found if fits(one, path)]
    body = read_body(references, said)
    security, inherits = _security(context, said)
    placed = read_parameters(references, parameters)
    placed += _implied(path, placed)
    placed += [*body.headers, *security.entries]
    joined = join_cookies(placed)
    request = Request(
        name=name_of(operation),
        method=operation.method,
        url=_url(context, operation, path),
        headers=[one.entry for one in joined if one.list_name == "headers"],
        params=[one.entry for one in joined if one.list_name == "params"],
        body_type=body.body_type,
        body=body.body,
        auth=None if inherits else security.auth,
        description=text_or_none(said.get("description")) or None,
        purpose=purpose_of(said),
        request_params=request_params(references, parameters, said, body),
        response_schema=response_schema(said, references),
        header_docs=header_docs(references, parameters, body, security),
    )
    examples = read_examples(references, said)
    request.examples = [one.example for one in examples]
    for name, value in own_fields(said.get(OWN)).items():
        setattr(request, name, value)
    return OperationRead(request, placed, examples, body, security)


def further_requests(operation: Operation, request: Request) -> Iterator[tuple[int, Request]]:
    """Yield the requests that our own export put beside an operation with the same path."""
    for index, said in enumerate(objects(operation.said.get(MORE))):
        copy = Request(**{name: _own_list(getattr(request, name)) for name in _FIELDS})
        for name, value in own_fields(said).items():
            setattr(copy, name, value)
        yield index, copy


def _own_list(value: Json) -> Json:
    return list(value) if isinstance(value, list) else value


_FIELDS = (
    *("name", "method", "url", "headers", "params", "body_type", "body", "auth"),
    *("description", "examples", "purpose", "request_params", "response_schema", "header_docs"),
)


def name_of(operation: Operation) -> str:
    """Return the summary, the operationId, or method and path, whichever exists first."""
    for key in ("summary", "operationId"):
        name = " ".join((text_or_none(operation.said.get(key)) or "").split())
        if name:
            return name
    return f"{operation.method} {operation.path}"


def _url(context: Context, operation: Operation, path: str) -> str:
    base = base_of_operation(context.document, operation.item, operation.said)
    slash = "" if path.startswith("/") else "/"
    return f"{base}{slash}{path}"


_DECORATED = re.compile(r"\{\s*[+*#.]{0,2}([\w.~-]+)(?:[+*?]|\s*[:=](?:[^{}]|\{[^{}]*\})*)?\s*\}")


def bare_path(operation: Operation, parameters: list[Parameter]) -> str:
    """Return the path of an operation, with nothing but names in the braces of its variables.

    Gateways and frameworks write more into them (``{proxy+}``, ``{id:[0-9]+}``, ``{*path}``) than
    the name of the parameter, which is left where only that is described.
    """
    names = {one.name for one in parameters if one.place == "path"}

    def bare(found: re.Match[str]) -> str:
        return found[0] if found[0][1:-1] in names or found[1] not in names else f"{{{found[1]}}}"

    return _DECORATED.sub(bare, operation.path)


def _security(context: Context, said: dict[str, Json]) -> tuple[SecurityRead, bool]:
    """Return the security of an operation, and whether it is that of the document."""
    own = said.get("security")
    if not isinstance(own, list) or own == context.document.get("security"):
        return context.security, True
    return read_security(context.schemes, own), False


def fits(parameter: Parameter, path: str) -> bool:
    """Whether a path parameter occurs in the path; any other is a mistake, and ignored."""
    return parameter.place != "path" or "{" + parameter.name + "}" in path


def _implied(path: str, placed: list[Placed]) -> Iterator[Placed]:
    """Yield the path parameters that occur in the path but are not described."""
    known = {one.entry["key"] for one in placed if one.entry.get("in") == "path"}
    for name in dict.fromkeys(TEMPLATE.findall(path)):
        if name not in known:
            yield Placed("params", {"key": name, "value": "", "enabled": True, "in": "path"})
