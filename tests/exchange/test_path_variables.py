"""Path variables: what each tool takes for one, and how it is written for the others."""

import json
import re

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load, load_text
from gassapi_backend.exchange.resolving import resolve
from gassapi_backend.exchange.tree import Document, Folder, Json, Request
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange.originals import stored

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def insomnia(path: str, values: Json) -> str:
    said = [{"name": key, "value": value} for key, value in values.items()]
    request = {"name": "r", "method": "GET", "url": f"http://a.test{path}", "pathParameters": said}
    return json.dumps(
        {"type": "collection.insomnia.rest/5.0", "name": "c", "collection": [request]}
    )


def opencollection(path: str, values: Json) -> str:
    said = [{"name": key, "value": value, "type": "path"} for key, value in values.items()]
    http = {"method": "GET", "url": f"http://a.test{path}", "params": said}
    item = {"info": {"name": "r", "type": "http"}, "http": http}
    return json.dumps({"opencollection": "1.0.0", "info": {"name": "c"}, "items": [item]})


def postman(path: str, values: Json) -> str:
    said = [{"key": key, "value": value} for key, value in values.items()]
    url = {"raw": f"http://a.test{path}", "variable": said}
    item = {"name": "r", "request": {"method": "GET", "url": url}}
    return json.dumps({"info": {"name": "c", "schema": SCHEMA}, "item": [item]})


def only(document: Document) -> Request:
    [request] = document.collections[0].requests()
    return request


def sent(request: Request) -> str:
    url = resolve(request).url.replace("%7B", "{").replace("%7D", "}")
    return url.removeprefix("http://a.test").removeprefix("{{baseUrl}}")


CASES = [
    (insomnia("/a/:id:cancel", {"id": "7"}), "/a/7:cancel"),
    (insomnia("/a/:id/b", {"id": "x/y"}), "/a/x%2Fy/b"),
    (insomnia("/a/:id/b", {"id": "%41"}), "/a/%2541/b"),
    (insomnia("/a/:id/b", {"id": "{{ _.v }}/{% now %}"}), "/a/{{v}}%2F{%25%20now%20%25}/b"),
    (opencollection("/a/:id\\:go", {"id": "7"}), "/a/7:go"),
    (opencollection("/Books(':k')/x", {"k": "7"}), "/Books('7')/x"),
    (opencollection("/F(a=:k,b=:l)", {"k": "7", "l": "8"}), "/F(a=7,b=8)"),
    (opencollection("/:id.json", {"id.json": "7"}), "/7"),
    (opencollection("/urn:id:x(:k", {"id": "7", "k": "8"}), "/urn:id:x(:k"),
    (postman("/:id:cancel", {"id:cancel": "7:c"}), "/7:c"),
    (postman("/:id.json", {"id": "7"}), "/7.json"),
    (postman("/:id/z", {"id": "a/b"}), "/a/b/z"),
    (postman("/v1/:feed", {}), "/v1/:feed"),
]


@pytest.mark.parametrize(("text", "path"), CASES)
def test_a_path_is_sent_as_its_tool_sends_it_whatever_it_goes_through(text: str, path: str) -> None:
    document = formats.read(load_text(text, "x.json"))
    assert sent(only(document)) == path
    for name in ("postman", "insomnia", "opencollection", "openapi", "curl"):
        read = stored(formats.read(load_text(text, "x.json")))
        written = formats.write(read, name, WriteOptions())
        again = formats.read(load(written.content(), written.filename), name)
        assert sent(only(again)) == path, name


BRACED = {
    "/a/{id}": ("/a/:id", "/a/:id", "/a/:id"),
    "/a/{id}:cancel": ("/a/7:cancel", "/a/:id:cancel", "/a/7:cancel"),
    "/a/{id}.json": ("/a/:id.json", "/a/7.json", "/a/7.json"),
    "/a/{id},{b}": ("/a/7,x", "/a/7,x", "/a/7,x"),
    "/pre-{id}": ("/pre-7", "/pre-7", "/pre-7"),
    "/Books('{id}')": ("/Books('7')", "/Books('7')", "/Books(':id')"),
    "/a/{unset}": ("/a/:unset", "/a/:unset", "/a/:unset"),
    "/a/{c}/{id}": ("/a/:c/:id", "/a/1/2/:id", "/a/:c/:id"),
}
"""By path, how Postman, Insomnia and Bruno have to have it. Only these names are theirs."""


@pytest.mark.parametrize("path", BRACED)
def test_a_tool_is_given_the_path_variables_that_it_can_find(path: str) -> None:
    values = {"id": "7", "b": "x", "c": "1/2", "unset": ""}
    params = [
        {"key": key, "value": value, "enabled": True, "in": "path"}
        for key, value in values.items()
        if f"{{{key}}}" in path
    ]
    request = Request("r", "GET", f"http://a.test{path}?q={{id}}", params=params)
    document = Document("x", "", [Folder("c", items=[request])])
    for place, name in enumerate(("postman", "insomnia", "opencollection")):
        written = formats.write(document, name, WriteOptions()).content().decode()
        [url] = re.findall(r"(?:\"raw\"|\burl): [\"']?(http.*?)[\"']?,?\n", written)
        path_there = url.replace("''", "'").removeprefix("http://a.test")
        assert path_there == BRACED[path][place] + "?q={id}", name
        again = only(formats.read(load_text(written, "x.json" if place == 0 else "x.yaml"), name))
        assert sent(again).replace("{unset}", ":unset") == sent(request).replace(
            "{unset}", ":unset"
        )


def test_an_edited_path_parameter_is_written_for_insomnia_as_it_encodes_it() -> None:
    document = formats.read(load_text(insomnia("/:a/:b", {"a": "x/y", "b": "1"}), "x.json"))
    request = only(document)
    assert [one["value"] for one in request.params] == ["x%2Fy", "1"]
    request.params[1] = request.params[1] | {"value": "p%2Fq"}
    written = load_text(
        formats.write(stored(document), "insomnia", WriteOptions()).content().decode(), "x.yaml"
    ).data
    assert [one["value"] for one in written["collection"][0]["pathParameters"]] == ["x/y", "p/q"]
