"""What is read of .http files, in the dialects of three editors."""

import pytest

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.loading import load_text
from gassapi_backend.exchange.tree import Document, Folder, Request, Unreadable, What
from gassapi_backend.exchange.writing import WriteOptions
from tests.exchange import documents
from tests.exchange.dothttp.samples import SAMPLES, request_of


def read(text: str) -> Document:
    return formats.read(load_text(text, "a.http"))


def sample() -> Document:
    return formats.read(documents.source_of(SAMPLES / "library.http"))


def only(text: str) -> Request:
    [request] = read(text).collections[0].requests()
    return request


def test_requests_stand_in_order_by_their_names() -> None:
    [library] = sample().collections
    assert library.name == "library"
    assert [item.name for item in library.items] == [
        "All books",
        "login",
        "upload",
        "GET localhost:8080/plain",
        "from a file",
        "ask",
        "ask REST Client",
        "json",
        "relative",
    ]


def test_variables_of_the_file_are_those_of_the_collection() -> None:
    variables = sample().collections[0].variables
    assert [(one["key"], one["value"]) for one in variables] == [
        ("base", "http://localhost:8080"),
        ("token", "secret token"),
    ]


def test_a_url_may_go_over_lines_and_a_header_be_commented_out() -> None:
    request = request_of(sample(), "All books")
    assert request.url == "{{base}}/books?page=1&size=20"
    assert request.description == "comes with the first page\nof them"
    assert [(one["key"], one["value"], one["enabled"]) for one in request.headers] == [
        ("Accept", "application/json", True),
        ("X-Debug", "on", False),
        ("X-Long", "one two", True),
    ]


def test_forms_are_read_with_their_files_as_paths() -> None:
    assert request_of(sample(), "login").body == [
        {"key": "user", "value": "ann", "enabled": True},
        {"key": "password", "value": "a b c", "enabled": True},
    ]
    upload = request_of(sample(), "upload")
    assert upload.body_type == "form-data"
    assert upload.body == [
        {"key": "title", "value": "A book", "enabled": True, "type": "text"},
        {
            "key": "file",
            "value": "",
            "enabled": True,
            "type": "file",
            "src": "./cover.png",
            "fileName": "cover.png",
            "contentType": "image/png",
        },
    ]
    assert not upload.headers


def test_a_body_from_a_file_is_its_path() -> None:
    request = request_of(sample(), "from a file")
    assert (request.body_type, request.body) == ("binary", {"src": "./book.json"})


def test_text_bodies_are_exactly_as_written() -> None:
    request = request_of(sample(), "json")
    assert request.body == '{\n  "id": {{id}}, // comment\n\n  "when": "{{$timestamp}}"\n}'


def test_graphql_is_known_by_its_method_or_its_header() -> None:
    request = request_of(sample(), "ask")
    assert (request.method, request.body_type) == ("POST", "graphql")
    assert request.body == {
        "query": "query ($q: String) {\n  books(q: $q) { title }\n}",
        "variables": '{"q": "x"}',
    }
    request = request_of(sample(), "ask REST Client")
    assert request.body == {"query": "{ books { title } }", "variables": ""}
    assert not request.headers


@pytest.mark.parametrize(
    ("value", "auth"),
    [
        ("Basic ann {{ pw }}", {"type": "basic", "username": "ann", "password": "{{ pw }}"}),
        ("Basic ann:pw", {"type": "basic", "username": "ann", "password": "pw"}),
        ("Digest {{u}} {{p}}", {"type": "digest", "username": "{{u}}", "password": "{{p}}"}),
        (
            "AWS id key token:t region:eu service:s3",
            {
                "type": "awsv4",
                "accessKey": "id",
                "secretKey": "key",
                "sessionToken": "t",
                "region": "eu",
                "service": "s3",
            },
        ),
        ("Basic YW5uOnB3", None),
        ("Basic {{credentials}}", None),
        ("Bearer {{token}}", None),
    ],
)
def test_credentials_that_editors_work_out_are_read_and_others_stay_headers(
    value: str, auth: object
) -> None:
    request = only(f"GET http://h\nAuthorization: {value}\n")
    assert request.auth == auth
    assert bool(request.headers) is (auth is None)


