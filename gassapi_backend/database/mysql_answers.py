"""Sending statements to MySQL and reading what it answers, with less work than the driver's cursor.

The driver reads the description of each column of each answer anew, which takes longer than reading
the rows where these are few. Here it is remembered by its bytes: the same bytes say the same. What
is not an answer with rows, or one with columns not seen before, is left to the driver.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from asyncmy.constants.COMMAND import COM_QUERY
from asyncmy.constants.SERVER_STATUS import (
    SERVER_MORE_RESULTS_EXISTS,
    SERVER_STATUS_NO_BACKSLASH_ESCAPES,
)
from asyncmy.protocol import parse_rows_from_buffer, skip_packets_from_buffer

KNOWN = 500  # answers whose columns are remembered, one or two kilobytes each
MOST_COLUMNS = 250  # as many as a single byte can count; the next are other kinds of answers
HEADER = 4  # bytes before each packet


class Answer(NamedTuple):
    """What one statement was answered: its rows, or how many it changed; ``affected`` is either."""

    affected: int
    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the rows by the names of the columns."""
        names = self.names
        return [dict(zip(names, row, strict=True)) for row in self.rows]


class _Columns(NamedTuple):
    """What is known of an answer's columns: their names, and how the driver reads their values."""

    names: Sequence[str]
    converters: tuple[Any, ...]


_known: dict[bytes, _Columns] = {}


def written(sql: str, values: Sequence[Any], connection: Any) -> str:
    """Return a statement with its values, which stand as ``%s`` in it.

    A text by hand: in one of JSON the driver looks at each character.
    """
    literal = connection.literal
    if connection.server_status & SERVER_STATUS_NO_BACKSLASH_ESCAPES:  # somebody's proxy set it
        return sql % tuple(map(literal, values))
    return sql % tuple(
        [
            _quoted(value) if type(value) is str else "NULL" if value is None else literal(value)
            for value in values
        ]
    )


def _quoted(text: str) -> str:
    """Return a text as it stands in a statement (MySQL's reference, "String Literals")."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "'" in text:
        text = text.replace("'", "\\'")
    return f"'{text}'"


async def answers_to(connection: Any, sql: str) -> list[Answer]:
    """Send a statement, or several with ``;`` between them, and return the answer to each.

    Raises the driver's error for the first that fails; those after it are not run.
    """
    connection._last_usage = connection._loop.time()  # from which the pool counts its idle time
    await connection._execute_command(COM_QUERY, sql.encode("utf-8", "surrogateescape"))
    found, has_more = list[Answer](), True
    while has_more:
        answer, has_more = await _answer(connection)
        found.append(answer)
    return found


async def _answer(connection: Any) -> tuple[Answer, bool]:
    """Read an answer; also return whether another one follows."""
    received = connection._proto
    if received.length - received.pos < HEADER + 1:
        await connection._fill_buffer(HEADER + 1)
    described, number = _description(connection)
    if described is None or (columns := _known.get(described)) is None:
        return await _drivers_answer(connection, described)
    received.pos += len(described)
    connection._next_seq_id = number
    return await _rows(connection, columns)


def _description(connection: Any) -> tuple[bytes | None, int]:
    """Return the packets that describe the columns of the next answer, and the next one's number.

    ``None`` where they are not all here yet, or it has no columns.
    """
    received, number = connection._proto, connection._next_seq_id
    buffer, start = received.buffer, received.pos
    count = buffer[start + HEADER]
    if buffer[start : start + 3] != b"\1\0\0" or count > MOST_COLUMNS:
        return None, number  # the first packet is more than the number of columns
    packets = 1 + count + (0 if connection._deprecate_eof else 1)
    end, number, skipped = skip_packets_from_buffer(buffer, start, received.length, number, packets)
    return bytes(buffer[start:end]) if skipped == packets else None, number


async def _drivers_answer(connection: Any, described: bytes | None) -> tuple[Answer, bool]:
    """Have the driver read an answer, and remember its columns if they are described."""
    await connection._read_query_result()
    result = connection._result
    connection._result = None  # else the driver would read the next answer for us
    if result.rows is None:
        return Answer(result.affected_rows, (), ()), bool(result.has_next)
    names = [field.name for field in result.fields]
    if described is not None:
        if len(_known) >= KNOWN:
            del _known[next(iter(_known))]  # it comes back with its next answer
        _known[described] = _Columns(names, tuple(result.converters))
    return Answer(result.affected_rows, names, result.rows), bool(result.has_next)


async def _rows(connection: Any, columns: _Columns) -> tuple[Answer, bool]:
    """Read the rows of an answer whose columns are known, up to the packet that ends it."""
    received, rows = connection._proto, list[tuple[Any, ...]]()
    converters, ends_with_ok = columns.converters, connection._deprecate_eof
    while True:
        received.pos, connection._next_seq_id = parse_rows_from_buffer(
            *(received.buffer, received.pos, received.length, converters),
            *(connection._next_seq_id, rows, ends_with_ok),
        )
        packet = await connection.read_packet()
        if packet.is_auth_switch_request() if ends_with_ok else packet.is_eof_packet():
            break
        rows.append(packet.read_row(converters))
    status = _status_in(packet, ends_with_ok=ends_with_ok)
    connection.server_status = status
    return Answer(len(rows), columns.names, rows), bool(status & SERVER_MORE_RESULTS_EXISTS)


def _status_in(packet: Any, *, ends_with_ok: bool) -> int:
    """Return the server's status, as the packet says that ends the rows of an answer."""
    packet.advance(1)
    if ends_with_ok:
        packet.read_length_encoded_integer()  # rows that were changed
        packet.read_length_encoded_integer()  # the last key
    else:
        packet.advance(2)  # the number of warnings
    return int(packet.read_uint16())
