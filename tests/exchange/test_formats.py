"""Which format a document is: by looking, by being told, and refused by name if it is not read."""

import json

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load, load_files, load_text
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Document, Json, Unreadable, What
from gassapi_backend.exchange.writing import WriteOptions

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
COLLECTION: Json = {"info": {"name": "a", "schema": SCHEMA}, "item": []}
VARIABLE = {"key": "a", "value": "b"}
DATA: list[tuple[str, Json]] = [
    ("postman", COLLECTION),
    ("postman", {"collection": COLLECTION}),
    ("postman", {"info": {"name": "a"}, "item": []}),
    ("postman", {"id": "1", "name": "a", "order": [], "folders": [], "requests": []}),
    ("postman", {"name": "a", "values": [VARIABLE], "_postman_variable_scope": "globals"}),
    ("postman", {"id": "1", "name": "a", "values": [VARIABLE]}),
    ("postman", [VARIABLE]),
    ("postman", {"values": [VARIABLE]}),
    ("postman", {"environment": {"id": "1", "name": "a", "values": [VARIABLE]}}),
    ("postman", {"name": "a", "values": None, "_postman_variable_scope": "environment"}),
    ("postman", {"version": 1, "collections": [], "environments": [], "globals": []}),
    ("openapi", {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {}}),
    ("openapi", {"swagger": "2.0", "info": {}, "paths": {}}),
    ("insomnia", {"_type": "export", "__export_format": 4, "resources": []}),
    ("insomnia", {"type": "collection.insomnia.rest/5.0", "name": "a", "collection": []}),
    ("insomnia", {"type": "environment.insomnia.rest/5.0", "name": "a"}),
    ("bruno", {"name": "a", "version": "1", "items": [], "brunoConfig": {}}),
    ("bruno", {"name": "a", "version": "1", "items": [{"type": "http-request", "name": "b"}]}),
    ("opencollection", {"opencollection": "1.0.0", "info": {"name": "a"}, "items": []}),
    ("hoppscotch", {"v": 1, "name": "a", "folders": [], "requests": []}),
    ("hoppscotch", [{"v": 12, "name": "a", "folders": [], "requests": [], "auth": {}}]),
    ("hoppscotch", {"v": 2, "id": "1", "name": "a", "variables": []}),
    ("har", {"log": {"version": "1.2", "creator": {}, "entries": []}}),
    ("gassapi", {"format": "gassapi", "version": 1}),
]
TEXTS = [
    ("curl", "curl http://localhost/a"),
    ("curl", "  $ curl -X POST \\\n http://localhost/a"),
    ("curl", "# get it\ncurl.exe http://localhost/a"),
    ("curl", "curl -H Accept:x http://localhost\n\ncurl http://localhost/b"),
    ("http", "GET http://localhost/a\nAccept: text/plain\n"),
    ("http", "### A\n# @name a\nPOST {{base}}/a HTTP/1.1\n\n{}\n"),
    ("http", "@base = http://localhost\n\nGET {{base}}/a\n"),
    ("bruno", "meta {\n  name: a\n  type: http\n}\n\nget {\n  url: http://localhost\n}\n"),
    ("bruno", "vars {\n  a: b\n}\n"),
    ("openapi", "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {}\n"),
    ("insomnia", "type: collection.insomnia.rest/5.0\nname: a\n"),
    ("postman", "$kind: collection\nname: a\n"),
]
FOLDERS: list[tuple[str, list[str]]] = [
    ("postman", [".resources/definition.yaml", "a.request.yaml"]),
    ("postman", ["archive.json", "collection/1.json"]),
    ("bruno", ["bruno.json", "a/b.bru"]),
    ("bruno", ["a.bru", "b.bru"]),
    ("opencollection", ["opencollection.yml", "a/b.yml"]),
    ("http", ["a.http", "http-client.env.json"]),
]
REFUSED: list[tuple[str, str, str]] = [
    ("bruno.json", "bruno.json", '{"version": "1", "name": "A", "type": "collection"}'),
    ("AsyncAPI", "a.yaml", "asyncapi: 3.0.0\ninfo: {}\n"),
    ("Arazzo", "a.yaml", "arazzo: 1.0.1\nworkflows: []\n"),
    ("overlay", "a.yaml", "overlay: 1.0.0\nactions: []\n"),
    ("SoapUI", "a.xml", '<?xml version="1.0"?>\n<con:soapui-project name="a"/>'),
    ("WSDL", "a.xml", '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"/>'),
    ("WSDL", "a.wsdl", '<definitions\n xmlns="http://schemas.xmlsoap.org/wsdl/"/>'),
    ("RAML", "a.raml", "#%RAML 1.0\ntitle: a\n"),
    ("API Blueprint", "a.apib", "FORMAT: 1A\n\n# A\n"),
    ("GraphQL", "a.graphql", "type Query {\n  me: User\n}\n"),
    ("GraphQL", "a.json", '{"data": {"__schema": {"types": []}}}'),
    ("hurl", "a.hurl", "GET http://localhost/a\nHTTP 200\n"),
    ("hurl", "a.txt", "GET http://localhost/a\nHTTP 200\n[Asserts]\nstatus == 200\n"),
    ("Thunder Client", "a.json", '{"clientName": "Thunder Client", "requests": []}'),
    ("Thunder Client", "tc_col_a.json", '{"_id": "1", "colName": "a", "requests": []}'),
    ("Yaak", "a.json", '{"yaakVersion": "2026.1", "yaakSchema": 4, "resources": {}}'),
    ("HTTPie", "a.json", '{"meta": {"format": "httpie", "version": "1.0.0"}, "entry": {}}'),
    ("Apidog", "a.json", '{"apidogProject": "1.0.0", "apiCollection": []}'),
    ("Paw", "a.paw", "<database><databaseInfo/></database>"),
    ("Talend", "a.json", '{"version": 6, "entities": []}'),
    ("JSON schema", "a.json", '{"$schema": "https://json-schema.org/draft/2020-12/schema"}'),
    ("gRPC", "a.txt", 'syntax = "proto3";\n'),
    ("gRPC", "a.txt", '// us\nedition = "2023";\n'),
    ("WSDL", "a.xml", '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>'),
    ("GraphQL", "a.txt", "directive @key(on: Int) on OBJECT\n\ntype A implements B & C @key {\n"),
    ("GraphQL", "a.txt", "union A = B | C\n"),
    ("Smithy", "a.txt", '$version: "2"\nnamespace shop\n'),
    ("Smithy", "a.json", '{"smithy": "2.0", "shapes": {}}'),
    ("OData", "a.xml", '<?xml version="1.0"?><edmx:Edmx Version="4.0"/>'),
    ("OData", "a.json", '{"$Version": "4.01", "shop": {}}'),
    ("TypeSpec", "a.txt", 'import "@typespec/http";\n'),
    ("Swagger 1", "a.json", '{"swaggerVersion": "1.2", "apis": []}'),
    ("OpenRPC", "a.json", '{"openrpc": "1.3.2", "methods": []}'),
    ("Yaak", "a.yaml", "model: http_request\nid: rq_1\nurl: http://localhost\n"),
    ("Karate", "a.txt", "Feature: shop\n\n  Scenario: buy\n    Given url 'http://localhost'\n"),
    ("k6", "a.js", "import http from 'k6/http';\n"),
    ("Gatling", "a.scala", "import io.gatling.core.Predef._\n"),
    ("Artillery", "a.yaml", "config: {target: a}\nscenarios: []\n"),
    ("Tavern", "a.yaml", "test_name: a\nstages: []\n"),
    ("Step CI", "a.yaml", "version: '1.1'\nname: a\ntests: {}\n"),
    ("Mockoon", "a.json", '{"lastMigration": 33, "routes": [], "name": "a"}'),
    ("Pact", "a.json", '{"consumer": {}, "provider": {}, "interactions": []}'),
    ("WireMock", "a.json", '{"mappings": [{"request": {}, "response": {}}]}'),
    ("YApi", "a.json", '[{"index": 0, "name": "a", "list": []}]'),
    ("RESTer", "a.json", '{"version": 4, "requests": [], "history": []}'),
    ("Charles", "a.xml", '<?xml version="1.0"?><charles-session/>'),
    ("Burp", "a.xml", '<?xml version="1.0"?><items burpVersion="2026"/>'),
    ("mitmproxy", "a.flow", "4092:9:websocket;0:~8:response;"),
    ("fetch", "a.txt", 'fetch("http://localhost/a", {"method": "POST"});'),
    ("PowerShell", "a.txt", '$r = Invoke-WebRequest -Uri "http://localhost"'),
    ("HTTPie", "a.txt", "http --form POST localhost/a b=1"),
    ("wget", "a.txt", "wget http://localhost/a"),
    ("HTML", "a.txt", "<!DOCTYPE html>\n<html></html>"),
    ("XML", "a.xml", "<?xml version='1.0'?><a/>"),
]


