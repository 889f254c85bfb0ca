"""The row of a new endpoint, made without a database."""

from typing import TypedDict

from gassapi_backend.models import search_key
from gassapi_backend.models.rows import StoredEndpoint
from gassapi_backend.server.endpoints.schemas import MAX_URL

NO_HEADERS = "{}"


class EndpointFields(TypedDict):
    """What somebody says about an endpoint, its JSON as text."""

    name: str
    method: str
    url: str
    description: str | None
    headers: str | None
    params: str | None
    body: str | None
    body_type: str | None
    auth: str | None
    examples: str | None
    purpose: str | None
    request_params: str | None
    response_schema: str | None
    header_docs: str | None


def new_row(
    endpoint_id: str,
    fields: EndpointFields,
    *,
    project_id: str,
    collection_id: str,
    position: int,
    revision: int,
    moment: str,
) -> StoredEndpoint:
    """Return the row of an endpoint; ``moment`` as databases have it."""
    return {
        "id": endpoint_id,
        "project_id": project_id,
        "collection_id": collection_id,
        "name": fields["name"],
        "name_key": search_key(fields["name"]),
        "method": fields["method"],
        "url": fields["url"],
        "url_key": search_key(fields["url"], MAX_URL),
        "description": fields["description"],
        "position": position,
        "headers": NO_HEADERS if fields["headers"] is None else fields["headers"],
        "params": fields["params"],
        "body": fields["body"],
        "body_type": fields["body_type"],
        "auth": fields["auth"],
        "examples": fields["examples"],
        "purpose": fields["purpose"],
        "request_params": fields["request_params"],
        "response_schema": fields["response_schema"],
        "header_docs": fields["header_docs"],
        "is_gone": None,
        "revision": revision,
        "created_at": moment,
        "updated_at": moment,
    }
