"""Makes a request's fields from curl's options: method, URL, headers, body, credentials."""

import json
import re
from urllib.parse import quote, unquote

from gassapi_backend.exchange.curl.options import Given
from gassapi_backend.exchange.multipart import whole_parts_of
from gassapi_backend.exchange.resolving.bodies import FORM, MULTIPART
from gassapi_backend.exchange.resolving.urls import form_encoded
from gassapi_backend.exchange.tree import Entry, Json

_DATA = ("data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json")
_FORM = ("form", "form-string")
USED = frozenset(
    {
        *(*_DATA, *_FORM, "request", "get", "head", "header", "cookie", "user-agent", "referer"),
        *("user", "upload-file", "url-query", "digest", "ntlm", "basic", "anyauth"),
        *("range", "oauth2-bearer", "aws-sigv4", "globoff", "variable"),
    }
)
"""The options that fields are made from; other options are kept."""


def method_of(given: Given) -> str:
    """Return the method that curl uses."""
    if said := given.last("request"):
        return said
    if given.has("head"):
        return "HEAD"
    if given.has("upload-file"):
        return "PUT"
    return "POST" if given.has(*_FORM) or (given.has(*_DATA) and not given.has("get")) else "GET"


def url_of(given: Given, url: str) -> str:
    """Return a URL including what ``--get`` and ``--url-query`` put into its query."""
    if path := given.last("upload-file"):
        url = _with_file_name(url, path)
    more = [_url_query(said) for said in given.all_of("url-query")]
    if given.has("get"):
        more += [_data(name, said) for name, said in given.options if name in _DATA and said]
    more = [one for one in more if one]
    if not more:
        return url
    front, mark, fragment = url.partition("#")
    joint = "?" if "?" not in front else "" if front[-1] in "?&" else "&"
    return f"{front}{joint}{'&'.join(more)}{mark}{fragment}"


_FOLDER = re.compile(r"(?:[\w.+-]+://)?[^/?#]+(/(?:[^?#]*/)?)?(?=[?#]|$)")


def _with_file_name(url: str, path: str) -> str:
    """Add the name of a file that is uploaded to a URL that names a folder, as curl does."""
    name = re.split(r"[/\\]", path)[-1]
    found = _FOLDER.match(url)
    if found is None or name in ("", "-", "."):
        return url
    return url[: found.end()] + ("" if found[1] else "/") + _encoded(name) + url[found.end() :]


def _url_query(said: str) -> str:
    return said[1:] if said.startswith("+") else _urlencoded(said)


def _data(name: str, said: str) -> str:
    return _urlencoded(said) if name == "data-urlencode" else said


def _urlencoded(said: str) -> str:
    """Encode as ``--data-urlencode`` does: ``name=content`` or content; file names stay names."""
    name, equals, content = said.partition("=")
    if not equals:
        return said if "@" in said else _encoded(said)
    return f"{name}={_encoded(content)}" if name else _encoded(content)


def _encoded(text: str) -> str:
    parts = re.split(r"(\{\{[^{}]*\}\})", text)
    return "".join(part if at % 2 else quote(part, safe="") for at, part in enumerate(parts))


def headers_of(given: Given) -> list[Entry]:
    """Return the given headers in order, including those that have options of their own."""
    found: list[Entry] = []
    last = {name: said for name, said in given.options if name in _OWN_HEADERS and said}
    for name, said in given.options:
        if said is None:
            continue
        if name == "header":
            found += _header(said)
        elif name in _OWN_HEADERS and _is_own_header(given, name, said, last):
            found.append({"key": _OWN_HEADERS[name], "value": _own_value(name, said)})
    found = _with_one_cookie(found)
    if given.has("json"):
        for key in ("Content-Type", "Accept"):
            if not _has(found, key):
                found.append({"key": key, "value": "application/json"})
    return found


