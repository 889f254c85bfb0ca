"""A saved request as it will be written: with what it inherits, and with its URL split."""

from dataclasses import dataclass, field, fields, replace

from gassapi_backend.exchange.openapi.media_types import DEFAULTS
from gassapi_backend.exchange.openapi.texts import mapping, objects
from gassapi_backend.exchange.openapi.writing.urls import (
    PathTemplate,
    SplitUrl,
    query_of,
    split,
    template,
)
from gassapi_backend.exchange.resolving.bodies import contradicts
from gassapi_backend.exchange.tree import Entry, Folder, Json, Request

FIELDS = tuple(one.name for one in fields(Request) if one.name not in ("origin", "id"))


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that is sent: a query or path parameter, a header or a cookie."""

    place: str
    key: str
    value: str
    enabled: bool
    description: str | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Place and key, in the form that tells it from others."""
        return self.place, self.key.lower() if self.place == "header" else self.key


@dataclass(slots=True)
class Wanted:
    """A request, the folders it is in, outermost first, and what follows from both.

    ``template`` is its path, perhaps with the names from another request's path of the same shape;
    ``own_template`` has its own names.
    """

    request: Request
    folders: list[Folder]
    url: SplitUrl
    template: PathTemplate
    own_template: PathTemplate
    headers: list[Entry] = field(default_factory=list)
    auth: dict[str, Json] | None = None

    @classmethod
    def of(cls, request: Request, folders: list[Folder]) -> "Wanted":
        """Split a request into its parts."""
        request = _plain(request)
        url = split(request.url)
        path = template(url.path, request.params)
        made = cls(request, folders, url, path, path)
        made.headers = _headers(request, folders)
        made.auth = _auth(request, folders)
        return made

    def rename(self, known: str) -> None:
        """Adopt the parameter names of a path template of the same shape."""
        self.template = template(self.url.path, self.request.params, known)

    @property
    def is_odd(self) -> bool:
        """Whether OpenAPI has no words for its query: a parameter has no name, or just a name."""
        return self.url.is_odd or any(
            not one["key"] for one in self.request.params if one.get("in") != "path"
        )

    @property
    def media_type(self) -> str:
        """The media type of the body; the usual one of its kind if no header names one."""
        for one in self.headers:
            if str(one["key"]).lower() == "content-type" and _is_on(one):
                value = str(one.get("value") or "")
                is_its_own = not contradicts(value, self.request.body_type)
                if "/" in value and "{{" not in value and is_its_own:
                    return value
        return DEFAULTS.get(self.request.body_type or "", "application/octet-stream")

    def atoms(self) -> list[Atom]:
        """Return all that is sent besides the body, and what is disabled."""
        entries = [*self.template.parameters, *query_of(self.url, self.request.params)]
        found = [atom_of(str(one["in"]), one) for one in entries]
        for one in self.headers:
            found += header_atoms(one)
        return found


def entries_of(value: Json) -> list[Entry]:
    """Return a list of entries, even from an object of values; anything else is left out."""
    if isinstance(value, dict):
        return [{"key": key, "value": one} for key, one in value.items()]
    return [one for one in objects(value) if isinstance(one.get("key"), str)]


def _named(value: Json) -> list[Entry]:
    return [one for one in entries_of(value) if one["key"]]


def _plain(request: Request) -> Request:
    """Return a request whose parameters and headers are entries; in older ones, they may not be."""
    params, headers = entries_of(request.params), _named(request.headers)
    if params == request.params and headers == request.headers:
        return request
    return replace(request, params=params, headers=headers)


def _is_on(entry: Entry) -> bool:
    return entry.get("enabled", True) is not False


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def atom_of(place: str, entry: Entry) -> Atom:
    """Return a parameter or header."""
    value, description = _text(entry.get("value")), _text(entry.get("description"))
    return Atom(place, str(entry["key"]), value, _is_on(entry), description or None)


def header_atoms(entry: Entry) -> list[Atom]:
    """Return a header, or the cookies that it holds."""
    if str(entry["key"]).lower() != "cookie":
        return [atom_of("header", entry)]
    pairs = [pair.strip().partition("=") for pair in _text(entry.get("value")).split(";")]
    on, description = _is_on(entry), _text(entry.get("description")) or None
    told = description if len(pairs) == 1 else None
    return [Atom("cookie", key, value, on, told) for key, _, value in pairs if key]


def _headers(request: Request, folders: list[Folder]) -> list[Entry]:
    """Return the headers of a request and those it inherits; the nearest of a name wins."""
    found = list(request.headers)
    for folder in reversed(folders):
        taken = {str(one["key"]).lower() for one in found if _is_on(one)}
        inherited = _named(folder.headers)
        found += [one for one in inherited if str(one["key"]).lower() not in taken]
    return found


def _auth(request: Request, folders: list[Folder]) -> dict[str, Json] | None:
    """Return the authentication of a request; ``None`` if the outermost folder decides."""
    own = given(request.auth)
    if own is not None:
        return own
    return next((auth for one in reversed(folders[1:]) if (auth := given(one.auth))), None)


def given(auth: dict[str, Json] | None) -> dict[str, Json] | None:
    """Return an authentication; ``None`` for one that is inherited."""
    kind = mapping(auth).get("type")
    return auth if isinstance(kind, str) and kind != "inherit" else None
