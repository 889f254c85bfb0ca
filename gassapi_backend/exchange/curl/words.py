"""Splits shell text into words: POSIX shells with bash's ``$'…'``, Windows' cmd, PowerShell."""

import re
from dataclasses import dataclass, field

from gassapi_backend.exchange.curl.printing import printed
from gassapi_backend.exchange.curl.windows import commands_of_cmd
from gassapi_backend.exchange.tree import Unreadable


@dataclass(slots=True)
class Command:
    """The words of one command, unquoted; ``stdin`` is text that the shell feeds to it."""

    line: int
    words: list[str] = field(default_factory=list)
    stdin: str | None = None
    is_piped: bool = False


def commands_of(text: str) -> list[Command]:
    """Return the commands of a text; raise ``Unreadable`` for an unclosed quote."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _is_cmd(text):
        return [Command(line, words) for line, words in commands_of_cmd(text)]
    return _Shell(text, is_powershell=_is_powershell(text)).commands()


def _is_cmd(text: str) -> bool:
    return "\\\n" not in text and ('^"' in text or re.search(r" \^\n", text) is not None)


def _is_powershell(text: str) -> bool:
    return "\\\n" not in text and re.search(r" `\n", text) is not None


_BREAKS = re.compile(r"[\s'\"\\$`#;&|<>]")
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))", re.S
)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_LETTERS |= {"e": "\x1b", "E": "\x1b"}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))")
_PRINTF = re.compile(r"printf\s+(?:'?%b'?\s+)?'((?:[^']|'\\'')*)'")


class _Shell:
    """Reads a text like a POSIX shell, one word after another."""

    def __init__(self, text: str, *, is_powershell: bool) -> None:
        self._text = text
        self._is_powershell = is_powershell
        self._at = 0
        self._done: list[Command] = []
        self._heredocs: list[tuple[Command, str]] = []
        self._command = Command(1)
        self._word: list[str] | None = None

    def commands(self) -> list[Command]:
        acts = {
            "'": self._single,
            '"': self._double,
            "\\": self._backslash,
            "$": self._dollar,
            "`": self._backtick,
            "#": self._hash,
            "<": self._redirect,
            ">": self._redirect,
            "\n": self._newline,
            **dict.fromkeys(";&|", self._operator),
        }
        while self._at < len(self._text):
            found = _BREAKS.search(self._text, self._at)
            end = found.start() if found else len(self._text)
            if end > self._at:
                self._put(self._text[self._at : end])
            self._at = end
            if found:
                acts.get(found[0], self._blank)()
        self._end_command()
        return self._done

    def _put(self, text: str) -> None:
        self._word = self._word if self._word is not None else []
        self._word.append(text)

    def _blank(self) -> None:
        self._end_word()
        self._at += 1

    def _end_word(self) -> None:
        if self._word is not None:
            self._command.words.append("".join(self._word))
            self._word = None

    def _end_command(self) -> None:
        self._end_word()
        if self._command.words:
            self._done.append(self._command)
        self._command = Command(self._text.count("\n", 0, self._at) + 1)

    def _newline(self) -> None:
        self._at += 1
        self._end_word()
        for command, end in self._heredocs:
            command.stdin = self._lines_until(end)
        self._heredocs.clear()
        self._end_command()

    def _lines_until(self, end: str) -> str:
        found = re.compile(rf"^\t*{re.escape(end)}[ \t]*$", re.M).search(self._text, self._at)
        start, stop = self._at, found.start() if found else len(self._text)
        self._at = min(found.end() + 1 if found else stop, len(self._text))
        return self._text[start:stop]

    def _operator(self) -> None:
        operator = self._text[self._at]
        if operator == "&" and self._is_within_query():
            self._put("&")
            self._at += 1
            return
        is_pipe = operator == "|" and self._text[self._at : self._at + 2] != "||"
        self._at += 1
        self._end_command()
        self._command.is_piped = is_pipe

    def _is_within_query(self) -> bool:
        """Whether an ampersand joins parts of a URL that lacks its quotes, which nobody runs."""
        word = "".join((self._word or [])[:16])  # where they are, if at all: words can be long
        following = self._text[self._at + 1 : self._at + 2]
        return (
            "://" in word and "?" in word and following not in ("", "&") and not following.isspace()
        )

    def _hash(self) -> None:
        if self._word is not None:
            self._put("#")
            self._at += 1
            return
        end = self._text.find("\n", self._at)
        self._at = end if end >= 0 else len(self._text)

    def _redirect(self) -> None:
        """Skip redirections of output and input; keep a here-document."""
        if self._word is not None and not "".join(self._word).isdigit():
            self._end_word()
        self._word = None
        document = re.compile(r"<<-?\s*(['\"]?)(\w+)\1").match(self._text, self._at)
        if document:
            self._heredocs.append((self._command, document[2]))
            self._at = document.end()
            return
        found = re.compile(r"[<>&|]+\s*[^\s;|]*").match(self._text, self._at)
        self._at = found.end() if found else self._at + 1

    def _single(self) -> None:
        start = self._at
        end = self._end_of("'", start + 1)
        while self._is_powershell and self._text[end + 1 : end + 2] == "'":
            self._put(self._text[start + 1 : end + 1])
            start, end = end + 1, self._end_of("'", end + 2)
        self._put(self._native(self._text[start + 1 : end]))
        self._at = end + 1

    def _native(self, text: str) -> str:
        """Return what PowerShell passes to a program: inner quotes have to be escaped once more."""
        return text.replace('\\"', '"') if self._is_powershell else text

    def _end_of(self, quote: str, start: int) -> int:
        end = self._text.find(quote, start)
        if end < 0:
            raise self._no_end(start)
        return end

    def _no_end(self, start: int) -> Unreadable:
        line = self._text.count("\n", 0, start) + 1
        return Unreadable(f"A quote that begins in line {line} has no end.", f"line {line}")

    def _double(self) -> None:
        start = self._at
        self._at += 1
        self._put("")
        escape = "`" if self._is_powershell else "\\"
        while self._at < len(self._text):
            one = self._text[self._at]
            if one == '"' and self._is_quote_of_windows(start):
                self._put('"')
                self._at += 2
                continue
            if one == '"':
                self._at += 1
                return
            if one == escape:
                self._escaped_in_double(escape)
            elif one == "$":
                self._dollar(is_quoted=True)
            else:
                self._put(one)
                self._at += 1
        raise self._no_end(start)

    def _is_quote_of_windows(self, start: int) -> bool:
        """Whether two quotes stand for one in JSON, as browsers copied commands for Windows."""
        is_json = self._text[start + 1 : start + 2] in ("{", "[")
        return is_json and self._text.startswith('""', self._at)

    def _escaped_in_double(self, escape: str) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        if escape == "`":
            self._put({"n": "\n", "t": "\t"}.get(following, following))
        elif following != "\n":
            self._put(following if following in '$`"\\' else escape + following)
        self._at += 2

    def _backslash(self) -> None:
        if self._is_powershell:
            self._put("\\")
            self._at += 1
            return
        continued = re.compile(r"\\[ \t]*\n").match(self._text, self._at)
        if continued:
            self._end_word() if continued.end() - self._at > 2 else None
            self._at = continued.end()
            return
        self._put(self._text[self._at + 1 : self._at + 2])
        self._at += 2

    def _backtick(self) -> None:
        if self._is_powershell and self._text[self._at + 1 : self._at + 2] == "\n":
            self._at += 2
            return
        self._put("`")
        self._at += 1

    def _dollar(self, *, is_quoted: bool = False) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        if following == "'" and not is_quoted:
            self._ansi()
        elif following == '"' and not is_quoted:
            self._at += 1
            self._double()
        elif following == "(":
            self._substitution()
        elif variable := _VARIABLE.match(self._text, self._at):
            self._put(f"{{{{{variable[1] or variable[2]}}}}}")
            self._at = variable.end()
        else:
            self._put("$")
            self._at += 1

    def _substitution(self) -> None:
        """Replace ``$(printf …)`` by what it prints; leave other commands as they are written."""
        known = _PRINTF.match(self._text, self._at + 2)
        if known and self._text[known.end() : known.end() + 1] == ")":
            self._put(printed(known[1].replace("'\\''", "'")).rstrip("\n"))
            self._at = known.end() + 1
            return
        depth, at = 0, self._at + 1
        while at < len(self._text):
            depth += {"(": 1, ")": -1}.get(self._text[at], 0)
            at += 1
            if depth == 0:
                break
        self._put(self._text[self._at : at])
        self._at = at

    def _ansi(self) -> None:
        found = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.S).match(self._text, self._at)
        if not found:
            raise self._no_end(self._at)
        self._put(_whole(_ESCAPE.sub(_unescaped, found[1])))
        self._at = found.end()


def _unescaped(found: re.Match[str]) -> str:
    byte, short, long, octal, control, letter = found.groups()
    if byte or octal:
        number = int(byte, 16) if byte else int(octal, 8) & 0xFF
        return chr(number) if number < 0x80 else chr(0xDC00 + number)
    if short or long:
        number = int(short or long, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    if control:
        return chr(ord(control) & 0x1F)
    return _LETTERS.get(letter, letter)


_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _whole(text: str) -> str:
    """Join surrogates that a browser wrote one by one, and bytes that were written as ``\\xHH``."""
    text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    data = b"".join(
        bytes([ord(one) - 0xDC00])
        if "\udc80" <= one <= "\udcff"
        else one.encode("utf-8", "replace")
        for one in text
    )
    return data.decode("utf-8", "replace")
