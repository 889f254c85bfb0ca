"""What is read of Bruno: folders and files in its own language, and its JSON."""

import json
from pathlib import Path

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_files, load_text
from gassapi_backend.exchange.tree import Document, Folder, Json, Request, Unreadable, What
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.originals import stored

SAMPLES = Path(__file__).parent.parent / "samples" / "bruno"


def read(name: str) -> Document:
    return stored(formats.read(documents.source_of(SAMPLES / name)))


def request_of(document: Document, name: str) -> Request:
    return next(one for one in document.collections[0].requests() if one.name == name)


def test_a_folder_of_files_is_a_collection_in_the_order_that_bruno_shows() -> None:
    [library] = read("folder").collections
    assert library.name == "Library"
    assert [item.name for item in library.items] == ["Lending", "First", "Search"]
    lending = library.items[0]
    assert isinstance(lending, Folder)
    assert [item.name for item in lending.items] == ["Return a book", "Lend a book"]


def test_a_collection_hands_down_what_its_file_says() -> None:
    [library] = read("folder").collections
    assert library.headers == [{"key": "X-Desk", "value": "north", "enabled": True}]
    assert library.auth == {"type": "bearer", "token": "{{token}}"}
    assert [one["key"] for one in library.variables] == ["base"]
    assert library.description == "Books and readers"


def test_broken_settings_of_a_collection_are_reported() -> None:
    files = [("bruno.json", b"{"), ("one.bru", b"get {\n  url: h\n}\n")]
    document = formats.read(load_files(files, "Library"))
    assert [one.name for one in document.collections] == ["Library"]
    [note] = document.notes
    assert (note.what, note.pointer) == (What.SKIPPED, "bruno.json")


def test_no_authentication_and_the_inherited_one_are_two_things() -> None:
    document = read("folder")
    assert request_of(document, "Return a book").auth is None
    assert request_of(document, "Search").auth == {"type": "none"}
    assert request_of(document, "First").auth == {"type": "none"}
    assert document.collections[0].items[0].auth is None


def test_all_blocks_of_a_request_are_read() -> None:
    request = request_of(read("folder"), "Lend a book")
    assert (request.method, request.url) == ("POST", "{{base}}/loans/:id?x=1")
    assert request.headers == [
        {"key": "X-A", "value": "a: b", "enabled": True, "description": "say (x)"},
        {
            "key": "X B",
            "value": "line one\n  line two\n}",
            "enabled": False,
            "description": 'q "q"',
        },
        {"key": "X-Empty", "value": "", "enabled": True},
    ]
    assert request.params == [
        {"key": "y", "value": "2", "enabled": False, "in": "query"},
        {"key": "id", "value": "7", "enabled": True, "in": "path"},
    ]
    assert request.auth == {"type": "apiKey", "key": "k", "value": "v", "in": "query"}
    assert request.description == "# Title\n\ntext"


def test_form_fields_keep_their_files_and_media_types() -> None:
    request = request_of(read("folder"), "Lend a book")
    assert request.body_type == "form-data"
    assert [
        (one["key"], one["type"], one.get("src"), one["value"], one["contentType"])
        for one in request.body
    ] == [
        ("file", "file", "a.png", "", "image/png"),
        ("file", "file", "b.png", "", "image/png"),
        ("text", "text", None, "hello", "text/plain"),
        ("ml", "text", None, "one\ntwo", "text/x"),
    ]


def test_examples_are_read() -> None:
    [example] = request_of(read("folder"), "Lend a book").examples
    assert example["status"] == 201
    assert example["body"] == '{\n  "y": 2\n}'
    assert example["request"]["url"] == "{{base}}/loans/1"
    assert example["request"]["body"] == '{\n  "x": 1\n}'


def test_graphql_and_methods_of_ones_own_are_read() -> None:
    document = read("folder")
    assert request_of(document, "Search").body == {
        "query": "query ($q: String) {\n  books(q: $q) { title }\n}",
        "variables": '{"q": "{{q}}"}',
    }
    assert request_of(document, "First").method == "PURGE"


