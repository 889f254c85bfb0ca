"""Reads how an operation documents itself, in words and schemas, for people and AI assistants."""

from gassapi_backend.exchange.openapi.reading.bodies import BodyRead
from gassapi_backend.exchange.openapi.reading.parameters import NOT_PARAMETERS, Parameter
from gassapi_backend.exchange.openapi.reading.sampling import kind_of
from gassapi_backend.exchange.openapi.reading.security import SecurityRead
from gassapi_backend.exchange.openapi.reading.values import schema_of
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import first_paragraph, mapping, text_or_none
from gassapi_backend.exchange.tree import Json


def purpose_of(operation: dict[str, Json]) -> str | None:
    """Return in a few sentences what the operation is for; ``None`` if it does not say."""
    said = []
    if operation.get("deprecated") is True:
        said.append("Deprecated: new work should not use it.")
    summary = first_paragraph(text_or_none(operation.get("summary")) or "")
    description = first_paragraph(text_or_none(operation.get("description")) or "")
    if summary:
        said.append(summary if summary[-1] in ".!?…" else f"{summary}.")
    if description and description.rstrip(".") != summary.rstrip("."):
        said.append(description)
    return " ".join(said) or None


def request_params(
    references: References,
    parameters: list[Parameter],
    operation: dict[str, Json],
    body: BodyRead,
) -> list[Json] | None:
    """Return what each parameter and the body mean; schemas as they are, ``$ref`` and all."""
    found: list[Json] = [_parameter(references, one) for one in parameters if one.place != "header"]
    if body.media_type:
        found.append(_body(references, operation, body))
    return found or None


def _parameter(references: References, parameter: Parameter) -> dict[str, Json]:
    said = parameter.said
    found: dict[str, Json] = {"name": parameter.name, "in": parameter.place}
    found["required"] = said.get("required") is True or parameter.place == "path"
    description = text_or_none(said.get("description"))
    if description:
        found["description"] = description
    if said.get("deprecated") is True:
        found["deprecated"] = True
    found["schema"] = said["schema"] if "schema" in said else schema_of(references, said)
    return found


def _body(references: References, operation: dict[str, Json], body: BodyRead) -> dict[str, Json]:
    said = references.follow(operation.get("requestBody"))
    found: dict[str, Json] = {"in": "body", "mediaType": body.media_type}
    found["required"] = said.get("required") is True
    description = text_or_none(said.get("description"))
    if description:
        found["description"] = description
    media = references.follow(mapping(said.get("content")).get(body.media_type))
    for key in ("schema", "itemSchema"):
        if key in media:
            found[key] = media[key]
    if body.others:
        found["otherMediaTypes"] = list(body.others)
    return found


def header_docs(
    references: References, parameters: list[Parameter], body: BodyRead, security: SecurityRead
) -> dict[str, Json] | None:
    """Return what each header is for, in a sentence, by its name."""
    found: dict[str, Json] = {}
    for parameter in parameters:
        if parameter.place == "header" and parameter.name.lower() not in NOT_PARAMETERS:
            found[parameter.name] = _sentence(references, parameter)
    if body.others:
        listed = ", ".join([body.media_type, *body.others])
        found["Content-Type"] = f"One of: {listed}."
    if security.optional:
        found["Authorization"] = "Optional: it works without authentication as well."
    return found or None


def _sentence(references: References, parameter: Parameter) -> str:
    required = "Required" if parameter.said.get("required") is True else "Optional"
    schema = schema_of(references, parameter.said)
    kind, form = kind_of(schema), text_or_none(schema.get("format"))
    shape = f", {kind}" + (f" ({form})" if form else "") if kind else ""
    description = text_or_none(parameter.said.get("description"))
    return f"{required}{shape}." + (f" {description}" if description else "")
