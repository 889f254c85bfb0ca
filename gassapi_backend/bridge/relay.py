"""Passing on the messages of a client that starts a command, and the server's answers."""

import os
import sys
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import IO, Any

from gassapi_backend.bridge import messages
from gassapi_backend.bridge.messages import Message
from gassapi_backend.bridge.problems import problem_of
from gassapi_backend.bridge.streams import events
from gassapi_backend.bridge.upstream import Answer, Broken, NotSent, Upstream
from gassapi_backend.bridge.waiting import Patience

PATH = "/mcp"
MAX_MESSAGE = 64 * 1024 * 1024  # bytes, in either direction
MAX_AT_ONCE = 16  # others wait for their turn
MAX_WAITING = 1000
DRAIN_SECONDS = 10  # for requests in progress when the input ends
ERRORS = 300  # from here on
TRY_LATER = (429, 503)
GATEWAY = (502, 504)
STREAM, LISTEN = "text/event-stream", "subscriptions/listen"


@dataclass(slots=True)
class _Open:
    """A request in progress; its answer is dropped once it ``is_cancelled``."""

    answer: Answer | None = None
    is_cancelled: bool = False
    is_listening: bool = False


@dataclass(slots=True)
class Relay:
    """Passes on ``input``, line by line, until it ends; several messages at a time.

    Without a server (``upstream``), every request is answered with the ``refusal``.
    """

    input: IO[bytes]
    output: IO[bytes]
    upstream: Upstream | None
    token: str
    refusal: str = ""
    _negotiated: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _open: dict[str, _Open] = field(default_factory=dict)
    _threads: set[threading.Thread] = field(default_factory=set)
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MAX_AT_ONCE))
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Pass messages on until the input ends, then finish those in progress for a while."""
        while line := self.input.readline(MAX_MESSAGE + 1):
            if len(line) > MAX_MESSAGE and not line.endswith(b"\n"):
                self._skip_line()
                self._write(messages.error(None, "This message is too large."))
            elif line.strip():
                self._take(messages.read(line.strip()))
        self._ended.set()
        self._drain()

    def _drain(self) -> None:
        """Wait for answers in progress, but not for endless streams."""
        until = time.monotonic() + DRAIN_SECONDS
        with self._lock:
            threads = list(self._threads)
            listening = [key for key, one in self._open.items() if one.is_listening]
        for key in listening:
            self._cancel(key)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _skip_line(self) -> None:
        while (rest := self.input.readline(MAX_MESSAGE)) and not rest.endswith(b"\n"):
            pass

    def _take(self, message: Message) -> None:
        if self.upstream is None:
            self._refuse(message, self.refusal)
            return
        if (cancelled := message.cancels) is not None:
            self._cancel(cancelled)
        thread = threading.Thread(target=self._carry, args=(message,), daemon=True)
        with self._lock:
            is_full = len(self._threads) >= MAX_WAITING
            if not is_full:
                self._threads.add(thread)
        if is_full:
            self._refuse(message, "Too many requests at once: wait for some answers.")
        else:
            thread.start()

    def _carry(self, message: Message) -> None:
        opened = _Open(is_listening=message.method == LISTEN)
        if message.wants_answer and message.id is not None:
            with self._lock:
                self._open[message.key] = opened
        try:
            with nullcontext() if opened.is_listening else self._turns:
                self._pass_on(message, opened)
        except Exception as error:  # a message must never go unanswered
            self._refuse(message, f"The bridge failed: {type(error).__name__}.", opened)
        finally:
            with self._lock:
                if self._open.get(message.key) is opened:
                    del self._open[message.key]
                self._threads.discard(threading.current_thread())

    def _pass_on(self, message: Message, opened: _Open) -> None:
        """Send a message, retry later if that is safe, and write the answer."""
        patience = Patience(self._ended)
        while True:
            wait = ""
            try:
                answer, body = self._sent(message, opened)
            except NotSent as failure:
                sentence, is_safe = str(failure), failure.is_passing
            except Broken as failure:
                sentence, is_safe = _unknown(message, failure), message.may_be_repeated
            else:
                if not _is_away(message, answer.status):
                    self._answer(message, answer, body, opened)
                    return
                sentence, is_safe = _problem(answer, body), True
                wait = answer.header("Retry-After")
            if opened.is_cancelled:
                return
            if not is_safe or not patience.waits(wait):
                self._refuse(message, sentence, opened)
                return

    def _sent(self, message: Message, opened: _Open) -> tuple[Answer, bytes]:
        """Return the answer with its body, unless that is a stream. Raises like ``send()``."""
        assert self.upstream is not None  # noqa: S101  # _take() sees to it
        headers = {
            "Content-Type": "application/json",
            "Accept": f"application/json, {STREAM}",
            "Authorization": f"Bearer {self.token}",
            "User-Agent": "gassapi-backend mcp stdio",
            **message.headers(self._negotiated),
        }
        answer = self.upstream.send("POST", PATH, message.raw, headers)
        opened.answer = answer
        if opened.is_cancelled:
            answer.close()
        return answer, b"" if _is_stream(answer) else answer.read(MAX_MESSAGE)

    def _answer(self, message: Message, answer: Answer, body: bytes, opened: _Open) -> None:
        if _is_stream(answer):
            self._stream(message, answer, opened)
        elif not message.wants_answer:
            if answer.status >= ERRORS:
                _note(_problem(answer, body))
        elif (line := messages.answer(body, message.id)) is None:
            self._refuse(message, _problem(answer, body), opened)
        else:
            if message.method == "initialize":
                self._negotiated = messages.version_of(body) or self._negotiated
            self._write(line, opened)

    def _stream(self, message: Message, answer: Answer, opened: _Open) -> None:
        """Write each message of a stream as it comes."""
        is_answered = False
        try:
            for data in events(answer.response, MAX_MESSAGE):
                if message.method == "initialize":
                    self._negotiated = messages.version_of(data) or self._negotiated
                is_answered = is_answered or messages.answers(data, message.id)
                self._write(messages.one_line(data), opened)
        except (OSError, ValueError, HTTPException) as failure:
            _note(f"A stream broke off: {type(failure).__name__}.")
        answer.done()
        if not is_answered:
            self._refuse(message, _unknown(message, "The answer broke off."), opened)

    def _cancel(self, key: str) -> None:
        with self._lock:
            opened = self._open.get(key)
            if opened is None:
                return
            opened.is_cancelled = True
        if opened.answer:
            opened.answer.close()

    def _refuse(self, message: Message, sentence: str, opened: _Open | None = None) -> None:
        _note(sentence)
        if message.wants_answer:
            self._write(messages.error(message.id, sentence), opened)

    def _write(self, line: bytes, opened: _Open | None = None) -> None:
        with self._writing:
            if opened is not None and opened.is_cancelled:
                return
            try:
                self.output.write(line + b"\n")
                self.output.flush()
            except BrokenPipeError:  # the reader is gone
                os._exit(0)


def _unknown(message: Message, failure: Any) -> str:
    if message.may_be_repeated:
        return str(failure)
    return f"{failure} The request may have been carried out: check before you repeat it."


def _is_away(message: Message, status: int) -> bool:
    """Whether a message can be sent again, and may be accepted later."""
    return status in TRY_LATER or (status in GATEWAY and message.may_be_repeated)


def _is_stream(answer: Answer) -> bool:
    return answer.media_type == STREAM and answer.status < ERRORS


def _problem(answer: Answer, body: bytes) -> str:
    return problem_of(answer.status, answer.media_type, answer.header("Location"), body).sentence


def _note(sentence: str) -> None:
    """Tell whoever reads the client's log."""
    print(f"gassapi-backend: {sentence}", file=sys.stderr, flush=True)
