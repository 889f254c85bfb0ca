"""Small inputs from public reports, each with what is right."""

from gassapi_backend.exchange import postman
from gassapi_backend.exchange.tree import Document, Json
from tests.exchange.documents import case, without_ids
from tests.exchange.postman.samples import by_name, stored, written


def read_case(name: str) -> Document:
    return stored(postman.read(case(f"{name}.json")))


def comes_back(name: str) -> Json:
    """Return what is written of a case; it has to be what it was."""
    out = written(read_case(name))
    assert without_ids(out) == without_ids(case(f"{name}.json").data)
    return out


def test_01_auth_inherit() -> None:
    document = read_case("01-auth-inherit")
    assert {name: (one.auth or {}).get("type") for name, one in by_name(document).items()} == {
        "inherits bearer": None,
        "own basic": "basic",
        "own none": "none",
        "inherits none": None,
        "null is inherit": None,
    }
    assert (document.collections[0].auth or {})["type"] == "bearer"
    comes_back("01-auth-inherit")


def test_02_apikey_without_in() -> None:
    document = read_case("02-apikey-without-in")
    assert (document.collections[0].auth or {})["in"] == "header"
    assert (by_name(document)["query"].auth or {})["in"] == "query"
    comes_back("02-apikey-without-in")


def test_03_sibling_names() -> None:
    document = read_case("03-sibling-names")
    names = [item.name for item in document.collections[0].items]
    assert names == ["OAuth", "oauth", "OAuth", "OAuth 2"]
    assert len([*document.collections[0].requests()]) == 4
    comes_back("03-sibling-names")


def test_04_order() -> None:
    comes_back("04-order")


def test_05_examples() -> None:
    one = by_name(read_case("05-examples"))["Read"]
    found, gone = one.examples
    assert (found["status"], found["body"]) == (200, '{\n\t"price": 1.10\n}')
    assert [header["value"] for header in found["headers"]] == ["a=1", "b=2"]
    assert (gone["status"], gone.get("body")) == (410, None)
    assert one.params[0]["value"] == "7"
    comes_back("05-examples")


def test_06_disabled() -> None:
    document = read_case("06-disabled")
    found = by_name(document)
    one = found["query and header"]
    assert one.url == "http://localhost/q?on=1&on=2"
    assert [(h["key"], h["enabled"]) for h in one.headers] == [
        ("X-On", True),
        ("X-Off", False),
        ("X-On", False),
    ]
    assert [(p["key"], p["enabled"]) for p in one.params] == [("off", False), ("flag", False)]
    for name in ("urlencoded", "formdata"):
        assert [f["key"] for f in found[name].body if f["enabled"]] == ["on"]
    assert found["body off"].body is None
    assert [v["value"] for v in document.collections[0].variables if v["enabled"]] == ["1"]
    comes_back("06-disabled")


def test_13_loose() -> None:
    document = read_case("13-loose")
    one, two, three, four, five = document.collections[0].requests()
    assert (one.name, one.method) == ("http://localhost/as-string?a=1", "GET")
    assert two.url == "https://u:p@api.example.test:8443/v1/x/?q#top"
    assert [param["value"] for param in two.params] == ["v"]
    assert (three.url, three.method) == ("localhost", "GET")
    assert [(h["key"], h["value"], h["enabled"]) for h in three.headers] == [
        ("Accept", "*/*", True),
        ("X-Two", "a: b", True),
        ("X-Off", "1", False),
    ]
    assert (four.method, five.url) == ("GET", "")
    assert [note.pointer for note in document.notes] == ["/item/5"]
    assert document.collections[0].description == "**Hi**"
    comes_back("13-loose")


def test_14_variable_hosts() -> None:
    document = read_case("14-variable-hosts")
    first, second, third = document.collections[0].requests()
    assert first.url == "{{apiBase}}/route/:id/sub/:kind?x={{n}}"
    assert [(p["key"], p["value"]) for p in first.params] == [("id", "42"), ("kind", "{{kind}}")]
    assert second.url == "{{scheme}}://{{host}}:{{port}}/{{a}}{{b}}/:notAVariable"
    assert third.url == "{{ apiBase }}/x/{{$guid}}"
    assert third.body.startswith('{"id": {{n}}, // a comment')
    variables = {v["key"]: v["value"] for v in document.collections[0].variables}
    assert variables == {"apiBase": "https://api.example.test/v1", "n": "5", "o": '{"a":1}'}
    comes_back("14-variable-hosts")


def test_15_same_path_twice() -> None:
    assert len([*read_case("15-same-path-twice").collections[0].requests()]) == 7
    comes_back("15-same-path-twice")