@pytest.mark.parametrize(
    ("line", "method", "url"),
    [
        ("http://h/a", "GET", "http://h/a"),
        ("{{base}}/a", "GET", "{{base}}/a"),
        ("get http://h HTTP/2", "GET", "http://h"),
        ("PURGE http://h", "PURGE", "http://h"),
        ("POST", "POST", ""),
        ("DELETE /a b", "DELETE", "/a b"),
        ("OPTIONS *", "OPTIONS", "*"),
        ("localhost:3000/a", "GET", "localhost:3000/a"),
    ],
)
def test_request_lines_of_any_kind_are_read(line: str, method: str, url: str) -> None:
    request = only(f"{line}\n")
    assert (request.method, request.url) == (method, url)


def test_what_is_done_with_responses_and_scripts_is_reported_and_kept() -> None:
    reasons = {(note.name, note.reason.split(";")[0]) for note in sample().notes}
    assert ("login", "what is done with the response is not done here") in reasons
    assert (
        "from a file",
        "a script that runs before the request does not run here",
    ) in reasons
    skipped = [note for note in sample().notes if note.what is What.SKIPPED]
    assert [(note.name, note.pointer) for note in skipped] == [("live", "line 76")]


def test_a_quotation_in_a_body_is_no_response_handler() -> None:
    body = "> said\n>> twice"
    assert only(f"POST http://h\n\n{body}\n> {{% x %}}\n").body.startswith("> said")


def test_a_folder_has_a_collection_for_each_file_and_its_environments() -> None:
    source = documents.source_of(SAMPLES)
    document = formats.read(source)
    assert [one.name for one in document.environments] == ["dev", "prod"]
    dev, prod = document.environments
    assert [(one["key"], one["value"], one["secret"]) for one in dev.variables] == [
        ("lang", "en", False),
        ("host", "http://localhost", False),
        ("port", "8080", False),
        ("deep", '{"a":1}', False),
        ("password", "pw", True),
    ]
    assert prod.variables[2] == {"key": "key", "value": "", "enabled": True, "secret": True}


def test_several_files_are_folders_of_one_collection() -> None:
    source = documents.source_of(SAMPLES)
    files = {"a.http": "GET http://a\n", "in/b.rest": "@x = 1\nGET http://b\n"}
    [collection] = formats.read(
        type(source)(name="api", files=files, syntax=source.syntax)
    ).collections
    assert collection.name == "api"
    _, second = collection.items
    assert isinstance(second, Folder)
    inner = second.items[0]
    assert isinstance(inner, Folder)
    assert [(one.name, one.url) for one in inner.items if isinstance(one, Request)] == [
        ("GET b", "http://b")
    ]
    assert [one["key"] for one in inner.variables] == ["x"]


def test_a_file_without_requests_is_refused() -> None:
    with pytest.raises(Unreadable):
        read("# nothing\n###\n@a = 1\n")


CURL = """### Sign in
# to begin with
curl -X POST 'http://a.test/x' \\
  -d 'a=1'

###
GET http://a.test/y HTTP/2 (Prior Knowledge)

### Two
curl http://a.test/1
curl http://a.test/2

###
curl -d x
"""


def test_curl_commands_stand_among_other_requests() -> None:
    document = read(CURL)
    requests = [*document.collections[0].requests()]
    assert [(one.name, one.method, one.url) for one in requests] == [
        ("Sign in", "POST", "http://a.test/x"),
        ("GET a.test/y", "GET", "http://a.test/y"),
        ("Two", "GET", "http://a.test/1"),
        ("Two", "GET", "http://a.test/2"),
    ]
    assert requests[0].description == "to begin with"
    assert [one.what for one in document.notes] == [What.SKIPPED]
    again = documents.again(document, "http").collections[0]
    assert [(one.name, one.url) for one in again.requests()] == [
        (one.name, one.url) for one in requests
    ]
    assert read(CURL.replace("curl http://a.test/2\n", "")).collections[0].items[2].name == "Two"


