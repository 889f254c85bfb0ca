"""Parses command lines of Windows: cmd's carets, and the quotes of its programs."""

from collections.abc import Iterator


def commands_of_cmd(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the commands of a text, each as its line number and words."""
    line = 1
    for part in _cmd_lines(text):
        words = list(_argv(part))
        if words:
            yield line, words
        line += part.count("\n") + 1


def _cmd_lines(text: str) -> Iterator[str]:
    """Yield cmd's lines with its own escapes undone: ``^`` outside of quotes."""
    made: list[str] = []
    is_quoted, at = False, 0
    while at < len(text):
        one = text[at]
        if one == "^" and not is_quoted:
            at += 2 if text[at + 1 : at + 2] == "\n" else 1
            if text[at - 1] != "\n" or text[at : at + 1] == "\n":
                made.append(text[at : at + 1])
                at += 1
            continue
        if one == '"':
            is_quoted = not is_quoted
        if one == "\n" and not is_quoted:
            yield "".join(made)
            made.clear()
        else:
            made.append(one)
        at += 1
    yield "".join(made)


def _argv(line: str) -> Iterator[str]:
    """Yield the arguments of a Windows command line, split as its C runtime does."""
    word: list[str] | None = None
    is_quoted, at = False, 0
    while at < len(line):
        slashes = len(line) - at - len(line[at:].lstrip("\\")) if line[at] == "\\" else 0
        if slashes and line[at + slashes : at + slashes + 1] == '"':
            word = [*(word or []), "\\" * (slashes // 2)]
            at += slashes
            if slashes % 2:
                word.append('"')
                at += 1
        elif slashes:
            word = [*(word or []), "\\" * slashes]
            at += slashes
        elif line[at] == '"':
            word = word or []
            is_quoted = not is_quoted
            at += 1
        elif line[at].isspace() and not is_quoted:
            if word is not None:
                yield "".join(word)
            word = None
            at += 1
        else:
            word = word or []
            word.append(line[at])
            at += 1
    if word is not None:
        yield "".join(word)
