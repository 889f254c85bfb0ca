"""Exported cURL lines, each run by a shell; what it sends is kept by a server that is its proxy."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from gassapi_backend.exchange import formats
from gassapi_backend.exchange.resolving import fill_in
from gassapi_backend.exchange.tree import Document
from gassapi_backend.exchange.writing import WriteOptions
from tests.interop.echo import Echo, Received
from tests.interop.sending import Expected, Run, Sender, is_there, with_scheme

OWN = frozenset(
    {
        "accept",
        "accept-encoding",  # of a line with --compressed
        "connection",
        "content-length",
        "expect",
        "host",
        "proxy-connection",
        "transfer-encoding",
        "user-agent",
    }
)
"""Headers that curl sends by itself."""
_PATIENCE = 20


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2


def is_beyond_curl(expected: Expected) -> bool:
    """Whether curl ends before it sends, or the server that we keep it with cannot read it.

    That is a file that is not there, a port that is no number, a header whose name is none, a
    scheme that is not HTTP's.
    """
    body = expected.sent.body
    files = [one.get("src") for one in body.form or () if one.get("type") == "file"]
    port = urlsplit(with_scheme(expected.sent.url)).netloc.rpartition("@")[2].partition(":")[2]
    return (
        any(not is_there(source) for source in files)
        or (body.src is not None and not is_there(body.src))
        or (port != "" and not port.isdigit())
        or urlsplit(with_scheme(expected.sent.url)).scheme not in ("http", "https")
        or not all(_TOKEN.fullmatch(key) for key, _ in expected.sent.headers)
    )


def asks_first(expected: Expected) -> bool:
    """Whether curl sends the request without its body first, to be asked for credentials."""
    return (expected.sent.auth or {}).get("type") in ("digest", "ntlm")


CURL = Sender(OWN, is_beyond_curl, asks_first)


def run_in_shell(run: Run, server: Echo, folder: Path) -> list[tuple[Expected, Received | None]]:
    """Run the lines of a collection; return its requests that have a URL, with what was sent."""
    one = Document(run.document.format, run.document.version, run.document.collections[:1])
    filled = fill_in(one, run.variables)
    lines = formats.write(filled, "curl", WriteOptions()).content().decode().splitlines()
    expected = [one for one in run.expected if one.sent.url.strip()]
    assert len(lines) == len(expected)
    return [
        (request, sent_by(line, server, folder))
        for line, request in zip(lines, expected, strict=True)
    ]


def sent_by(line: str, server: Echo, folder: Path) -> Received | None:
    """Return the first request that a line of shell sends, if it sends any."""
    del server.received[:]
    environment = {**os.environ, "http_proxy": server.url, "NO_PROXY": "", "no_proxy": ""}
    subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**environment, "CURL_HOME": str(folder)},  # nobody's settings
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    return server.received[0] if server.received else None