def test_environments_have_their_secrets_and_what_is_off() -> None:
    [environment] = read("folder").environments
    assert environment.name == "Local"
    assert [
        (one["key"], one["value"], one["enabled"], one["secret"]) for one in environment.variables
    ] == [
        ("base", "http://localhost:9000", True, False),
        ("off", "x", False, False),
        ("count", "3", True, False),
        ("token", "", True, True),
        ("old", "", False, True),
    ]


def test_what_is_broken_or_no_http_is_skipped_with_its_file() -> None:
    skipped = [note for note in read("folder").notes if note.what is What.SKIPPED]
    assert [(note.pointer, note.kind) for note in skipped] == [
        ("broken.bru#line 1", "document"),
        ("call.bru", "endpoint"),
    ]


def test_one_file_is_a_collection_of_one_request_or_an_environment() -> None:
    document = read("folder/first.bru")
    assert [one.name for one in document.collections[0].items] == ["First"]
    document = read("folder/environments/Local.bru")
    assert not document.collections
    assert [one.name for one in document.environments] == ["Local"]


def test_the_json_export_says_the_same() -> None:
    document = read("export.json")
    [library] = document.collections
    assert [item.name for item in library.items] == ["Things", "First", "Second"]
    assert library.auth == {"type": "basic", "username": "u", "password": "p"}
    first, second = request_of(document, "First"), request_of(document, "Second")
    assert first.body == '{"a": {{x}}}'
    assert first.params == [{"key": "y", "value": "2", "enabled": False, "in": "query"}]
    assert second.auth is not None
    assert second.auth["grantType"] == "password_credentials"
    assert (second.auth["clientId"], second.auth["username"]) == ("c", "u")
    assert second.description == "says so"
    assert [note.name for note in document.notes if note.what is What.SKIPPED] == ["Socket"]


@pytest.mark.parametrize("name", ["folder", "export.json"])
def test_scripts_and_all_else_leave_as_opencollection_and_come_back(name: str) -> None:
    document = read(name)
    again = documents.again(document, "opencollection")
    assert documents.shape(again) == documents.shape(document)


def test_scripts_and_assertions_are_in_what_is_written_as_opencollection() -> None:
    text = formats.write(read("folder"), "opencollection", WriteOptions()).content().decode()
    assert "const a = {" in text
    assert "expression: res.status" in text


@pytest.mark.parametrize("sample", documents.samples("bruno"))
def test_a_real_file_leaves_as_opencollection_and_comes_back(sample: documents.Sample) -> None:
    document = stored(formats.read(documents.source_of(sample.path)))
    again = documents.again(document, "opencollection")
    assert documents.shape(again) == documents.shape(document)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("meta {\n  name: a\n", "line 1"),
        ("meta {\n  name: a\n}\nwhat is this\n", "line 4"),
        ("get {\n  url: http://h\n}\n}\n", "line 4"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, line: str) -> None:
    with pytest.raises(Unreadable) as refused:
        formats.read(load_text(text, "a.bru"))
    assert refused.value.pointer == line


@pytest.mark.parametrize(
    ("mode", "block", "said", "auth"),
    [
        (
            "oauth1",
            "consumer_key: k\n  token_secret: s\n  private_key: @file(key.pem)\n"
            "  include_body_hash: true",
            {"consumerKey": "k", "accessTokenSecret": "s", "includeBodyHash": True}
            | {"privateKey": "key.pem", "privateKeyType": "file"},
            {"type": "oauth1", "consumerKey": "k", "tokenSecret": "s", "includeBodyHash": True}
            | {"privateKey": {"type": "file", "value": "key.pem"}},
        ),
        (
            "akamai-edgegrid",
            "accessToken: a\n  baseURL: b",
            {"accessToken": "a", "baseURL": "b"},
            {"type": "edgegrid", "accessToken": "a", "baseURL": "b"},
        ),
    ],
)
def test_credentials_are_the_same_in_its_language_and_in_its_json(
    mode: str, block: str, said: Json, auth: Json
) -> None:
    text = f"get {{\n  url: h\n  auth: {mode}\n}}\n\nauth:{mode} {{\n  {block}\n}}\n"
    name = {"akamai-edgegrid": "akamaiEdgegrid"}.get(mode, mode)
    request = {"method": "GET", "url": "h", "auth": {"mode": mode, name: said}}
    items = [{"type": "http-request", "name": "x", "request": request}]
    data = {"name": "C", "version": "1", "items": items}
    for source in (load_text(text, "x.bru"), load_text(json.dumps(data), "c.json")):
        [found] = formats.read(source).collections[0].requests()
        assert found.auth == auth


