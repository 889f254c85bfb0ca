"""Column types that behave the same on SQLite, MariaDB and MySQL."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson
import uuid_utils
from tortoise.fields.base import Field
from tortoise.fields.data import CharField, TextField

from gassapi_backend.clock import stored

ASCII = "CHARACTER SET ascii COLLATE ascii_bin"
BINARY = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> str:
    """Return a new UUID version 7 (RFC 9562), lower case."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Whether a text has the form of an id."""
    return _ID.fullmatch(text) is not None


class AsciiField(CharField[Any]):
    """Short ASCII text, compared byte by byte (ids, hashes, codes)."""

    class _db_mysql:
        def __init__(self, field: CharField[Any]) -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802 - the ORM's name for it
            return f"VARCHAR({self.field.max_length}) {ASCII}"


class AsciiTextField(TextField):
    """As ``AsciiField``, for what is longer."""

    class _db_mysql:
        SQL_TYPE = f"MEDIUMTEXT {ASCII}"


class IdField(CharField[Any]):
    """A UUID as 36 ASCII characters, which joins and sorts far faster than utf8mb4."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(max_length=36, **kwargs)

    @property
    def SQL_TYPE(self) -> str:  # type: ignore[override]  # noqa: N802 - the ORM's name for it
        return "CHAR(36)"

    class _db_mysql:
        SQL_TYPE = f"CHAR(36) {ASCII}"


class FoldedField(CharField[Any]):
    """Text in the form of ``search_key()``, compared byte by byte: for searching and sorting."""

    class _db_mysql:
        def __init__(self, field: CharField[Any]) -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802 - the ORM's name for it
            return f"VARCHAR({self.field.max_length}) {BINARY}"


class FoldedTextField(TextField):
    """As ``FoldedField``, for what is longer than a row of MySQL has room for."""

    class _db_mysql:
        SQL_TYPE = f"TEXT {BINARY}"


class SearchedField(TextField):
    """Text that is only searched, byte by byte: MySQL does that ten times as fast as in text."""

    class _db_mysql:
        SQL_TYPE = "MEDIUMBLOB"


class TimeField(Field[datetime], datetime):
    """A moment in UTC with milliseconds.

    Stored as ``2026-01-31 12:00:00.000``: text on SQLite, DATETIME(3) on MySQL, both ordered by
    time. A time without an offset is refused, one with another offset is converted.
    """

    SQL_TYPE = "VARCHAR(23)"

    class _db_mysql:
        SQL_TYPE = "DATETIME(3)"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """Return the stored text; raise ``ValueError`` for a time without an offset."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError("A time needs its offset.")
        return stored(value.astimezone(UTC))

    def to_python_value(self, value: Any) -> datetime | None:
        """Return the moment; raise ``ValueError`` for a time, not a stored text, without offset."""
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("A time needs its offset.")
        return value  # type: ignore[no-any-return]  # narrowed above


class JsonField(TextField):
    """A JSON object or array, kept as text.

    Not the JSON type: MySQL's reorders the keys of an object, and nothing may be lost here.
    """

    field_type = object

    class _db_mysql:
        SQL_TYPE = "MEDIUMTEXT"

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        """Return the JSON text."""
        return None if value is None else orjson.dumps(value).decode()

    def to_python_value(self, value: Any) -> Any:
        """Return the parsed value."""
        return orjson.loads(value) if isinstance(value, (str, bytes)) else value


class JsonTextField(TextField):
    """Any JSON value, written by its action and kept as the text it was written as."""

    class _db_mysql:
        SQL_TYPE = "MEDIUMTEXT"