def test_lines_that_take_in_other_files_are_kept_and_told() -> None:
    document = read("import ./more.http\nrun #Login\n\n### A\nGET http://a.test\n")
    assert [(one.what, one.name) for one in document.notes] == [
        (What.KEPT, "import ./more.http"),
        (What.KEPT, "run #Login"),
    ]


@pytest.mark.parametrize("body", ['{"a": "b=c"}', "[\n  1\n]", '{"id": {{id}}}'])
def test_json_is_json_whatever_type_its_headers_say(body: str) -> None:
    request = only(f"POST http://h\nContent-Type: application/x-www-form-urlencoded\n\n{body}\n")
    assert (request.body_type, request.body) == ("json", body)


@pytest.mark.parametrize("method", ["M-SEARCH", "BASELINE_2"])
def test_a_method_is_any_word_in_capitals_before_a_url(method: str) -> None:
    request = only(f"{method} http://h/a\n")
    assert (request.method, request.url) == (method, "http://h/a")


def test_the_type_of_a_body_may_be_a_variable_of_the_file() -> None:
    document = read(
        "@json = application/json\n@form=application/x-www-form-urlencoded\n\n###\n"
        'POST http://h/a\nContent-Type: {{json}}\n\n{"a": 1}\n\n###\n'
        "POST http://h/b\nContent-Type: {{ form }}\n\na=1\n\n###\n"
        "POST http://h/c\nContent-Type: {{unknown}}\n\na=1\n"
    )
    found = list(document.collections[0].requests())
    assert [one.body_type for one in found] == ["json", "x-www-form-urlencoded", "text"]
    assert found[0].headers == [{"key": "Content-Type", "value": "{{json}}", "enabled": True}]


def test_comments_between_the_lines_of_a_url_end_nothing() -> None:
    request = only("GET http://h/a\n  ?x=1\n  # &y=2\n  // why\n  &z=3 HTTP/1.1\nA: b\n")
    assert (request.url, [one["key"] for one in request.headers]) == ("http://h/a?x=1&z=3", ["A"])


def test_scripts_and_tests_of_httpyac_are_kept_and_not_sent() -> None:
    text = (
        "{{\n  exports.a = 1;\n}}\nPOST http://h/a\n?? status == 200\n\nhello\n\n"
        "?? body includes x\n{{@response\n  exports.b = 2;\n}}\n"
    )
    document = read(text)
    [request] = document.collections[0].requests()
    assert (request.method, request.url, request.body) == ("POST", "http://h/a", "hello")
    assert {note.what for note in document.notes} == {What.KEPT}
    assert documents.again(document, "http").collections[0].items[0].body == "hello"
    assert formats.write(document, "http", WriteOptions()).content().decode() == text


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost:8080", "http://localhost:8080/a?x=1"),
        ("shop.test:443", "https://shop.test:443/a?x=1"),
        ("https://shop.test", "https://shop.test/a?x=1"),
        ("{{host}}", "{{host}}/a?x=1"),
    ],
)
def test_a_path_goes_to_the_host_that_a_header_names(host: str, url: str) -> None:
    text = f"GET /a?x=1\nHost: {host}\nA: b\n"
    document = read(text)
    assert [one.url for one in document.collections[0].requests()] == [url]
    assert formats.write(document, "http", WriteOptions()).content().decode() == text


def test_a_file_may_stand_right_below_the_headers_of_its_part() -> None:
    request = only(
        "POST http://h/a\nContent-Type: multipart/form-data; boundary=X{{$timestamp}}\n\n"
        '--X{{$timestamp}}\nContent-Disposition: form-data; name="f"; filename="a.pdf"\n'
        "< ./a.pdf\n--X{{$timestamp}}\n"
        'Content-Disposition: form-data; name="b"\n\n1\n--X{{$timestamp}}--\n'
    )
    assert [(one["type"], one.get("src"), one["value"]) for one in request.body] == [
        ("file", "./a.pdf", ""),
        ("text", None, "1"),
    ]