@pytest.mark.parametrize(
    ("body", "media_type", "kind"),
    [
        ({"mode": "sparql", "sparql": "ASK {}"}, "application/sparql-query", "text"),
        (
            {"mode": "file", "file": [{"filePath": "a.json", "contentType": "application/json"}]},
            "application/json",
            "binary",
        ),
        ({"mode": "graphql", "graphql": {"query": "{ a }", "variables": "{}"}}, None, "graphql"),
    ],
)
def test_a_body_is_sent_with_its_media_type(body: Json, media_type: str | None, kind: str) -> None:
    request = {"method": "POST", "url": "h", "body": body}
    items = [{"type": "http-request", "name": "x", "request": request}]
    data = {"name": "C", "version": "1", "items": items}
    [found] = formats.read(load_text(json.dumps(data), "c.json")).collections[0].requests()
    assert found.body_type == kind
    wanted = [{"key": "Content-Type", "value": media_type, "enabled": True}] if media_type else []
    assert found.headers == wanted


SETTINGS: Json = {
    "version": "1",
    "name": "Library",
    "type": "collection",
    "ignore": ["dist"],
    "presets": {"requestType": "http", "requestUrl": "http://h"},
    "proxy": {"enabled": True, "protocol": "http", "hostname": "proxy.test", "port": 8080},
    "clientCertificates": {
        "enabled": True,
        "certs": [
            {"domain": "h", "type": "cert", "certFilePath": "c.pem", "keyFilePath": "k.pem"},
            {"domain": "h", "type": "pfx", "pfxFilePath": "c.pfx", "passphrase": "p"},
            {"domain": "h", "type": "other"},
        ],
    },
    "protobuf": {
        "protoFiles": [{"path": "a.proto"}],
        "importPaths": [{"path": "p", "enabled": False}],
    },
}
CONFIG: Json = {
    "proxy": {
        "inherit": False,
        "config": {"protocol": "http", "hostname": "proxy.test", "port": 8080},
    },
    "clientCertificates": [
        {
            "domain": "h",
            "type": "pem",
            "certificateFilePath": "c.pem",
            "privateKeyFilePath": "k.pem",
        },
        {"domain": "h", "type": "pkcs12", "pkcs12FilePath": "c.pfx", "passphrase": "p"},
    ],
    "protobuf": {
        "protoFiles": [{"type": "file", "path": "a.proto"}],
        "importPaths": [{"path": "p", "disabled": True}],
    },
}


def test_settings_and_colours_go_along_to_opencollection() -> None:
    environment = "vars {\n  a: 1\n}\ncolor: #ff0000\n"
    files = {
        "bruno.json": json.dumps(SETTINGS),
        "one.bru": "get {\n  url: h\n}\n",
        "environments/local.bru": environment,
    }
    folder = load_files([(path, text.encode()) for path, text in files.items()], "Library")
    exported = {
        "name": "Library",
        "version": "1",
        "brunoConfig": SETTINGS,
        "items": [{"type": "http", "name": "one", "request": {"url": "h", "method": "GET"}}],
        "environments": [
            {"name": "local", "color": "#ff0000", "variables": [{"name": "a", "value": "1"}]}
        ],
    }
    for source in (folder, load_text(json.dumps(exported), "library.json")):
        document = formats.read(source)
        assert any("its settings (clientCert" in one.reason for one in document.notes)
        written = formats.write(stored(document), "opencollection", WriteOptions()).content()
        said = load_text(written.decode(), "x.yml").data
        [local] = said["config"].pop("environments")
        assert said["config"] == CONFIG
        assert local["color"] == "#ff0000"
        assert said["extensions"] == {"bruno": {"ignore": ["dist"], "presets": SETTINGS["presets"]}}


