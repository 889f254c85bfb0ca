"""Logging: people's lines on a terminal, JSON lines elsewhere, secrets nowhere."""

import asyncio
import contextlib
import json
import logging
import re
import sys
import time
from functools import lru_cache
from typing import IO, Any, BinaryIO, ClassVar, TextIO, cast

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer

from gassapi_backend.clock import rfc3339_at
from gassapi_backend.settings import Settings
from gassapi_backend.terminal_text import escaped_json, in_one_line, visible

_SECRET = re.compile(
    r"gass_[0-9A-Za-z]{8,}|gassr_[\w-]{8,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|(?<=://)[^\s/?#]+(?=@)"
    r"|(?<=/verify/)[^\s{\"']+|(?<=/reset/)[^\s{\"']+|(?<=/invite/)[^\s{\"']+"
    r"|(?<=/invitations/)[\w-]{40,}|(?<=/setup#)[\w-]+"
)
"""MCP tokens, refresh tokens, JWTs, the credentials of a URL, and the tokens of links."""

_MARKS = ("://", "/verify/", "/reset/", "/invite/", "/invitations/", "/setup#")

REQUEST = "request"
"""The event of a request that was answered."""

_IN_LINES = frozenset({"exception", "stack"})
_RECORD = frozenset({"_record", "_from_structlog"})  # what structlog takes out again


def redacted(text: str) -> str:
    """Return a text with everything that looks like a secret of ours blotted out."""
    if _may_hold_secret(text):  # far cheaper than the expression
        return _SECRET.sub("[secret]", text)
    return text


def logs_json(settings: Settings) -> bool:
    """Whether log lines are for machines."""
    if settings.log_format == "auto":
        return not sys.stderr.isatty()
    return settings.log_format == "json"


