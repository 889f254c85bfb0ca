"""Bodies that are XML: elements, attributes and namespaces as the schema names them."""

from xml.etree import ElementTree

from gassapi_backend.exchange.openapi.reading.sampling import sample
from gassapi_backend.exchange.openapi.reading.xml import xml_text
from gassapi_backend.exchange.openapi.references import References


def made(schema, **schemas):
    references = References({"components": {"schemas": schemas}})
    return xml_text(references, schema, sample(references, schema)).split("\n", 1)[1]


def text(**xml):
    return {"type": "string", "example": "a<b", "xml": xml}


def test_namespaces_are_declared_where_their_names_are_used():
    tags = {
        "type": "array",
        "items": text(name="tag", prefix="t"),
        "xml": {"wrapped": True, "name": "tags", "prefix": "t", "namespace": "urn:tags"},
    }
    attributes = {
        key: text(attribute=True, prefix="m", namespace="urn:more") for key in ("one", "two")
    }
    schema = {
        "type": "object",
        "properties": {**attributes, "tags": tags, "note": text(namespace="urn:note")},
        "xml": {"name": "order", "prefix": "o", "namespace": "http://shop.test/order"},
    }
    root = ElementTree.fromstring(made(schema))  # noqa: S314 - our own text
    assert root.tag == "{http://shop.test/order}order"
    assert root.attrib == {"{urn:more}one": "a<b", "{urn:more}two": "a<b"}
    assert [(one.tag, one.text) for one in root.iter() if one is not root] == [
        ("{urn:tags}tags", "\n    "),
        ("{urn:tags}tag", "a<b"),
        ("{urn:note}note", "a<b"),
    ]


def test_names_are_found_in_parts_of_a_schema_and_beside_references():
    part = {"type": "object", "properties": {"a": text(attribute=True, name="b")}}
    items = {"$ref": "#/components/schemas/Item", "xml": {"name": "line"}}
    listed = {"type": "array", "xml": {"wrapped": True}, "items": items}
    schema = {"allOf": [part, {"type": "object", "properties": {"lines": listed}}]}
    item = {"type": "object", "properties": {"n": {"const": 1}}, "xml": {"name": "item"}}
    found = made(schema, Item=item)
    assert "".join(found.split("\n")).replace("  ", "") == (
        '<root b="a&lt;b"><lines><line><n>1</n></line></lines></root>'
    )


def test_32_says_in_one_word_what_a_value_becomes():
    properties = {
        "id": text(nodeType="attribute"),
        "said": text(nodeType="text"),
        "raw": text(nodeType="cdata"),
        "tags": {"type": "array", "items": {"const": 1}, "xml": {"nodeType": "element"}},
    }
    found = made({"type": "object", "properties": properties, "xml": {"name": "a"}})
    assert found == (
        '<a id="a&lt;b">a&lt;b<![CDATA[a<b]]>\n  <tags>\n    <tags>1</tags>\n  </tags>\n</a>'
    )
