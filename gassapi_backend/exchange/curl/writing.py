"""Writes requests as cURL commands, one per line, with which a POSIX shell sends the same."""

from collections.abc import Sequence

from gassapi_backend.exchange.curl.printing import escaped, is_one_line, quoted
from gassapi_backend.exchange.resolving import Resolved, resolve, unless_masked
from gassapi_backend.exchange.resolving.bodies import CONTENT_TYPES, FORM
from gassapi_backend.exchange.tree import Document, Entry, Folder, Json, Note, Request, What
from gassapi_backend.exchange.writing import WriteOptions, Written, own_origin

_IMPLIED = {"GET": False, "POST": True}
"""Methods that curl uses by default, and whether it does so if there is a body."""


def write(document: Document, options: WriteOptions) -> Written:
    """Return a document as cURL commands, one per line, in order.

    Variables of folders are filled in; those without a value stay. What curl cannot send is left
    out and noted. Names and descriptions have no place in it.
    """
    notes: list[Note] = []
    lines = [
        line
        for collection in document.collections
        for request, above in collection.requests_in_order()
        if (line := _line(request, above, notes)) is not None
    ]
    name = document.collections[0].name if document.collections else "requests"
    text = "".join(f"{line}\n" for line in lines)
    return Written([text.encode()], "text/x-shellscript; charset=utf-8", f"{name}.sh", notes)


def _line(request: Request, above: Sequence[Folder], notes: list[Note]) -> str | None:
    return command(request, resolve(request, above, shown=unless_masked), notes)


def command(request: Request, resolved: Resolved, notes: list[Note]) -> str | None:
    """Return the command that sends a request as it was resolved; ``None`` without a URL.

    What curl cannot send is noted, and so are variables without a value.
    """
    if not resolved.url.strip():
        notes.append(_note(What.SKIPPED, request, "it has no URL"))
        return None
    words, feed = _command(request, resolved, notes)
    for name, problem in (("unresolved", "have no value"), ("withheld", "are secret")):
        if names := getattr(resolved, name):
            reason = f"variables in it {problem}, and stay as they are: {', '.join(names)}"
            notes.append(_note(What.KEPT, request, reason))
    line = " ".join(map(quoted, ["curl", *words]))
    return line if feed is None else f"printf %b {quoted(escaped(feed))} | {line}"


def _command(
    request: Request, resolved: Resolved, notes: list[Note]
) -> tuple[list[str], str | None]:
    """Return the words after ``curl``, and what it reads from standard input."""
    body, feed = _body(resolved)
    if not body and request.body == "" and own_origin(request, "curl"):
        body = ["--data-raw", ""]
    words = _method(resolved.method, has_body=bool(body))
    if any(one in resolved.url for one in "[]{}"):
        words.append("--globoff")
    words += ["--url", resolved.url] if resolved.url.startswith("-") else [resolved.url]
    credentials = _credentials(resolved, _words(request))
    if resolved.auth is not None and not resolved.is_auth_applied and not credentials:
        kind = str(resolved.auth.get("type"))
        notes.append(_note(What.SKIPPED, request, f"credentials of type {kind} are left out"))
    words += credentials
    left_out = {"authorization"} if credentials else set()
    if body and resolved.header("Content-Type") == CONTENT_TYPES[FORM] and _is_form(request):
        left_out.add("content-type")  # curl sends the same
    for key, value in resolved.headers:
        if key.lower() not in left_out:
            words += ["-H", f"{key}: {value}" if value.strip() else f"{key};"]
    if body and body[0] != "-F" and resolved.header("Content-Type") is None:
        words += ["-H", "Content-Type:"]  # curl would send it as a form
    return [*words, *body, *_kept(request)], feed


def _is_form(request: Request) -> bool:
    """Whether a request is a form without saying so in a header."""
    return request.body_type == FORM and not any(
        str(one.get("key")).lower() == "content-type" for one in request.headers
    )


def _method(method: str, *, has_body: bool) -> list[str]:
    if method == "HEAD" and not has_body:
        return ["--head"]
    return [] if _IMPLIED.get(method) is has_body else ["-X", method]


def _words(request: Request) -> Json:
    """Return the words of the command that a request was imported from."""
    origin = own_origin(request, "curl")
    return origin.original.get("words") if origin and isinstance(origin.original, dict) else None


def _credentials(resolved: Resolved, imported: Json) -> list[str]:
    auth = resolved.auth or {}
    kind = auth.get("type")
    if kind == "bearer" and isinstance(imported, list) and "--oauth2-bearer" in imported:
        return ["--oauth2-bearer", str(auth.get("token") or "")]
    if kind == "awsv4":
        place = [str(auth.get(name) or "") for name in ("region", "service")]
        keys = f"{auth.get('accessKey') or ''}:{auth.get('secretKey') or ''}"
        return ["--aws-sigv4", ":".join(["aws", "amz", *place]), "-u", keys]
    if kind not in ("basic", "digest", "ntlm") or ":" in str(auth.get("username") or ""):
        return []
    user = f"{auth.get('username') or ''}:{auth.get('password') or ''}"
    return [*([f"--{kind}"] if kind != "basic" else []), "-u", user]


def _body(resolved: Resolved) -> tuple[list[str], str | None]:
    body = resolved.body
    if body.form is not None:
        return [word for entry in body.form for word in _part(entry)], None
    if body.src is not None:
        return ["--data-binary", f"@{body.src}"], None
    if body.text is None:
        return [], None
    if is_one_line(body.text):
        return ["--data-raw", body.text], None
    return ["--data-binary", "@-"], body.text


def _part(entry: Entry) -> list[str]:
    """Return the words for a part of a form; text that looks like more than text stays text."""
    key, value = str(entry.get("key") or ""), str(entry.get("value") or "")
    src = entry.get("src")
    properties = "".join(
        f";{name}={_in_quotes(str(said))}"
        for name, said in (("type", entry.get("contentType")), ("filename", entry.get("fileName")))
        if said
    )
    if entry.get("type") == "file" or src:
        mark = "@" if entry.get("type") == "file" else "<"
        return ["-F", f"{key}={mark}{_in_quotes(str(src or ''))}{properties}"]
    if properties:
        return ["-F", f"{key}={_in_quotes(value, is_always=True)}{properties}"]
    is_plain = value[:1] not in ("@", "<", '"', " ") and ";" not in value
    return ["-F" if is_plain else "--form-string", f"{key}={value}"]


def _in_quotes(text: str, *, is_always: bool = False) -> str:
    """Return text for curl, in double quotes if it needs them."""
    if not is_always and not any(one in text for one in '",;\\ '):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_HARMLESS = frozenset(
    {
        *("compressed", "insecure", "location", "http1.0", "http1.1", "http2", "http3", "ipv4"),
        *("ipv6", "max-time", "connect-timeout", "max-redirs", "retry", "retry-delay", "fail"),
        *("silent", "show-error", "verbose", "include", "no-buffer", "path-as-is"),
    }
)
"""Kept options that are written: those that write no file and send nothing elsewhere."""


def _kept(request: Request) -> list[str]:
    """Return imported options that no field is made from, if they are harmless."""
    origin = own_origin(request, "curl")
    kept: Json = origin.original.get("kept") if origin and isinstance(origin.original, dict) else []
    return [
        word
        for option in (kept if isinstance(kept, list) else [])
        if isinstance(option, list) and option and str(option[0])[2:] in _HARMLESS
        for word in map(str, option)
    ]


def _note(what: What, request: Request, reason: str) -> Note:
    return Note(what, "endpoint", request.name, "", reason, id=request.id)
