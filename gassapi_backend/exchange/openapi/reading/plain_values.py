"""Makes up texts, numbers and truth values within the limits of a schema."""

import math

from gassapi_backend.exchange.tree import Json

_FORMATS: dict[str, str] = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com",
    "url": "https://example.com",
    "iri": "https://example.com",
    "uri-reference": "/example",
    "iri-reference": "/example",
    "uri-template": "/example/{id}",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "json-pointer": "/example",
    "relative-json-pointer": "0",
    "regex": ".*",
    "byte": "ZXhhbXBsZQ==",
    "base64": "ZXhhbXBsZQ==",
    "base64url": "ZXhhbXBsZQ",
    "binary": "",
    "password": "password",
}


def is_finite(value: Json) -> bool:
    """Whether a value can be written as JSON."""
    return not isinstance(value, float) or math.isfinite(value)


def plain_value(kind: str | None, schema: dict[str, Json]) -> Json:
    """Return a text, number or truth value within the limits of a schema; null without a type."""
    match kind:
        case "string":
            return _text(schema)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return True
        case "file":
            return ""
        case _:
            return None


def _text(schema: dict[str, Json]) -> str:
    form = schema.get("format")
    text = _FORMATS.get(form, "string") if isinstance(form, str) else "string"
    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if isinstance(shortest, int) and len(text) < shortest <= 1000 and text:
        text = (text * (shortest // len(text) + 1))[:shortest]
    if isinstance(longest, int) and 0 <= longest < len(text):
        text = text[:longest]
    return text


def _bound(schema: dict[str, Json], key: str, exclusive: str, step: int) -> int | float | None:
    """Return a limit; an exclusive one (a flag in 3.0, a number since 3.1) is moved by ``step``."""
    limit, strict = schema.get(key), schema.get(exclusive)
    if isinstance(strict, int | float) and not isinstance(strict, bool):
        return strict + step
    if not isinstance(limit, int | float) or isinstance(limit, bool):
        return None
    return limit + step if strict is True else limit


def _number(schema: dict[str, Json]) -> int | float:
    low = _bound(schema, "minimum", "exclusiveMinimum", 1)
    high = _bound(schema, "maximum", "exclusiveMaximum", -1)
    value: int | float = 0
    if low is not None and low > 0:
        value = low
    elif high is not None and high < 0:
        value = high
    step = schema.get("multipleOf")
    if isinstance(value, int) and isinstance(step, int) and step > 0:
        value = -(-value // step) * step
    return value if is_finite(value) else 0