def test_a_proxy_of_the_application_is_no_setting_of_a_collection() -> None:
    for proxy in ({"enabled": False, "hostname": "h"}, {"inherit": True, "config": {}}):
        said = {"name": "L", "items": [], "brunoConfig": {"proxy": proxy}}
        assert formats.read(load_text(json.dumps(said), "l.json"), "bruno").notes == []


def test_what_is_not_sent_of_a_folder_is_told() -> None:
    body = "body:json {\n  {}\n}\n\nbody:text {\n  t\n}\n"
    files = {
        "bruno.json": "{}",
        ".env": "SECRET=1",
        "environments/local.bru": "vars {\n  host: a\n  ~off: b\n}\n",
        "In/folder.bru": "meta {\n  name: In\n}\n\nvars:pre-request {\n  host: c\n  off: d\n}\n",
        "In/one.bru": f"post {{\n  url: h\n  body: text\n  auth: none\n}}\n\n{body}",
    }
    document = formats.read(load_files([(path, files[path].encode()) for path in files], "Library"))
    assert {one.pointer: one.reason.partition(":")[0] for one in document.notes} == {
        ".env": "it is not read",
        "In/one.bru": "it has bodies of other kinds (json), which are kept and not sent",
        "In/folder.bru": "in Bruno, a folder's variables override those of the environment, "
        "here it is the other way round",
    }
    assert [one.reason[-6:] for one in document.notes if one.kind == "variable"] == [": host"]


def test_an_export_may_begin_with_a_file_that_is_no_request() -> None:
    settings = {"type": "json", "name": "bruno", "filename": "bruno.json", "seq": 1}
    stream = {"type": "grpc-request", "name": "stream", "request": {"url": "grpc://h"}}
    request = {"type": "http", "name": "one", "request": {"url": "h", "method": "GET"}}
    for first in (settings, stream, {"type": "js", "name": "lib.js", "raw": ""}):
        said = {"name": "L", "version": "1", "items": [first, request], "files": []}
        document = formats.read(load_text(json.dumps(said), "l.json"))
        assert document.format == "bruno"
        assert [one.name for one in document.collections[0].requests()] == ["one"]
        [note] = document.notes
        assert (note.what, note.pointer) == (What.SKIPPED, "/items/0")
    alone = {"name": "L", "version": "1", "items": [stream], "environments": []}
    assert formats.read(load_text(json.dumps(alone), "l.json")).format == "bruno"


def test_values_of_several_lines_begin_and_end_with_what_can_be_seen() -> None:
    value = "'''\n        x\n      y  \n\n    z\n\n  '''"
    text = (
        f"post {{\n  url: h\n  body: multipartForm\n}}\n\nheaders {{\n  a: {value}\n}}\n\n"
        f"body:multipart-form {{\n  a: {value} @contentType(text/plain)\n}}\n\n"
        "example {\n  name: Ok\n\n  response: {\n    body: {\n      type: text\n"
        "      content: '''\n          lead\n        z\n\n      '''\n    }\n  }\n}\n"
    )
    document = formats.read(load_files([("bruno.json", b"{}"), ("a.bru", text.encode())], "L"))
    [request] = document.collections[0].requests()
    assert request.headers[0]["value"] == "x\n  y  \n\nz"
    assert request.body[0]["value"] == "x\n  y  \n\nz"
    assert request.body[0]["contentType"] == "text/plain"
    assert request.examples[0]["body"] == "  lead\nz\n"  # this is not trimmed in Bruno, either
