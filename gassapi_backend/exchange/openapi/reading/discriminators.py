"""Names the schema that a sample follows, where a property says which of several it is."""

from collections.abc import Iterator

from gassapi_backend.exchange.openapi.references import References
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.tree import Json

_MADE_UP = "string"
"""What a sample says where a schema gives a text no value."""


def owners(references: References, schema: Json) -> Iterator[dict[str, Json]]:
    """Yield what a schema extends: a discriminator there tells the schemas apart that do."""
    listed = mapping(schema).get("allOf")
    yield from (references.follow(one) for one in objects(listed))


def named(sample: Json, owner: dict[str, Json], ref: str) -> Json:
    """Return a sample whose discriminator names the schema that ``ref`` leads to."""
    said = mapping(owner.get("discriminator"))
    key = said.get("propertyName")
    if not isinstance(sample, dict) or not isinstance(key, str):
        return sample
    if sample.get(key, _MADE_UP) != _MADE_UP:
        return sample
    last = ref.rpartition("/")[2]
    known = mapping(said.get("mapping")).items()
    return {**sample, key: next((name for name, one in known if one in (ref, last)), last)}
