"""Plain YAML scalars where Insomnia wants text: they are the text that was written."""

from collections.abc import Mapping

from gassapi_backend.exchange.loading import text_of
from gassapi_backend.exchange.sources import Source, Syntax
from gassapi_backend.exchange.tree import Json

_TEXTS = {
    "name", "value", "url", "method", "text", "fileName", "mimeType", "description",
    "schema_version", "preRequest", "afterResponse", "type",
}  # fmt: skip
_FREE = {"environments", "environment", "spec", "cookieJar", "data", "dataPropertyOrder"}
"""What may hold any value."""
_FLAGS = {
    "disabled", "useISO88591", "usePkce", "credentialsInBody", "useDefaultBrowser",
    "validatePayload", "includeBodyHash",
}  # fmt: skip


def as_spelled(source: Source) -> Json:
    """Return a document's data; where its format wants text, a YAML scalar is its source text."""
    if source.syntax is not Syntax.YAML or not isinstance(source.data, dict):
        return source.data
    return _copied(source.data, "", source.scalars, in_auth=False)


def _copied(value: Json, pointer: str, scalars: Mapping[str, str], *, in_auth: bool) -> Json:
    """Return a copy; how deep it goes is bounded by what was loaded."""
    if isinstance(value, list):
        return [
            _copied(one, f"{pointer}/{at}", scalars, in_auth=in_auth)
            for at, one in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    copied: dict[str, Json] = {}
    for key, one in value.items():
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in _FREE:
            copied[key] = one
        elif isinstance(one, (dict, list)):
            inside = in_auth or key == "authentication"
            copied[key] = _copied(one, place, scalars, in_auth=inside)
        elif key in _TEXTS or (in_auth and key not in _FLAGS):
            copied[key] = (
                one if one is None and place not in scalars else text_of(one, scalars.get(place))
            )
        else:
            copied[key] = one
    return copied