_OWN_HEADERS = {
    "user-agent": "User-Agent",
    "referer": "Referer",
    "cookie": "Cookie",
    "range": "Range",
}


def _is_own_header(given: Given, name: str, said: str, last: dict[str, str]) -> bool:
    """Whether an option makes a header: ``--header`` of that name wins, and of several the last."""
    if any(_is_named(one, _OWN_HEADERS[name]) for one in given.all_of("header")):
        return False
    return "=" in said if name == "cookie" else last.get(name) is said


def _is_named(header: str, key: str) -> bool:
    return re.split("[:;]", header, maxsplit=1)[0].strip().lower() == key.lower()


def _own_value(name: str, said: str) -> str:
    if name == "referer":
        return said.removesuffix(";auto")
    return f"bytes={said}" if name == "range" else said


def _header(said: str) -> list[Entry]:
    """Read ``Name: value``, or ``Name;`` without a value; ``Name:`` removes one of curl's own."""
    key, colon, value = said.partition(":")
    if said.startswith("@"):
        return []
    if not colon:
        return [{"key": key.strip()[:-1], "value": ""}] if said.strip().endswith(";") else []
    value = value.strip()
    return [{"key": key.strip(), "value": value}] if value and key.strip() else []


def _with_one_cookie(headers: list[Entry]) -> list[Entry]:
    cookies = [one["value"] for one in headers if one["key"] == "Cookie"]
    if len(cookies) < 2:
        return headers
    first = next(at for at, one in enumerate(headers) if one["key"] == "Cookie")
    others = [one for one in headers if one["key"] != "Cookie"]
    return [*others[:first], {"key": "Cookie", "value": "; ".join(cookies)}, *others[first:]]


def _is_removed(given: Given, key: str) -> bool:
    """Whether ``Name:`` without a value removes a header that curl adds."""
    return any(
        said.rstrip().lower() == f"{key}:"
        for name, said in given.options
        if name == "header" and said
    )


def _has(headers: list[Entry], key: str) -> bool:
    return any(one["key"].lower() == key.lower() for one in headers)


def auth_of(given: Given) -> dict[str, Json] | None:
    """Return the given credentials."""
    if token := given.last("oauth2-bearer"):
        return {"type": "bearer", "token": token}
    user = given.last("user")
    if user is None or given.has("negotiate"):
        return None
    name, _, password = user.partition(":")
    if signed := given.last("aws-sigv4"):
        _, _, region, service = [*signed.split(":"), "", "", "", ""][:4]
        found = {"accessKey": name, "secretKey": password, "region": region, "service": service}
        return {"type": "awsv4", **found}
    kind = next((one for one in ("digest", "ntlm") if given.has(one)), "basic")
    return {"type": kind, "username": name, "password": password}


def body_of(given: Given, headers: list[Entry], stdin: str | None) -> tuple[str | None, Json]:
    """Return type and body; add to ``headers`` those that curl would add but we would not."""
    if given.has(*_FORM):
        headers[:] = [one for one in headers if not _is_form_data(one)]  # it has no boundary yet
        forms = [(name, said) for name, said in given.options if name in _FORM and said]
        return MULTIPART, [part for name, said in forms for part in _parts(name, said)]
    if (path := given.last("upload-file")) is not None:
        return "binary", {"src": path}
    data = [(name, said) for name, said in given.options if name in _DATA and said is not None]
    if not data or given.has("get"):
        return None, None
    if len(data) == 1 and (path := _file(*data[0])) and not (path == "-" and stdin is not None):
        if not _is_removed(given, "content-type"):
            _say_form(headers)
        return "binary", {"src": path}
    return _typed(_joined(data, stdin), headers)


def _file(name: str, said: str) -> str | None:
    return said[1:] if said.startswith("@") and name not in ("data-raw", "data-urlencode") else None


