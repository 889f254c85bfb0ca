"""A newer OpenAPI document meets what people made of the older one."""

import pytest

from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.merging import Merged, Prefer, Stored
from gassapi_backend.exchange.openapi import read
from gassapi_backend.exchange.tree import Folder, Note, Request, What
from tests.exchange.merging.storing import ROOT, applied, find, merged_with, stored_of

FIRST = """
openapi: 3.0.3
info: {title: Library, version: "1"}
servers: [{url: http://localhost:8080}]
paths:
  /books:
    get:
      operationId: listBooks
      summary: Books
      tags: [books]
      parameters:
        - {name: page, in: query, schema: {type: integer, default: 1}}
        - {name: sort, in: query, schema: {type: string}}
      responses: {"200": {description: ok}}
    post:
      operationId: addBook
      summary: Add
      tags: [books]
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {title: {type: string}, pages: {type: integer}}}
      responses: {"201": {description: made}}
  /books/{id}:
    get:
      operationId: readBook
      summary: Read
      tags: [books]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}}
    delete:
      operationId: dropBook
      summary: Drop
      tags: [books]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: gone}}
  /ping:
    get: {summary: Ping, responses: {"200": {description: ok}}}
"""
SECOND = """
openapi: 3.0.3
info: {title: Library, version: "2"}
servers: [{url: http://localhost:8080}]
paths:
  /v2/books:
    get:
      operationId: listBooks
      summary: All books
      tags: [books]
      parameters:
        - {name: page, in: query, schema: {type: integer, default: 1}}
        - {name: size, in: query, schema: {type: integer}}
      responses: {"200": {description: ok}}
    post:
      operationId: addBook
      summary: Add
      tags: [books]
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {title: {type: string}, note: {type: string}}}
      responses: {"201": {description: made}}
  /v2/books/{isbn}:
    get:
      operationId: readBook
      summary: Read
      tags: [reading]
      parameters: [{name: isbn, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}}
  /v2/loans:
    post: {operationId: lend, summary: Add, tags: [books], responses: {"201": {description: made}}}
  /ping:
    get: {summary: Ping, responses: {"200": {description: fine}}}
"""
BODY = '{"title":"Momo","pages":2}'
DESCRIBED = "{name: id, in: path, description: ISBN, "


def root_of(text: str) -> Folder:
    """Return the collection that a document is."""
    return read(load(text.encode(), "api.yaml")).collections[0]


def request(stored: list[Stored], name: str) -> Request:
    """Return the request that was imported under a name, as it is now."""
    node = find(stored, name).node
    assert isinstance(node, Request)
    return node


def edited() -> list[Stored]:
    """Return what people made of the first document."""
    stored = stored_of(root_of(FIRST))
    books = find(stored, "books")
    listed = request(stored, "Books")
    listed.name = "My list"
    listed.params[0]["value"] = "3"
    listed.headers.append({"key": "X-Trace", "value": "1"})
    listed.examples.append({"name": "mine", "status": 200})
    added = request(stored, "Add")
    added.body = BODY
    added.auth = {"type": "bearer", "token": "{{t}}"}
    stored.append(Stored("own", Folder("Own"), ROOT, 9, is_folder=True))
    find(stored, "Read").parent_id, find(stored, "Read").parent_name = "own", "Own"
    request(stored, "Read").params[0]["value"] = "42"
    request(stored, "Drop").description = "Careful"
    stored.append(Stored("mine", Request("Mine", url="/v2/loans"), books.id, 9))
    return stored


def said(merged: Merged, what: What) -> list[Note]:
    """Return the notes of a kind."""
    return [note for note in merged.notes if note.what is what]


