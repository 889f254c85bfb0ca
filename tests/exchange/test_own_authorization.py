"""Requests with an Authorization header and credentials: what their tools send is what we send."""

import json

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.tree import Document, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents, sending

BEARER = {"type": "bearer", "token": "t"}


def insomnia(auth: Json = None, above: Json = None) -> str:
    own = [{"name": "authorization", "value": "Own"}]
    request: dict[str, Json] = {"name": "r", "method": "GET", "url": "http://a.test/"}
    request |= {"headers": own, "authentication": auth or {}}
    folder = {"name": "f", "authentication": above or {}, "children": [request]}
    return json.dumps({"type": "collection.insomnia.rest/5.0", "name": "c", "collection": [folder]})


def hoppscotch(auth: Json) -> str:
    request: dict[str, Json] = {"v": "5", "name": "r", "method": "GET", "auth": auth}
    request |= {"endpoint": "http://a.test/"}
    request["headers"] = [{"key": "Authorization", "value": "Own", "active": True}]
    return json.dumps({"v": 2, "name": "c", "folders": [], "requests": [request]})


def sent(document: Document) -> list[tuple[str, list[tuple[str, str]]]]:
    found = [resolve(*one) for one in sending.with_folders(document)]
    return [(one.url, [(key.lower(), value) for key, value in one.headers]) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        insomnia(BEARER),
        insomnia(None, BEARER),
        insomnia({"type": "apikey", "key": "X-Key", "value": "k"}),
        insomnia({"type": "basic", "username": "u", "password": "p"}, BEARER),
        hoppscotch({"authType": "bearer", "authActive": True, "token": "t"}),
        hoppscotch({"authType": "api-key", "authActive": True, "key": "X-Key", "value": "k"}),
        "curl http://a.test/ -u u:p -H 'Authorization: Own'",
        "curl http://a.test/ --oauth2-bearer t -H 'authorization: Own'",
    ],
)
def test_a_header_that_its_tool_sends_instead_of_credentials_is_sent(text: str) -> None:
    document = formats.read(load_text(text, "x.json" if text[0] == "{" else "x.txt"))
    assert sent(document) == [("http://a.test/", [("authorization", "Own")])]
    assert [one.reason for one in document.notes if "is sent, and its" in one.reason]
    if text[0] == "{" and "insomnia" in text:
        written = formats.write(document, "insomnia", WriteOptions()).content()
        again = load_text(written.decode(), "x.yaml").data
        assert again["collection"] == json.loads(text)["collection"]


def test_credentials_elsewhere_than_in_a_header_are_sent_as_well() -> None:
    key = {"type": "apikey", "key": "k", "value": "v", "addTo": "queryParams"}
    document = formats.read(load_text(insomnia(key), "x.json"))
    assert sent(document) == [("http://a.test/?k=v", [("authorization", "Own")])]


@pytest.mark.parametrize("version", ["5", "4"])
def test_insomnia_sends_what_we_send_of_both(version: str) -> None:
    own = [{"key": "Authorization", "value": "Own", "enabled": True}]
    key = {"type": "apiKey", "key": "X-Key", "value": "k", "in": "header"}
    requests = [
        Request("replaced", "GET", "http://a.test/1", own),
        Request("both", "GET", "http://a.test/2", own, auth=key),
        Request("without", "GET", "http://a.test/3", own, auth={"type": "none"}),
        Request("handed", "GET", "http://a.test/4", auth={"type": "none"}),
        Request("handed both", "GET", "http://a.test/5", auth=key),
    ]
    folder = Folder("f", auth=BEARER, headers=own, items=[*requests])
    document = Document("x", "", [Folder("c", items=[folder])])
    bearer = [("authorization", "Bearer t")]
    both = [("authorization", "Own"), ("x-key", "k")]
    expected = [bearer, both, both[:1], both[:1], both]
    assert [headers for _, headers in sent(document)] == expected
    again = documents.again(document, "insomnia", version)
    assert [headers for _, headers in sent(again)] == expected
    for request, above in sending.with_folders(again):  # Insomnia would not send both
        headers = [*above[-1].headers, *request.headers]
        is_there = any(one["key"] == "Authorization" and one["enabled"] for one in headers)
        assert not is_there or request.auth == {"type": "none"}
