"""Values that are made up for schemas."""

import json

import pytest

from gassapi_backend.exchange.openapi.reading.sampling import MAX_VALUES, NOTHING, sample
from gassapi_backend.exchange.openapi.references import References
from tests.exchange.openapi.samples import operation, read_data


def made(schema, **schemas):
    return sample(References({"components": {"schemas": schemas}}), schema)


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "example": "a", "default": "b"}, "a"),
        ({"type": "string", "examples": ["a"], "enum": ["b"]}, "a"),
        ({"type": "string", "default": "b", "enum": ["c"]}, "b"),
        ({"const": 5}, 5),
        ({"enum": [None, "c"]}, "c"),
        ({"type": "string", "format": "email"}, "user@example.com"),
        ({"type": "string", "format": "date"}, "2024-01-31"),
        ({"type": "string", "minLength": 8}, "stringst"),
        ({"type": "string", "maxLength": 2}, "st"),
        ({"type": ["null", "integer"]}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, 4),
        ({"type": "integer", "minimum": 3, "multipleOf": 5}, 5),
        ({"type": "number", "maximum": -2}, -2),
        ({"type": "boolean"}, True),
        ({"type": "array", "items": {"type": "integer"}}, [0]),
        ({"type": "array", "items": {"const": 1}, "minItems": 3}, [1, 1, 1]),
        ({"type": "array", "items": {"const": 1}, "minItems": 10**9}, [1] * 10),
        ({"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True}, [1]),
        ({"prefixItems": [{"const": 1}, {"const": 2}]}, [1, 2]),
        ({"oneOf": [{"type": "null"}, {"const": 2}]}, 2),
        (
            {"allOf": [{"properties": {"a": {"const": 1}}}], "properties": {"b": {"const": 2}}},
            {"a": 1, "b": 2},
        ),
        ({}, None),
        (False, NOTHING),
    ],
)
def test_a_sample_says_what_the_schema_says(schema, value):
    assert made(schema) == value


def test_lists_of_lists_that_need_many_items_stay_small():
    schema = {"type": "string"}
    for _ in range(12):
        schema = {"type": "array", "minItems": 10, "items": schema}
    assert len(json.dumps(made(schema))) < 20 * MAX_VALUES
    large = {"type": "array", "minItems": 3, "items": {"type": "object", "example": ["x"] * 10_000}}
    assert len(made(large)) == 1


def test_a_sample_names_the_schema_that_it_follows():
    kind = {"type": "object", "properties": {"kind": {"type": "string"}, "n": {"const": 1}}}
    told = {"propertyName": "kind", "mapping": {"tom": "#/components/schemas/Cat"}}
    pet = {**kind, "discriminator": told}
    dog = {"allOf": [ref("Pet"), {"properties": {"bark": {"const": True}}}]}
    either = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": told}
    assert made(either, Cat=kind) == {"kind": "tom", "n": 1}
    assert made(ref("Dog"), Dog=dog, Pet=pet) == {"kind": "Dog", "n": 1, "bark": True}
    own = {**kind, "properties": {"kind": {"const": "own"}}}
    assert made({"anyOf": [ref("Own")], "discriminator": told}, Own=own) == {"kind": "own"}
    assert made(ref("Pet"), Pet=pet) == {"kind": "string", "n": 1}


def test_what_only_the_server_says_is_left_out():
    schema = {
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "old": {"type": "string", "deprecated": True},
            "name": {"const": "a"},
        }
    }
    assert made(schema) == {"name": "a"}
    assert sample(References({}), schema, writing=False) == {"id": 0, "name": "a"}


def test_a_schema_that_repeats_itself_ends_at_the_first_repetition():
    node = {
        "type": "object",
        "properties": {
            "name": {"const": "a"},
            "children": {"type": "array", "items": ref("Node")},
            "parent": {"allOf": [ref("Node")], "nullable": True},
            "other": {"oneOf": [ref("Node"), {"const": "b"}]},
        },
    }
    assert made(ref("Node"), Node=node) == {"name": "a", "children": [], "other": "b"}


def test_a_schema_that_is_nothing_but_itself_is_nothing():
    assert made(ref("A"), A=ref("A")) is NOTHING
    assert made(ref("A"), A={"allOf": [ref("A")]}) is NOTHING


def test_a_missing_schema_is_null():
    assert made(ref("lost")) is None


def test_samples_of_schemas_that_multiply_are_bounded():
    schemas = {
        f"L{n}": {"properties": {f"p{k}": ref(f"L{n + 1}") for k in range(10)}} for n in range(12)
    }
    schemas["L12"] = {"type": "string"}
    assert len(json.dumps(made(ref("L0"), **schemas))) < MAX_VALUES * 20


def test_deep_schemas_end():
    schema = {"type": "string"}
    for _ in range(5000):
        schema = {"properties": {"a": schema}}
    assert isinstance(made(schema), dict)


def test_a_dynamic_reference_leads_to_the_outermost_schema_and_ends():
    kids = {"type": "array", "items": {"$dynamicRef": "#node"}}
    tree = {"$dynamicAnchor": "node", "properties": {"kids": kids}}
    wide = {"$dynamicAnchor": "node", "allOf": [ref("Tree")], "properties": {"w": {"const": 1}}}
    found = made(ref("Wide"), Tree=tree, Wide=wide)
    assert found == {"kids": [], "w": 1}
    assert made(ref("Tree"), Tree=tree) == {"kids": []}


def test_a_long_chain_of_references_leads_to_its_end():
    chain = {f"S{n}": ref(f"S{n + 1}") for n in range(20_000)}
    assert made(ref("S0"), **chain, S20000={"const": "end"}) == "end"
    data = operation(requestBody={"content": {"application/json": {"schema": ref("S0")}}})
    data["components"] = {"schemas": chain}
    [note] = [one for one in read_data(data).notes if "nothing in that place" in one.reason]
    assert note.pointer == "/components/schemas/S19999"