def test_what_people_did_stays_and_what_the_source_did_comes() -> None:
    stored = edited()
    after = applied(stored, merged_with(stored, root_of(SECOND)))
    ids = {one.id for one in stored}
    assert ids < {one.id for one in after}

    listed = request(after, "All books")
    assert (listed.name, listed.url) == ("My list", "{{baseUrl}}/v2/books")
    assert [(one["key"], one["value"]) for one in listed.params] == [("page", "3"), ("size", "")]
    assert listed.headers == [{"key": "X-Trace", "value": "1"}]
    assert listed.examples == [{"name": "mine", "status": 200}]

    added = next(one.node for one in after if one.origin and one.origin.operation_id == "addBook")
    assert isinstance(added, Request)
    assert added.body == '{"title":"Momo","pages":2,"note":"string"}'
    assert added.auth == {"type": "bearer", "token": "{{t}}"}

    moved = find(after, "Read")
    assert moved.parent_id == "own"
    assert isinstance(moved.node, Request)
    assert moved.node.url == "{{baseUrl}}/v2/books/{isbn}"
    assert [(one["key"], one["value"]) for one in moved.node.params] == [("isbn", "42")]

    dropped = find(after, "Drop")
    assert dropped.is_gone
    assert dropped.node
    assert dropped.node.description == "Careful"

    lend = next(one for one in after if one.origin and one.origin.operation_id == "lend")
    assert lend.id not in ids
    assert lend.parent_id == find(after, "books").id
    assert request(after, "Ping").response_schema == {"200": {"description": "fine"}}
    assert next(one for one in after if one.id == "mine").node == Request("Mine", url="/v2/loans")


def test_conflicts_are_reported_with_both_values() -> None:
    merged = merged_with(edited(), root_of(SECOND))
    found = {
        (note.name, (note.details or {})["field"]): note for note in said(merged, What.CONFLICT)
    }
    assert set(found) == {("My list", "name"), ("Add", "body /pages"), ("Read", "parent")}
    assert found["My list", "name"].details == {
        "field": "name",
        "ours": "My list",
        "source": "All books",
    }
    assert found["Add", "body /pages"].details == {
        "field": "body /pages",
        "ours": "2",
        "source": None,
    }
    assert "no longer in the source" in found["Add", "body /pages"].reason
    assert found["Read", "parent"].details == {
        "field": "parent",
        "ours": "Own",
        "source": "reading",
    }
    assert {note.name for note in said(merged, What.GONE)} == {"Drop"}
    assert {note.name for note in said(merged, What.CREATED)} == {"Add", "reading"}


@pytest.mark.parametrize("prefer", Prefer)
@pytest.mark.parametrize("prune", [False, True])
def test_the_same_document_again_changes_nothing(prefer: Prefer, prune: bool) -> None:
    stored = edited()
    for name in ("second", "third"):
        merged = merged_with(stored, root_of(SECOND), prefer, prune=prune, name=name)
        assert merged.is_nothing == (name == "third")
        stored = applied(stored, merged)
    assert said(merged, What.CONFLICT) == said(merged, What.UPDATED) == []
    assert merged.unchanged == 8


def test_the_source_s_word_counts_where_it_is_asked_for() -> None:
    stored = edited()
    merged = merged_with(stored, root_of(SECOND), Prefer.SOURCE)
    after = applied(stored, merged)
    assert request(after, "All books").name == "All books"
    assert find(after, "Read").parent_id == find(after, "reading").id
    added = next(one.node for one in after if one.origin and one.origin.operation_id == "addBook")
    assert isinstance(added, Request)
    assert added.body == '{"title":"Momo","note":"string"}'  # only the source's change of it
    assert added.auth == {"type": "bearer", "token": "{{t}}"}  # changed here alone
    assert {(note.details or {})["field"] for note in said(merged, What.CONFLICT)} == {
        "name",
        "body /pages",
        "parent",
    }


def test_pruning_deletes_what_nobody_edited_and_nothing_else() -> None:
    stored = stored_of(root_of(FIRST))
    assert "Drop" in {one.name for one in stored}
    after = applied(stored, merged_with(stored, root_of(SECOND), prune=True))
    assert "Drop" not in {one.name for one in after}
    stored = edited()
    after = applied(stored, merged_with(stored, root_of(SECOND), prune=True))
    assert find(after, "Drop").is_gone