@pytest.mark.parametrize(("name", "data"), DATA)
def test_data_is_recognised_by_what_is_in_it(name: str, data: Json) -> None:
    assert formats.recognise(load(json.dumps(data).encode())).name == name


@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_text_is_recognised_by_how_it_begins(name: str, text: str) -> None:
    assert formats.recognise(load_text(text)).name == name


@pytest.mark.parametrize(("name", "paths"), FOLDERS)
def test_a_folder_is_recognised_by_its_files(name: str, paths: list[str]) -> None:
    assert formats.recognise(load_files((path, b"x") for path in paths)).name == name


@pytest.mark.parametrize("start", ["openapi: 3.0.0\n", '{"info": {},\n "openapi": "3.1.0"}'])
def test_a_folder_with_an_openapi_document_is_one(start: str) -> None:
    source = load_files([("b/part.yaml", b"a: 1"), ("api.yaml", start.encode())])
    assert formats.recognise(source).name == "openapi"


OPENAPI = b"openapi: 3.0.0\ninfo: {title: Described, version: '1'}\npaths: {/a: {get: {}}}\n"
BRU = b"meta {\n  name: ping\n  type: http\n}\n\nget {\n  url: http://h\n}\n"
PROJECTS: list[dict[str, bytes]] = [
    {"bruno.json": b'{"name": "Own", "version": "1"}', "ping.bru": BRU},
    {
        "opencollection.yml": b"opencollection: 1.0.0\ninfo: {name: Own}\n",
        "ping.yml": b"info: {name: ping, type: http}\nhttp: {method: GET, url: 'http://h'}\n",
    },
    {
        ".resources/definition.yaml": b"$kind: collection\nname: Own\n",
        "ping.request.yaml": b"$kind: http-request\nname: ping\nmethod: GET\nurl: http://h\n",
    },
]


