"""Credentials that are made up, bent, swapped or too old open nothing."""

import base64
import json
import time
from typing import Any

import jwt
import pytest

from gassapi_backend.models import Session
from gassapi_backend.server.access.mcp_tokens import ALPHABET, is_well_formed, new_token
from gassapi_backend.server.access.session_tokens import make_access_token, make_refresh_token
from gassapi_backend.server.web.state import KEYS
from tests.conftest import Api, Person, everything

ISSUER = "gassapi"


def claims_of(person: Person) -> dict[str, Any]:
    """Return what somebody's access token says."""
    return jwt.decode(person.access, options={"verify_signature": False})


async def refusals(api: Api, token: str, code: str = "TOKEN_INVALID") -> None:
    """Check that an access token is 401, and with which code, at two kinds of routes."""
    for path in ("/users/profile", "/projects"):
        response = await api.call("GET", path, token)
        body = await response.json()
        assert (response.status, body["error"]["code"]) == (401, code), (token, body)
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="gassapi"'


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "other"},
        {"aud": ["other"]},
        {"iss": "other"},
        {"typ": "refresh"},
        {"typ": None},
        {"nbf": 9_999_999_999},
        {"sid": "01a20200-0000-7000-8000-000000000000"},
        {"sid": 7},
        {"sid": ["x"]},
        {"sid": "' OR 1=1 --"},
        {"sub": "01a20200-0000-7000-8000-000000000000"},
        {"sub": 7},
        {"sub": ""},
        {"exp": "soon"},
    ],
    ids=str,
)
async def test_a_token_with_another_claim_is_refused(api: Api, changes: dict[str, Any]) -> None:
    ann = await api.person()
    await refusals(api, jwt.encode(claims_of(ann) | changes, api.app[KEYS].access, "HS256"))


@pytest.mark.parametrize("claim", ["sub", "sid", "typ", "iss", "aud", "iat", "exp"])
async def test_a_token_that_lacks_a_claim_is_refused(api: Api, claim: str) -> None:
    ann = await api.person()
    claims = {name: value for name, value in claims_of(ann).items() if name != claim}
    await refusals(api, jwt.encode(claims, api.app[KEYS].access, "HS256"))


@pytest.mark.parametrize("changes", [{"iat": 45}, {"iat": -45, "exp": -45}], ids=str)
async def test_the_clock_of_another_server_may_be_a_minute_off(
    api: Api, changes: dict[str, int]
) -> None:
    ann = await api.person()
    claims = claims_of(ann) | {name: int(time.time()) + by for name, by in changes.items()}
    token = jwt.encode(claims, api.app[KEYS].access, "HS256")
    profile = await api.call("GET", "/users/profile", headers={"Authorization": f"Bearer {token}"})
    assert profile.status == 200


async def test_an_expired_token_is_refused_by_a_code_of_its_own(api: Api) -> None:
    ann = await api.person()
    claims = claims_of(ann) | {"exp": int(time.time()) - 65}
    await refusals(api, jwt.encode(claims, api.app[KEYS].access, "HS256"), "TOKEN_EXPIRED")


async def test_an_expired_token_of_another_key_is_merely_invalid(api: Api) -> None:
    ann = await api.person()
    claims = claims_of(ann) | {"exp": int(time.time()) - 1}
    await refusals(api, jwt.encode(claims, b"x" * 32, "HS256"))


@pytest.mark.filterwarnings("ignore:The HMAC key")
async def test_a_token_signed_otherwise_is_refused(api: Api) -> None:
    ann = await api.person()
    claims, keys = claims_of(ann), api.app[KEYS]
    await refusals(api, jwt.encode(claims, b"x" * 32, "HS256"))
    await refusals(api, jwt.encode(claims, keys.refresh, "HS256"))
    await refusals(api, jwt.encode(claims, keys.access, "HS384"))
    await refusals(api, jwt.encode(claims, keys.access, "HS512"))
    await refusals(api, jwt.encode(claims, "", "none"))


@pytest.mark.parametrize("algorithm", ["none", "None", "HS384", "RS256", "ES256", "", None, 7])
async def test_the_algorithm_of_the_header_is_not_believed(api: Api, algorithm: Any) -> None:
    ann = await api.person()
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    _, payload, signature = ann.access.split(".")
    await refusals(api, f"{head.decode().rstrip('=')}.{payload}.{signature}")
    await refusals(api, f"{head.decode().rstrip('=')}.{payload}.")


async def test_a_token_that_was_touched_is_refused(api: Api) -> None:
    ann = await api.person()
    head, payload, signature = ann.access.split(".")
    claims = base64.urlsafe_b64encode(json.dumps(claims_of(ann) | {"x": 1}).encode()).decode()
    await refusals(api, f"{head}.{claims.rstrip('=')}.{signature}")
    await refusals(api, f"{head}.{payload}.{signature[:-4]}AAAA")
    await refusals(api, f"{head}.{payload}")
    await refusals(api, f"{head}.{payload}.{signature}.{signature}")
    await refusals(api, ann.access[1:])


