"""MCP tokens and client configurations over HTTP."""

from aiohttp import web

from gassapi_backend.clock import rfc3339
from gassapi_backend.mcp_clients.bundle import MEDIA_TYPE, bundle
from gassapi_backend.mcp_clients.connection import Connection, variable_of
from gassapi_backend.models import name_hash
from gassapi_backend.models.rows import TokenRow
from gassapi_backend.server.access.callers import Actor
from gassapi_backend.server.errors import Invalid, NotFound
from gassapi_backend.server.items.variables import plain_values
from gassapi_backend.server.tokens import actions, queries
from gassapi_backend.server.tokens.configs import (
    check_custom,
    for_client,
    for_gassapi,
    gassapi_json,
    shown_clients,
)
from gassapi_backend.server.tokens.schemas import (
    BundleName,
    ClientsAnswer,
    ConfigAnswer,
    ConfigOptions,
    IssuedAnswer,
    MyTokenSearch,
    NewToken,
    OwnTokensAnswer,
    Regeneration,
    Revocation,
    RevokedAnswer,
    TokensAnswer,
    TokenSearch,
    ValidAnswer,
    own_token_view,
    token_view,
)
from gassapi_backend.server.tokens.state import USAGE
from gassapi_backend.server.web.state import ACTOR, PROJECT, SETTINGS, VAULT

ONLY_OURS = "This is for gassapi.json only, not for a client's configuration."


async def validate(request: web.Request) -> ValidAnswer:
    """Check an MCP token and answer with its project and default environment."""
    caller = request[ACTOR].caller
    found = await queries.find_validated(caller.project_id or "")
    if found is None or caller.token_id is None or caller.scope is None:
        raise NotFound("There is no such project.")
    moment = request.app[USAGE].count(caller.token_id)
    return {
        "valid": True,
        "scope": caller.scope.value,
        "project": {
            "id": found["id"],
            "name": found["name"],
            "description": found["description"],
            "revision": found["revision"],
        },
        "environment": None
        if found["environment"] is None
        else {"name": found["environment"], "variables": plain_values(found["variables"])},
        "lastValidatedAt": rfc3339(moment),
    }


async def list_tokens(request: web.Request, search: TokenSearch) -> TokensAnswer:
    """List a project's tokens, never the tokens themselves."""
    found, total = await queries.list_tokens(search.project_id, search)
    usage = request.app[USAGE]
    return {
        "tokens": [token_view(usage.add_to(row)) for row in found],
        "pagination": search.of(total),
    }


async def list_own(request: web.Request, search: MyTokenSearch) -> OwnTokensAnswer:
    """List the tokens that you issued, in all projects, never the tokens themselves."""
    found, total = await queries.list_own(request[ACTOR].user_id, search)
    usage = request.app[USAGE]
    return {
        "tokens": [own_token_view(usage.add_to(row)) for row in found],
        "pagination": search.of(total),
    }


async def list_clients(request: web.Request) -> ClientsAnswer:
    """List the MCP clients that `generate-config` knows, and what each offers."""
    return {"clients": shown_clients()}


async def issue(request: web.Request, new: NewToken) -> IssuedAnswer:
    """Issue a token; it is shown this once."""
    actor = request[ACTOR]
    token, record = await actions.issue_token(actor, new.project_id, actor.user_id, new)
    return _issued(actor, token, record)


async def revoke(request: web.Request, wanted: Revocation) -> RevokedAnswer:
    """Revoke a token, or all that the caller may: members their own, the owner any."""
    count = await actions.revoke_tokens(request[ACTOR], wanted.project_id, wanted)
    return {"revokedCount": count}


async def regenerate(request: web.Request, wanted: Regeneration) -> IssuedAnswer:
    """Replace a token: the old one ends as the new one is made."""
    actor = request[ACTOR]
    token, record = await actions.regenerate_token(actor, wanted.project_id, wanted)
    return _issued(actor, token, record)


async def generate_config(request: web.Request, options: ConfigOptions) -> ConfigAnswer:
    """Write a ready configuration for an MCP client, with a fresh token.

    Secret variables are left out of `gassapi.json` unless `includeSecrets` asks for them.
    """
    actor, project = request[ACTOR], request[PROJECT]
    custom = options.custom_settings
    if custom is not None:
        if options.client:
            raise Invalid.field("customSettings", ONLY_OURS)
        check_custom(custom)
    if options.include_secrets and options.client:
        raise Invalid.field("includeSecrets", ONLY_OURS)
    environment = await queries.find_environment(
        project["id"], options.environment, name_hash(options.environment or "")
    )
    if environment is None:
        raise NotFound("There is no such environment in this project.")
    token, values = await actions.grant_config(
        actor, project["id"], environment["id"], options, request.app[VAULT]
    )
    base_url = request.app[SETTINGS].base_url
    if options.client:
        name = options.server_name
        return for_client(options.client, Connection(base_url, name, variable_of(name), token))
    config = gassapi_json(
        project=project,
        server_url=base_url,
        token=token,
        environment=environment["name"],
        variables=plain_values(environment["variables"]) if values is None else values,
        custom=custom,
    )
    return for_gassapi(config)


async def download_bundle(request: web.Request, wanted: BundleName) -> web.Response:
    """Download a bundle (.mcpb) that connects Claude Desktop to this server when it is opened.

    It holds no token: Claude Desktop asks for one, and keeps it in the system's keychain.
    """
    content = bundle(request.app[SETTINGS].base_url, wanted.server_name)
    filename = f'attachment; filename="{wanted.server_name}.mcpb"'
    return web.Response(
        body=content, content_type=MEDIA_TYPE, headers={"Content-Disposition": filename}
    )


def _issued(actor: Actor, token: str, record: TokenRow) -> IssuedAnswer:
    return {"token": token, "mcpToken": token_view({**record, "creator_name": actor.caller.name})}
