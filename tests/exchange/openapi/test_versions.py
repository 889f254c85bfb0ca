"""A document in another version: the same said otherwise, and what has no word is an extension."""

import copy
import json

import pytest
from openapi_spec_validator import validate

from gassapi_backend.exchange.loading import load
from gassapi_backend.exchange.openapi import read
from gassapi_backend.exchange.openapi.versions import converted, minor
from tests.exchange.openapi.samples import document


def schema(version, said):
    """Return a document of a version with one schema."""
    return document(components={"schemas": {"A": said}}) | {"openapi": version}


def turned(said, old, new):
    """Return what a schema of one version is in another, checked against both."""
    before = schema(old, said)
    validate(before)
    after, _ = converted(before, new)
    validate(after)
    return after["components"]["schemas"]["A"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"allOf": [{"type": "string"}], "nullable": True},
            {"anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]},
        ),
        (
            {"oneOf": [{"type": "string"}], "nullable": True},
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            {"type": "integer", "exclusiveMinimum": 1},
        ),
        (
            {"type": "integer", "maximum": 1, "exclusiveMaximum": False},
            {"type": "integer", "maximum": 1},
        ),
        ({"type": "string", "example": "a"}, {"type": "string", "examples": ["a"]}),
        ({"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
        (
            {"type": "object", "properties": {"a": {"type": "integer", "nullable": True}}},
            {"type": "object", "properties": {"a": {"type": ["integer", "null"]}}},
        ),
    ],
)
def test_schemas_of_30_are_those_of_31(old, new):
    assert turned(old, "3.0.3", "3.1") == new


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": "null"}, {"nullable": True, "enum": [None]}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"allOf": [{"type": "string"}], "nullable": True},
        ),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
        ),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"type": "string", "examples": ["a"]}, {"type": "string", "example": "a"}),
        (
            {"type": "integer", "exclusiveMinimum": 1},
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
        ),
        (
            {"type": "integer", "minimum": 5, "exclusiveMinimum": 1},
            {"type": "integer", "minimum": 5},
        ),
        ({"type": "string", "contentEncoding": "base64"}, {"type": "string", "format": "byte"}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "object", "properties": {"a": True, "b": False}},
            {"type": "object", "properties": {"a": {}, "b": {"not": {}}}},
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}]},
            {
                "type": "array",
                "x-jsonschema-prefixItems": [{"type": "string"}],
                "items": {},
            },
        ),
    ],
)
def test_schemas_of_31_are_those_of_30(new, old):
    assert turned(new, "3.1.0", "3.0") == old