@pytest.mark.parametrize("files", PROJECTS, ids=["bruno", "opencollection", "postman"])
def test_a_tool_s_folder_is_read_as_that_though_it_describes_an_api_too(
    files: dict[str, bytes],
) -> None:
    document = formats.read(load_files({**files, "docs/openapi.yaml": OPENAPI}.items()))
    assert [one.name for one in document.collections] == ["Own"]
    assert [one.name for one in document.collections[0].requests()] == ["ping"]
    noted = [one for one in document.notes if one.pointer == "docs/openapi.yaml"]
    assert [one.what for one in noted] == [What.SKIPPED]


def test_every_document_of_a_folder_is_read() -> None:
    files = {
        "a.yaml": OPENAPI,
        "b.json": json.dumps(COLLECTION).encode(),
        "c.http": b"GET http://h/a\n",
        "d.yaml": OPENAPI.replace(b"Described", b"Other"),
        "e.json": json.dumps({"name": "E", "values": [VARIABLE]}).encode(),
    }
    document = formats.read(load_files(files.items()))
    assert {one.name for one in document.collections} == {"Described", "a", "c", "Other"}
    assert [one.name for one in document.environments] == ["E"]


def test_a_broken_document_beside_others_is_said() -> None:
    files = {
        "a.json": json.dumps(COLLECTION).encode(),
        "b.yaml": OPENAPI.replace(b"3.0.0", b"9.0.0"),
        "c.txt": b"hello",
    }
    document = formats.read(load_files(files.items()))
    assert [one.name for one in document.collections] == ["a"]
    skipped = [one.pointer for one in document.notes if one.what is What.SKIPPED]
    assert skipped == ["b.yaml#/openapi", "c.txt"]


@pytest.mark.parametrize(("name", "file", "text"), REFUSED)
def test_what_is_not_read_is_refused_by_its_name_and_with_advice(
    name: str, file: str, text: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        formats.read(load_text(text, file))
    said = caught.value.message
    assert name in said
    assert "not read here. " in said


@pytest.mark.parametrize("text", ["{}", "[]", "null", "5", '"a"', '{"item": []}', "[[1]]", "hello"])
def test_anything_else_is_refused_with_what_is_read(text: str) -> None:
    with pytest.raises(Unreadable, match=r"Read are: .*Postman, OpenAPI") as caught:
        formats.read(load_text(text))
    assert "known" in caught.value.message


def test_broken_yaml_is_refused_as_that() -> None:
    with pytest.raises(Unreadable, match="not valid YAML") as caught:
        formats.read(load_text("openapi: 3.0.0\ninfo: a: b\n"))
    assert caught.value.pointer == "line 2"


def test_a_format_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(Unreadable, match=r"no format “wsdl” here\. Known are: .*postman, openapi"):
        formats.read(load_text("{}"), "wsdl")


@pytest.mark.parametrize(
    ("said", "name"),
    [("postman-environment", "postman"), (" Swagger ", "openapi"), ("rest", "http")],
)
def test_a_format_has_other_names_too(said: str, name: str) -> None:
    assert formats.find_format(said).name == name


def test_a_format_that_is_plainly_another_is_refused() -> None:
    source = load_text("openapi: 3.0.0\npaths: {}\n")
    with pytest.raises(Unreadable, match="This is not Postman: it looks like OpenAPI"):
        formats.read(source, "postman")


@pytest.mark.parametrize("format", ["xml", "hoppscotch", "bruno", "har2"])
def test_only_some_formats_are_written(format: str) -> None:  # noqa: A002 - the API's word
    with pytest.raises(Unreadable):
        formats.write(Document("a", ""), format, WriteOptions())


def test_a_version_that_is_not_written_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        Unreadable, match=r"OpenAPI 2\.0 is not written here\. Choose: 3\.1, 3\.0, 3\.2"
    ):
        formats.write(Document("a", ""), "openapi", WriteOptions(version="2.0"))


@pytest.mark.parametrize("one", formats.FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize("data", [None, 1, "a", [], {}, [None], {"info": 1, "item": 1}])
def test_looking_at_any_data_never_fails(one: formats.Format, data: Json) -> None:
    assert one.looks_so(Source(data=data)) in (True, False)
