"""What is in a folder: one document of many files, or several beside each other."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from gassapi_backend.exchange.child.looking import looked
from gassapi_backend.exchange.tree import Json, Unreadable

POSTMAN = json.dumps(
    {
        "info": {
            "name": "Bakery",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "item": [],
    }
)
HAR = '{"log": {"version": "1.2", "entries": []}}'
BRU = "meta {\n  name: List\n  type: http\n}\n\nget {\n  url: https://bakery.test\n}\n"
ASYNC = '{"asyncapi": "3.0.0"}'


def openapi(*references: str) -> str:
    """Return an OpenAPI document that refers to other files."""
    refs = "".join(f"      - $ref: '{one}'\n" for one in references) or "      []\n"
    return (
        f"openapi: 3.1.0\ninfo: {{title: A, version: '1'}}\npaths:\n  /x:\n    parameters:\n{refs}"
    )


def seen(files: dict[str, str], **options: Json) -> Json:
    """Return what is found out about a folder of files."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    [frame] = looked(options, packed.getvalue())
    return frame.said


def documents(files: dict[str, str], **options: Json) -> list[tuple[Json, ...]]:
    """Return the documents in a folder."""
    found = seen(files, **options)["documents"]
    return [(one["path"], one["format"], one["without"]) for one in found]


def test_files_that_are_documents_are_told_from_those_that_are_none() -> None:
    files = {"a.json": POSTMAN, "b/c.har": HAR, "README.md": "# Read me", "d.json": ASYNC}
    assert documents(files) == [("a.json", "postman", None), ("b/c.har", "har", None)]
    others = seen(files)["others"]
    assert others["README.md"] == "It is no format that is known here."
    assert others["d.json"].startswith("This is AsyncAPI")


def test_the_folder_of_a_tool_is_one_document_beside_its_exports() -> None:
    files = {"bruno.json": "{}", "list.bru": BRU, "sub/list.bru": BRU}
    assert documents(files) == [("", "bruno", [])]
    assert documents({**files, "old.json": POSTMAN}) == [
        ("", "bruno", []),
        ("old.json", "postman", None),
    ]
    described = seen({**files, "api.yaml": openapi()})
    assert [one["format"] for one in described["documents"]] == ["bruno"]
    assert "Import it by itself" in described["others"]["api.yaml"]


def test_descriptions_that_refer_to_nothing_are_documents_of_their_own() -> None:
    files = {"a.yaml": openapi(), "b.yaml": openapi("#/x")}
    assert documents(files) == [("a.yaml", "openapi", None), ("b.yaml", "openapi", None)]


def test_a_description_takes_the_files_along_that_it_refers_to() -> None:
    part = {"parts/x.yaml": "name: x\nin: query\nschema:\n  $ref: ../a.yaml#/y\n"}
    one = {"a.yaml": openapi("parts/x.yaml"), **part}
    assert documents(one) == [("", "openapi", [])]
    assert documents({**one, "b.yaml": openapi()}) == [
        ("a.yaml", "openapi", []),  # with all files of the folder, of which it uses some
        ("b.yaml", "openapi", None),
    ]


def test_a_description_that_only_others_refer_to_is_a_part_of_them() -> None:
    shared = "openapi: 3.1.0\ninfo: {title: A, version: '1'}\ncomponents: {}\n"
    through = {"a.yaml": openapi("x.yaml"), "x.yaml": "$ref: 'common.yaml#/x'\n"}
    assert documents({**through, "common.yaml": shared}) == [("", "openapi", [])]
    assert documents({**through, "common.yaml": openapi()}) == [
        ("a.yaml", "openapi", []),
        ("common.yaml", "openapi", None),  # it has paths of its own
    ]
    round_ = {"b.yaml": openapi("a.yaml#/paths/~1x"), "a.yaml": openapi("b.yaml#/paths/~1x")}
    assert documents(round_) == [("", "openapi", [])]


def test_a_format_that_is_said_leaves_others_out() -> None:
    files = {"a.json": POSTMAN, "b.har": HAR}
    assert documents(files, format="har") == [("b.har", "har", None)]
    assert documents(files, format="swagger") == [("", "openapi", [])]
    with pytest.raises(Unreadable, match="There is no format"):
        documents(files, format="soap")


def test_what_is_nothing_is_left_to_be_refused_as_a_whole() -> None:
    assert seen({"a.json": ASYNC, "b.json": "{"})["documents"] == [
        {"path": "", "format": None, "without": []}
    ]
    assert documents({"only.json": POSTMAN}) == [("", None, [])]