async def test_a_session_opens_nothing_to_another_person(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    mixed = {"user_id": bob.id, "session_id": claims_of(ann)["sid"]}
    await refusals(api, make_access_token(api.app[KEYS].access, **mixed))


async def test_refresh_and_access_tokens_are_not_exchangeable(api: Api) -> None:
    ann = await api.person()
    before = await everything()
    await refusals(api, ann.refresh)
    for token in (ann.access, new_token()):
        answer = await api.json("POST", "/auth/refresh", token, expect=401)
        assert answer["error"]["code"] == "TOKEN_INVALID"
        body = {"refreshToken": token}
        answer = await api.json("POST", "/auth/refresh", json=body, expect=401)
        assert answer["error"]["code"] == "TOKEN_INVALID"
    assert await everything() == before


async def test_a_refresh_token_that_was_touched_is_refused_and_ends_nothing(api: Api) -> None:
    ann = await api.person()
    before = await everything()
    session = claims_of(ann)["sid"]
    forged = make_refresh_token(b"x" * 32, session_id=session, generation=1)
    unknown = make_refresh_token(
        api.app[KEYS].refresh, session_id=session.replace("7", "8"), generation=1
    )
    bent = ann.refresh[:-1] + ("A" if ann.refresh[-1] != "A" else "B")
    made_up = [
        ann.refresh[:-1],
        ann.refresh + "A",
        "gassr_",
        "gassr_" + "é" * 72,
        "gassr_" + "=" * 72,
    ]
    for token in [forged, unknown, bent, *made_up, ann.refresh.upper(), "null", " ", "x" * 100_000]:
        await api.json("POST", "/auth/refresh", json={"refreshToken": token}, expect=401)
    assert await everything() == before


async def test_a_mistyped_mcp_token_is_refused_by_its_form_alone(api: Api) -> None:
    ann = await api.person()
    token = await api.token(ann, (await api.project(ann))["id"])
    for place in range(5, len(token)):
        other = ALPHABET[(ALPHABET.index(token[place]) + 1) % 62]
        assert not is_well_formed(token[:place] + other + token[place + 1 :])
    swapped = token[:10] + token[11] + token[10] + token[12:]
    for bad in (
        swapped,
        token[:-1],
        token + "0",
        token.lower(),
        token.upper(),
        "gass_",
        "gass_" + "é" * 49,
    ):
        if bad != token:
            await refusals(api, bad)


async def test_a_made_up_mcp_token_of_the_right_form_is_refused(api: Api) -> None:
    await refusals(api, new_token())


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer ", "Bearer  "])
async def test_the_scheme_may_be_written_in_any_case(api: Api, scheme: str) -> None:
    ann = await api.person()
    headers = {"Authorization": f"{scheme} {ann.access}"}
    answer = await api.json("GET", "/users/profile", headers=headers)
    assert answer["user"]["id"] == ann.id


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Token", "Bearer:", "JWT", ""])
async def test_another_scheme_is_no_credential(api: Api, scheme: str) -> None:
    ann = await api.person()
    headers = {"Authorization": f"{scheme} {ann.access}"}
    answer = await api.json("GET", "/users/profile", headers=headers, expect=401)
    assert answer["error"]["code"] == "AUTHENTICATION_ERROR"


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Bearer \xff\xfe\x80",
        b"Authorization: \xff",
        b"Authorization: Bearer " + b"x" * 8000,
        b"Authorization: Bearer " + b"a." * 3000,
        b"Authorization: Bearer gass_\xff",
        b"Authorization: Bearer gassr_\xff",
        b"X-MCP-Token: \xff",
        b"X-MCP-Token: gass_" + b"x" * 7000,
        b"Cookie: gassapi_access=\xff\xfe",
        b'Cookie: gassapi_access="\\777; ;;==;=a; gassapi_access',
        b"Cookie: =; gassapi_access=; gassapi_access=a.b.c",
        b"Cookie: " + b"a=b;" * 2000,
    ],
)
async def test_garbage_in_place_of_a_credential_is_401(api: Api, header: bytes) -> None:
    for path in (b"users/profile", b"mcp/tokens"):
        request = b"GET /api/v1/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n\r\n"
        answer = await api.raw(request % (path, header))
        assert answer.startswith(b"HTTP/1.1 401")
        assert b'"success":false' in answer


async def test_the_token_header_goes_before_the_other_credentials(api: Api) -> None:
    ann, bob = await api.person(), await api.person("Bob")
    token = await api.token(ann, (await api.project(ann, "Anns"))["id"])
    answer = await api.json("GET", "/projects", bob, headers={"X-MCP-Token": token})
    assert [project["name"] for project in answer["projects"]] == ["Anns"]


async def test_a_deleted_session_opens_nothing(api: Api) -> None:
    ann = await api.person()
    await Session.all().delete()
    await refusals(api, ann.access)
