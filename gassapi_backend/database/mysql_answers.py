"""Sending statements to MySQL and reading what it answers, with less work than the driver's cursor.

The driver reads the description of each column of each answer anew, which takes longer than reading
the rows where these are few. Here it is remembered by its bytes: the same bytes say the same. What
is not an answer with rows, or one with columns not seen before, is left to the driver.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

from asyncmy.constants.COMMAND import COM_QUERY
from asyncmy.constants.SERVER_STATUS import (
    SERVER_MORE_RESULTS_EXISTS,
    SERVER_STATUS_NO_BACKSLASH_ESCAPES,
)
from asyncmy.protocol import parse_rows_from_buffer, skip_packets_from_buffer

from gassapi_backend.database.dicts import maker_of

KNOWN = 500  # answers whose columns are remembered, one or two kilobytes each
MOST = 250  # a single byte can count; those beyond have another meaning
HEADER = 4  # bytes before each packet: its length and its number

_OK = Struct("<HBBBBBH")
"""The packet for what has no rows, from its header on (MySQL's Internals Manual, "OK_Packet").

Its length, with what is beyond 64 KB apart, and number; a zero; how many rows were changed and the
last key, as one byte each where they are no larger than ``MOST``; the server's status.
"""


class Answer(NamedTuple):
    """What one statement was answered: its rows, or how many it changed; ``affected`` is either."""

    affected: int
    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the rows by the names of the columns."""
        if not self.rows:
            return []  # most of what a change is answered
        return maker_of(self.names)(self.rows)


class _Columns(NamedTuple):
    """What is known of an answer's columns: their names, and how the driver reads their values."""

    names: tuple[str, ...]
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


async def answers_to(connection: Any, sql: str, count: int | None = None) -> list[Answer]:
    """Send a statement, or several with ``;`` between them, and return the answer to each.

    Raises the driver's error for the first that fails; those after it are not run. Where ``count``
    is fewer than there are, the others are for ``further_answers()``.
    """
    connection._last_usage = connection._loop.time()  # from which the pool counts its idle time
    await connection._execute_command(COM_QUERY, sql.encode("utf-8", "surrogateescape"))
    return await further_answers(connection, count)


async def further_answers(connection: Any, count: int | None = None) -> list[Answer]:
    """Return the answers to what was sent, those not read yet or the first ``count`` of them."""
    received, found, status = connection._proto, list[Answer](), SERVER_MORE_RESULTS_EXISTS
    while status & SERVER_MORE_RESULTS_EXISTS and len(found) != count:
        if received.length - received.pos <= HEADER:
            await connection._fill_buffer(HEADER + 1)
        answer, status = _without_rows(connection) or await _answer(connection)
        found.append(answer)
    return found


def _without_rows(connection: Any) -> tuple[Answer, int] | None:
    """Read an answer that has no rows, if that is what is here; also return the server's status."""
    received = connection._proto
    if received.length - received.pos < _OK.size:
        return None
    size, beyond, number, kind, affected, key, status = _OK.unpack_from(
        received.buffer, received.pos
    )
    end = received.pos + HEADER + size
    is_ok = kind == beyond == 0 and number == connection._next_seq_id and end <= received.length
    if not is_ok or affected > MOST or key > MOST:
        return None
    received.pos, connection._next_seq_id = end, (number + 1) & 0xFF
    connection.server_status = status
    return Answer(affected, (), ()), status


async def _answer(connection: Any) -> tuple[Answer, int]:
    """Read an answer; also return the server's status."""
    described, number = _description(connection)
    if described is None or (columns := _known.get(described)) is None:
        return await _drivers_answer(connection, described)
    connection._proto.pos += len(described)
    connection._next_seq_id = number
    return await _rows(connection, columns)


def _description(connection: Any) -> tuple[bytes | None, int]:
    """Return the packets that describe the columns of the next answer, and the next one's number.

    ``None`` where they are not all here yet, or it has no columns.
    """
    received, number = connection._proto, connection._next_seq_id
    buffer, start = received.buffer, received.pos
    count = buffer[start + HEADER]
    if buffer[start : start + 3] != b"\1\0\0" or count > MOST:
        return None, number  # the first packet is more than the number of columns
    packets = 1 + count + (0 if connection._deprecate_eof else 1)
    end, number, skipped = skip_packets_from_buffer(buffer, start, received.length, number, packets)
    return bytes(buffer[start:end]) if skipped == packets else None, number


async def _drivers_answer(connection: Any, described: bytes | None) -> tuple[Answer, int]:
    """Have the driver read an answer, and remember its columns if they are described."""
    await connection._read_query_result()
    result = connection._result
    connection._result = None  # else the driver would read the next answer for us
    if result.rows is None:
        return Answer(result.affected_rows, (), ()), result.has_next
    names = tuple([field.name for field in result.fields])
    if described is not None:
        if len(_known) >= KNOWN:
            del _known[next(iter(_known))]  # it comes back with its next answer
        _known[described] = _Columns(names, tuple(result.converters))
    return Answer(result.affected_rows, names, result.rows), result.has_next


async def _rows(connection: Any, columns: _Columns) -> tuple[Answer, int]:
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
    packet.advance(3)  # its kind, and two bytes that are zero or the number of warnings
    connection.server_status = status = packet.read_uint16()
    return Answer(len(rows), columns.names, rows), status