def set_up_logging(settings: Settings) -> None:
    """Send every log line of this process, libraries' included, to standard error."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    is_json = logs_json(settings)
    if is_json:
        renderer: Any = structlog.processors.JSONRenderer(
            serializer=lambda event, **_: escaped_json(_dumps(event).decode())
        )
        exceptions = structlog.processors.ExceptionRenderer(
            ExceptionDictTransformer(show_locals=False)
        )
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        exceptions = structlog.processors.ExceptionRenderer()
    common: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exceptions,
    ]
    shared = [*common, _redact]
    last: list[Any] = [renderer] if is_json else [_make_visible, _in_words, renderer]
    own: list[Any] = [*common, _json_line] if is_json else [*shared, *last]
    raw = cast("BinaryIO", _Kept(sys.stderr.buffer))
    _quick.lines = structlog.BytesLogger(raw) if is_json else None
    _quick.least = level
    structlog.configure(
        processors=own,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(raw)
        if is_json
        else structlog.WriteLoggerFactory(cast("TextIO", _Kept(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


class _Kept:
    """A file for log lines, on a disk that may be full, or a pipe that nobody reads any more.

    A line that cannot be written is lost; what it tells of goes on.
    """

    def __init__(self, file: IO[Any]) -> None:
        self._file = file

    def write(self, line: bytes | str) -> None:
        """Write a line if that can be done."""
        with contextlib.suppress(OSError):
            self._file.write(line)

    def flush(self) -> None:
        """Write what waits if that can be done."""
        with contextlib.suppress(OSError):
            self._file.flush()


_Answered = tuple[int, str, str, str, int, float, str, str, str | None, str | None]
"""What ``_line()`` takes."""


class _Quick:
    """Where lines about requests go without structlog, whose way costs as much as some answers.

    ``lines`` is ``None`` where they go its way: to people, and where logging is not set up.
    They are made one after the other at the end of a turn of the event loop: that takes half of
    what it does between other work, since the processor has the code at hand.
    """

    lines: structlog.BytesLogger | None = None
    least = logging.INFO
    waiting: ClassVar[list[_Answered]] = []

    def note(self, answered: _Answered) -> None:
        """Write a line about a request, with all others of this turn of the event loop."""
        self.waiting.append(answered)
        if len(self.waiting) == 1:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:  # there is none
                self.flush()

    def flush(self) -> None:
        """Write what waits."""
        text = "\n".join([_line(*answered) for answered in self.waiting])
        self.waiting.clear()
        if self.lines is not None:
            self.lines.msg(text.encode())


_quick = _Quick()
_own = structlog.get_logger("gassapi.request")


def log_request(
    level: str,
    *,
    method: str,
    path: str,
    status: int,
    ms: float,
    ip: str,
    request_id: str,
    user_id: str | None,
    token_id: str | None,
) -> None:
    """Log a request that was answered; ``level`` is ``info`` or ``warning``."""
    if _quick.lines is None:
        event = {"method": method, "path": path, "status": status, "ms": round(ms, 1), "ip": ip}
        who = {"requestId": request_id, "userId": user_id, "tokenId": token_id}
        getattr(_own, level)(REQUEST, **event, **who)
    elif (logging.INFO if level == "info" else logging.WARNING) >= _quick.least:
        at = time.time_ns()
        _quick.note((at, level, method, path, status, ms, ip, request_id, user_id, token_id))


def _line(
    at: int,
    level: str,
    method: str,
    path: str,
    status: int,
    ms: float,
    ip: str,
    request_id: str,
    user_id: str | None,
    token_id: str | None,
) -> str:
    """Return the line of JSON about a request that was answered ``at`` epoch nanoseconds."""
    user = "null" if user_id is None else f'"{user_id}"'
    token = "null" if token_id is None else f'"{token_id}"'
    return (
        f'{_asked(method, path)},"status":{status},"ms":{ms:.1f},{_by(ip)},'
        f'"requestId":"{_inside_json(request_id)}","userId":{user},"tokenId":{token},'
        f'"event":"{REQUEST}","level":"{level}","timestamp":"{rfc3339_at(at)}"}}'
    )


@lru_cache(maxsize=500)
def _asked(method: str, path: str) -> str:
    """Return how the line of a request begins: most is asked for again."""
    return f'{{"method":"{_inside_json(method)}","path":"{_inside_json(path)}"'


@lru_cache(maxsize=500)
def _by(ip: str) -> str:
    return f'"ip":"{_inside_json(ip)}"'


def _inside_json(text: str) -> str:
    """Return a text, without secrets, as it stands between the quotes of JSON."""
    is_simple = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
    if is_simple and not _may_hold_secret(text):
        return text
    return escaped_json(_dumps(redacted(text)).decode())[1:-1]


def _json_line(_: Any, __: str, event: dict[str, Any]) -> bytes:
    """Render an event; look through its parts for secrets only where the line may have one."""
    line = _dumps(event)
    text = line.decode()  # bytes take ten times as long to look through
    if _may_hold_secret(text):
        line = _dumps(_redact(_, __, event))
        text = line.decode()
    if text.isascii() and "\x7f" not in text:
        return line
    return escaped_json(text).encode()


def _may_hold_secret(text: str) -> bool:
    if "gass" in text or "eyJ" in text:
        return True
    if "/" in text:
        for mark in _MARKS:
            if mark in text:
                return True
    return False


def _dumps(event: dict[str, Any] | str) -> bytes:
    try:
        return orjson.dumps(event, default=repr)
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits
        return json.dumps(event, default=repr).encode()


def _redact(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: value if key in _RECORD else _harmless(value) for key, value in event.items()}


def _make_visible(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Take what would steer a terminal out of texts; other values are shown as Python writes them.

    Anybody may ask for a path with an escape sequence or a line break in it. Only what Python
    writes of an error has lines of its own.
    """
    return {key: _made_visible(key, value) for key, value in event.items()}


def _made_visible(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return visible(value) if key in _IN_LINES else in_one_line(value)


def _in_words(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Write a request as people read it: ``POST /path 201 7ms 203.0.113.5 id of the user``."""
    if event.get("event") != REQUEST or "method" not in event:
        return event
    told = {name: event.pop(name, None) for name in _TOLD}
    who = told["userId"] or "-"
    if told["tokenId"]:
        who += f" by token {told['tokenId']}"
    event["event"] = (
        f"{told['method']} {told['path']} {told['status']} {told['ms']:.0f}ms {told['ip']} {who}"
    )
    return event


_TOLD = ("method", "path", "status", "ms", "ip", "userId", "tokenId")


def _harmless(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): _harmless(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_harmless(part) for part in value]
    return redacted(value if isinstance(value, str) else repr(value))