def test_what_was_deleted_here_stays_deleted_and_is_reported() -> None:
    stored = stored_of(root_of(FIRST))
    for name in ("Ping", "Read"):
        find(stored, name).node = None
    same = merged_with(stored, root_of(FIRST))
    assert same.is_nothing
    assert {note.name for note in said(same, What.KEPT)} == {"Ping", "Read"}
    merged = merged_with(stored, root_of(SECOND))
    assert {note.name for note in said(merged, What.CONFLICT)} == {"Ping", "Read"}
    after = applied(stored, merged)
    assert {one.name for one in after if one.node is None} == {"Ping", "Read"}
    assert merged_with(after, root_of(SECOND)).is_nothing


def test_what_the_source_changed_comes_back_where_its_word_counts() -> None:
    stored = stored_of(root_of(FIRST))
    find(stored, "Ping").node = None
    after = applied(stored, merged_with(stored, root_of(SECOND), Prefer.SOURCE))
    assert request(after, "Ping").response_schema == {"200": {"description": "fine"}}
    assert [one for one in after if one.node is None] == []
    assert merged_with(after, root_of(SECOND), Prefer.SOURCE).is_nothing


def test_what_was_gone_and_is_there_again_is_no_longer_marked() -> None:
    stored = applied(edited(), merged_with(edited(), root_of(SECOND)))
    assert find(stored, "Drop").is_gone
    after = applied(stored, merged_with(stored, root_of(FIRST), name="third"))
    drop = find(after, "Drop")
    assert not drop.is_gone
    assert drop.node
    assert drop.node.description == "Careful"


@pytest.mark.parametrize("value", ["", "42"])
def test_a_path_parameter_has_the_name_that_the_url_gives_it(value: str) -> None:
    stored = edited()
    read_book = request(stored, "Read")
    read_book.url = "{{baseUrl}}/mine/{id}"
    read_book.params[0]["value"] = value
    merged = merged_with(stored, root_of(SECOND))
    after = request(applied(stored, merged), "Read")
    assert after.url == "{{baseUrl}}/mine/{id}"
    assert [(one["key"], one["value"]) for one in after.params] == [("id", value)]
    fields = {(note.details or {})["field"] for note in said(merged, What.CONFLICT)}
    assert {one for one in fields if "parameter" in one} == set()


def test_a_path_parameter_that_was_renamed_here_takes_what_the_source_says_of_it() -> None:
    stored = stored_of(root_of(FIRST))
    drop = request(stored, "Drop")
    drop.url, drop.params[0]["key"] = "{{baseUrl}}/books/{mine}", "mine"
    merged = merged_with(stored, root_of(FIRST.replace("{name: id, in: path, ", DESCRIBED)))
    after = request(applied(stored, merged), "Drop")
    assert [(one["key"], one["description"]) for one in after.params] == [("mine", "ISBN")]
    assert said(merged, What.CONFLICT) == []


def test_another_order_is_told_as_such() -> None:
    stored = stored_of(root_of(FIRST))
    lines = [line for line in FIRST.splitlines(keepends=True) if "in: query" in line]
    turned = FIRST.replace("".join(lines), "".join(reversed(lines)))
    [note] = said(merged_with(stored, root_of(turned)), What.UPDATED)
    assert note.reason.endswith(" order of parameters.")


def test_a_conflict_shows_what_either_side_has_and_speaks_of_a_url() -> None:
    stored = edited()
    request(stored, "Books").url = "{{baseUrl}}/mine"
    request(stored, "Books").params[1]["value"] = "title"
    merged = merged_with(stored, root_of(SECOND))
    found = {(note.details or {})["field"]: note for note in said(merged, What.CONFLICT)}
    assert found["url"].reason == "URL was changed here and in the source. What is here stays."
    sort = found["query parameter sort"].details or {}
    assert sort["ours"] == request(stored, "Books").params[1]
    assert sort["source"] is None