def _joined(data: list[tuple[str, str]], stdin: str | None) -> str:
    text = ""
    for at, (name, said) in enumerate(data):
        part = said
        if stdin is not None and _file(name, said) == "-":
            part = stdin.replace("\n", "") if name in ("data", "data-ascii") else stdin
        text += ("&" if at and name != "json" else "") + _data(name, part)
    return text


def _say_form(headers: list[Entry]) -> None:
    if not _has(headers, "Content-Type"):
        headers.append({"key": "Content-Type", "value": f"application/{FORM}"})


def _typed(text: str, headers: list[Entry]) -> tuple[str, Json]:
    """Return a text body by its type; a form only if that is sent in the same way."""
    said = next((one["value"] for one in headers if one["key"].lower() == "content-type"), None)
    if said is None or FORM in said.lower():
        entries = form_of(text)
        if entries is not None:
            return FORM, entries
        _say_form(headers)
        return ("json" if _is_json(text) else "text"), text
    if MULTIPART in said.lower() and (parts := whole_parts_of(text, said)):
        headers[:] = [one for one in headers if one["key"].lower() != "content-type"]
        return MULTIPART, parts  # it gets a boundary of its own when it is sent
    return kind_of(said), text


def kind_of(content_type: str) -> str:
    """Return the body type for a content type."""
    kind = content_type.partition(";")[0].strip().lower()
    for name, ends in (
        ("json", "json"),
        ("xml", "xml"),
        ("html", "html"),
        ("javascript", "script"),
    ):
        if kind.endswith(ends):
            return name
    return "text"


def form_of(text: str) -> list[Entry] | None:
    """Return the fields of a form; ``None`` if text is not a form, or would be sent differently."""
    if "=" not in text or _is_json(text):
        return None
    entries = []
    for pair in text.split("&"):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            return None
        entries.append({"key": _decoded(key), "value": _decoded(value)})
    sent = form_encoded(entries)
    is_same = [_decoded(one) for one in sent.split("&")] == [
        _decoded(one) for one in text.split("&")
    ]
    return entries if is_same else None


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace")


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_PROPERTY = re.compile(r';\s*(type|filename|headers|encoder)=("(?:[^"\\]|\\.)*"|[^;]*)')


def _is_form_data(header: Entry) -> bool:
    kind = str(header["value"]).partition(";")[0].strip().lower()
    return header["key"].lower() == "content-type" and kind == f"multipart/{MULTIPART}"


_FILE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+')


def _parts(name: str, said: str) -> list[Entry]:
    """Read ``--form``: a part, or one for each file in ``name=@file,file``."""
    key, _, content = said.partition("=")
    if name == "form-string":
        return [{"key": key, "value": content, "type": "text"}]
    if not content.startswith("@") or ",type=" in content:
        return [_part(key, content)]
    files = _FILE.findall(content[1:])
    return [_part(key, f"@{file}") for file in files] or [_part(key, content)]


def _part(key: str, content: str) -> Entry:
    """Read a part of a form: text, ``@file`` or ``<file``, and properties."""
    content, properties = _properties(content)
    entry: Entry = {"key": key, "value": "", "type": "text"}
    if content.startswith("@"):
        entry |= {"type": "file", "src": _unquoted(content[1:])}
    elif content.startswith("<"):
        entry |= {"src": _unquoted(content[1:])}
    else:
        entry["value"] = _unquoted(content)
    if "type" in properties:
        entry["contentType"] = properties["type"]
    if "filename" in properties:
        entry["fileName"] = properties["filename"]
    return entry


def _properties(content: str) -> tuple[str, dict[str, str]]:
    start = re.compile(r'"(?:[^"\\]|\\.)*"').match(content.lstrip("@<"))
    offset = len(content) - len(content.lstrip("@<")) + (start.end() if start else 0)
    first = _PROPERTY.search(content, offset)
    if not first:
        return content, {}
    found = _PROPERTY.findall(content, first.start())
    return content[: first.start()], {name: _unquoted(value.strip()) for name, value in found}


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
