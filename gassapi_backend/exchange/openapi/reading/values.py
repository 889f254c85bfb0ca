"""Reads what parameters and headers say of their value, and whether they are sent."""

from gassapi_backend.exchange.openapi.extensions import OFF, OWN
from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.reading.properties import merged
from gassapi_backend.exchange.openapi.reading.sampling import NOTHING, kind_of, said_value
from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping
from gassapi_backend.exchange.tree import Json


def schema_of(references: References, said: dict[str, Json]) -> dict[str, Json]:
    """Return the schema of a parameter or header, even if it is described by ``content``."""
    if isinstance(said.get("schema"), dict):
        return references.follow(said["schema"])
    return references.follow(content_of(references, said)[1].get("schema"))


def content_of(references: References, said: dict[str, Json]) -> tuple[str, dict[str, Json]]:
    """Return the media type that describes a parameter, and what it says."""
    for media_type, media in mapping(said.get("content")).items():
        return media_type, references.follow(media)
    return "", {}


def example_value(references: References, owner: dict[str, Json]) -> Json:
    """Return the value that ``example`` or the first of ``examples`` names, else ``NOTHING``."""
    if "example" in owner:
        return owner["example"]
    for raw in mapping(owner.get("examples")).values():
        example = references.follow(raw)
        for key in ("value", "dataValue", BACKPORT + "dataValue", "serializedValue"):
            if key in example:
                return example[key]
    return NOTHING


def value_of(references: References, said: dict[str, Json]) -> Json:
    """Return the value that a parameter or header gives itself, else ``NOTHING``."""
    value = whole_value(references, said)
    if value is not NOTHING:
        return value
    schema = schema_of(references, said)
    if kind_of(schema) == "array":
        value = said_value(references.follow(schema.get("items")))
        return NOTHING if value is NOTHING or isinstance(value, list) else [value]
    values = {name: said_value(below) for name, below in properties_of(references, said).items()}
    known = {name: value for name, value in values.items() if value is not NOTHING}
    return known or NOTHING


def whole_value(references: References, said: dict[str, Json]) -> Json:
    """Return the value that is given as a whole, not by parts of a schema, else ``NOTHING``."""
    for owner in (said, content_of(references, said)[1]):
        value = example_value(references, owner)
        if value is not NOTHING:
            return value
    schema = schema_of(references, said)
    value = said_value(schema)
    if value is not NOTHING:
        return value
    whole = merged(references, schema)
    is_object = whole.get("type") == "object" or bool(whole["properties"])
    return NOTHING if is_object else said_value(whole)


def properties_of(references: References, said: dict[str, Json]) -> dict[str, dict[str, Json]]:
    """Return the properties of a parameter that is an object; none for any other."""
    found = mapping(merged(references, schema_of(references, said)).get("properties"))
    followed = {name: references.follow(below) for name, below in found.items()}
    return {name: below for name, below in followed.items() if below.get("readOnly") is not True}


def is_sent(references: References, said: dict[str, Json]) -> bool:
    """Whether a parameter is enabled: it is required, or has a default value."""
    enabled = mapping(said.get(OWN)).get("enabled")
    if isinstance(enabled, bool):
        return enabled
    return said.get("required") is True or has_default(schema_of(references, said))


def has_default(schema: dict[str, Json]) -> bool:
    """Whether there is a default value to send; null says that nothing is sent."""
    return schema.get("default") is not None


def off_keys(said: dict[str, Json]) -> list[str]:
    """Return the parts of an object that our own word on a parameter says are disabled."""
    keys = mapping(said.get(OWN)).get(OFF)
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