@pytest.mark.parametrize(
    "said",
    [
        {"type": "string", "nullable": True},
        {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
        {"type": "string", "format": "byte", "example": "YQ=="},
    ],
)
def test_a_schema_of_30_is_itself_again(said):
    up, _ = converted(schema("3.0.3", said), "3.2")
    down, _ = converted(up, "3.0")
    assert down["components"]["schemas"]["A"] == said


def test_what_stands_beside_a_reference_is_combined_with_it():
    data = schema("3.1.0", {"type": "string"})
    data["components"]["schemas"]["B"] = {"$ref": "#/components/schemas/A", "description": "b"}
    after, _ = converted(data, "3.0")
    assert after["components"]["schemas"]["B"] == {
        "description": "b",
        "allOf": [{"$ref": "#/components/schemas/A"}],
    }


def test_definitions_within_a_schema_stay_reachable():
    data = schema(
        "3.1.0",
        {
            "$defs": {"in": {"type": "string"}},
            "properties": {"a": {"$ref": "#/components/schemas/A/$defs/in"}},
        },
    )
    after, notes = converted(data, "3.0")
    validate(after)
    assert "$defs" in {note.name for note in notes}


def test_what_30_has_no_word_for_is_an_extension():
    data = document(
        {"/a": {"$ref": "#/components/pathItems/A"}},
        webhooks={"new": {"post": {"responses": {"200": {"description": "ok"}}}}},
        jsonSchemaDialect="https://json-schema.org/draft/2020-12/schema",
        components={
            "pathItems": {
                "A": {"get": {"security": [{"tls": []}, {"key": []}, {"key": [], "tls": []}]}}
            },
            "securitySchemes": {
                "tls": {"type": "mutualTLS"},
                "key": {"type": "apiKey", "in": "query", "name": "k"},
            },
        },
    )
    data["info"] |= {"summary": "short", "license": {"name": "MIT", "identifier": "MIT"}}
    validate(data)
    before = copy.deepcopy(data)
    after, notes = converted(data, "3.0")
    validate(after)
    assert data == before
    assert "new" in after["x-webhooks"]
    assert after["info"]["license"] == {"name": "MIT", "x-identifier": "MIT"}
    assert after["paths"]["/a"]["get"]["security"] == [{"key": []}, {"key": []}]
    assert {"webhooks", "tls", "summary", "pathItems"} <= {note.name for note in notes}


def everything_of_32():
    """Return a document that has all that 3.2 added."""
    return {
        "openapi": "3.2.0",
        "$self": "https://shop.test/openapi.json",
        "info": {"title": "New", "version": "1"},
        "servers": [{"url": "https://shop.test", "name": "live"}],
        "tags": [{"name": "a", "summary": "A"}, {"name": "b", "parent": "a", "kind": "nav"}],
        "paths": {
            "/a": {
                "query": {
                    "parameters": [
                        {
                            "name": "all",
                            "in": "querystring",
                            "content": {
                                "application/x-www-form-urlencoded": {
                                    "schema": {"properties": {"x": {"type": "string"}}}
                                }
                            },
                        }
                    ],
                    "requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}},
                    "responses": {
                        "200": {
                            "summary": "short",
                            "content": {
                                "application/jsonl": {
                                    "itemSchema": {"type": "integer"},
                                    "examples": {
                                        "x": {"dataValue": [1]},
                                        "y": {"serializedValue": "1"},
                                    },
                                },
                                "application/json": {"$ref": "#/components/mediaTypes/J"},
                            },
                        }
                    },
                },
                "additionalOperations": {"PURGE": {"responses": {"204": {"description": "ok"}}}},
            }
        },
        "components": {
            "mediaTypes": {"J": {"schema": {"type": "string"}}},
            "securitySchemes": {
                "o": {
                    "type": "oauth2",
                    "oauth2MetadataUrl": "https://id.test",
                    "deprecated": True,
                    "flows": {
                        "deviceAuthorization": {
                            "deviceAuthorizationUrl": "https://id.test/d",
                            "tokenUrl": "https://id.test/t",
                            "scopes": {},
                        }
                    },
                }
            },
        },
    }


@pytest.mark.parametrize("version", ["3.1", "3.0"])
def test_what_32_added_is_an_extension_before_it(version):
    data = everything_of_32()
    validate(data)
    after, notes = converted(data, version)
    validate(after)
    item = after["paths"]["/a"]
    assert set(item["x-oai-additionalOperations"]) == {"QUERY", "PURGE"}
    operation = item["x-oai-additionalOperations"]["QUERY"]
    content = operation["responses"]["200"]["content"]
    assert content["application/jsonl"]["examples"]["x"] == {"value": [1]}
    assert content["application/jsonl"]["x-oai-itemSchema"] == {"type": "integer"}
    assert content["application/json"] == {"schema": {"type": "string"}}
    assert operation["x-oai-querystring"][0]["name"] == "all"
    assert after["tags"][1] == {"name": "b", "x-oai-parent": "a", "x-oai-kind": "nav"}
    assert "$self" in {note.name for note in notes}


def test_the_extensions_are_fields_again_in_32():
    down, _ = converted(everything_of_32(), "3.1")
    up, _ = converted(down, "3.2")
    validate(up)
    assert up["tags"] == everything_of_32()["tags"]
    assert up["$self"] == "https://shop.test/openapi.json"
    assert up["paths"]["/a"]["additionalOperations"].keys() == {"PURGE"}
    assert "query" in up["paths"]["/a"]


def test_a_kind_of_change_is_reported_once():
    many = {f"p{n}": {"type": "string", "if": {"minLength": 1}} for n in range(50)}
    _, notes = converted(schema("3.1.0", {"properties": many}), "3.0")
    (note,) = [one for one in notes if one.name == "if"]
    assert "(50 times)" in note.reason
    assert note.pointer == "/components/schemas/A/properties/p0"


def test_the_same_version_is_the_same_document():
    data = schema("3.1.0", {"type": "string"})
    assert converted(data, "3.1") == (data, [])


@pytest.mark.parametrize(
    ("version", "known"),
    [("3.0.3", "3.0"), ("3.1", "3.1"), ("3.2.0-rc1", "3.2"), ("3.10.0", None), ("4.0.0", None)],
)
def test_versions_are_told_apart(version, known):
    assert minor(version) == known


def test_properties_named_like_keywords_are_properties():
    said = {
        "type": "object",
        "properties": {"nullable": {"type": "string"}, "const": {"type": "string"}},
    }
    assert json.dumps(turned(said, "3.1.0", "3.0")) == json.dumps(said)
    assert json.dumps(turned(said, "3.0.3", "3.1")) == json.dumps(said)


@pytest.mark.parametrize("host", [{"host": "bakery.test"}, {}])
def test_what_is_told_of_swagger_is_where_swagger_has_it(host):
    text = {"type": "string"}
    body = {"in": "body", "name": "body", "schema": {"$ref": "#/definitions/Bread"}}
    operation = {"parameters": [body], "responses": {"200": {"description": "ok", "schema": text}}}
    source = {
        "swagger": "2.0",
        "info": {"title": "Bakery", "version": "1"},
        **host,
        "basePath": "/v1",
        "consumes": ["application/json", "application/xml"],
        "produces": ["application/json", "application/xml"],
        "paths": {"/bread": {"post": operation}},
        "definitions": {"Bread": {"type": "object", "properties": {"name": text}}},
    }
    document = read(load(json.dumps(source).encode(), "swagger.json"))
    [environment] = document.environments
    assert environment.origin
    assert environment.origin.pointer == ("/host" if host else "/basePath")
    assert document.notes
    for note in document.notes:
        assert resolved(source, note.pointer) is not None


def resolved(node, pointer):
    """Return what a JSON pointer leads to."""
    for part in pointer.split("/")[1:]:
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node
