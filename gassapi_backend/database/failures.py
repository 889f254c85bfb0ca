"""What an error of the database means: go again, come back later, or ask for less.

The numbers are those of the error references of MySQL and MariaDB. Whatever is not listed is a
mistake of this program.
"""

import sqlite3
from collections.abc import Iterator

from tortoise.exceptions import DBConnectionError, OperationalError

DEADLOCK = 1213  # on a Galera cluster also at COMMIT, where another node was first
LOST = 2013  # the connection, during a statement
CONFLICT_CODES = {
    1020,  # the row changed since it was read
    1205,  # waited too long for a lock
    1412,  # the table was changed by a migration since the transaction began
    1689,  # the wait for a lock was ended for the sake of somebody who changes the table
    DEADLOCK,
    3101,  # the replication group chose another transaction
}
AWAY_CODES = {
    3,  # a file could not be written, as on a full disk
    20,  # disk full
    1021,  # disk full
    1015,  # a file could not be locked; so 1016, 1017 and 1024 for opening and reading it
    1016,
    1017,
    1024,
    1026,  # a file could not be written
    1030,  # a storage engine that cannot go on, as on a full disk
    1037,  # out of memory
    1034,  # a damaged index; so 1035, 1194, 1195 and 1712
    1035,
    1036,  # a table that only reads, as while InnoDB is brought back
    1038,  # out of memory for sorting
    1040,  # too many connections
    1041,  # out of memory
    1044,  # no access to the database
    1046,  # the database was dropped
    1047,  # a Galera node that is not ready, or one that refuses queries
    1053,  # shutting down
    1114,  # table full
    1129,  # this machine is blocked after too many errors
    1130,  # this machine may not connect
    1135,  # no thread for a connection
    1142,  # a privilege was taken away, as hosts do when a quota is used up
    1143,  # likewise for a column
    1158,  # the connection was interrupted; so 1159 to 1161
    1159,
    1160,
    1161,
    1180,  # an error during COMMIT, as of a node that leaves its cluster
    1184,  # the connection was aborted
    1194,
    1195,
    1203,  # too many connections of this user
    1206,  # out of memory for locks
    1226,  # a quota of this user is used up
    1290,  # read-only: a primary that was demoted
    1637,  # too many transactions
    1712,
    1792,  # only reading transactions
    1812,  # a table whose file is missing; so 1814 and 1932
    1814,
    1820,  # the password of the account has expired
    1836,  # read-only
    1874,  # InnoDB only reads
    1877,  # the file of a table is damaged
    1927,  # the connection was killed
    1932,
    2002,  # not reached
    2003,  # not reached
    2006,  # lost
    LOST,
    2055,  # lost
    3032,  # offline
    3168,  # not available
    3169,  # the connection was killed
    3098,  # a replication group that is switching over
    3100,  # the replication group refused the COMMIT
    3796,  # a member of the replication group that is not part of it; so 3797 to 3799
    3797,
    3798,
    3799,
    4031,  # the connection was idle too long
}
NO_TABLE = 1146  # as while a backup is loaded, or a table is exchanged for a changed one
OF_PROXIES = range(9001, 9100)  # what ProxySQL says of the servers behind it, or their lack
LOST_CODES = {2006, LOST, 2055}
TOO_LARGE = 1153  # a packet beyond max_allowed_packet
TOO_SLOW_CODES = {
    1317,  # an administrator ended the statement
    1969,  # beyond the time limit for a statement, on MariaDB
    3024,  # the same on MySQL
}

BUSY = "No database connection became free in time."

DAMAGED, NO_DATABASE = "database disk image is malformed", "file is not a database"

_AWAY_TEXTS = (
    BUSY,
    "Lost connection",
    "Connection closed",
    "Not connected",
    "Packet sequence",
    "database is locked",
    "unable to open database file",
    "disk I/O error",
    "database or disk is full",
    "attempt to write a readonly database",
    "no such table",
    DAMAGED,
    NO_DATABASE,
)


def is_deadlock(error: BaseException) -> bool:
    """Whether the database gave up on this transaction so that another could go on.

    On SQLite: after the time that one waits for another process to be done.
    """
    if not isinstance(error, OperationalError):
        return False
    return code_of(error) in CONFLICT_CODES or "database is locked" in str(error)


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database cannot be reached or used now."""
    if isinstance(error, DBConnectionError):
        return True
    if not isinstance(error, OperationalError | sqlite3.DatabaseError):
        return False
    cause = error.args[0] if error.args else None
    code = code_of(error)
    if isinstance(cause, OSError) or code in AWAY_CODES or code == NO_TABLE or code in OF_PROXIES:
        return True
    text = str(error)
    return any(sign in text for sign in _AWAY_TEXTS)


def is_busy(error: BaseException) -> bool:
    """Whether every connection of the pool was taken; the database itself may be well."""
    return BUSY in str(error)


def is_damaged(error: BaseException) -> bool:
    """Whether SQLite cannot make sense of its file any more."""
    return any(sign in str(error) for sign in (DAMAGED, NO_DATABASE))


def is_too_large(error: BaseException) -> bool:
    """Whether a statement was larger than the server's ``max_allowed_packet``."""
    return isinstance(error, OperationalError) and code_of(error) == TOO_LARGE


def is_too_slow(error: BaseException) -> bool:
    """Whether a statement was ended because it took longer than the limit for one."""
    if not isinstance(error, OperationalError):
        return False
    return code_of(error) in TOO_SLOW_CODES or str(error) == "interrupted"


def code_of(error: BaseException) -> int | None:
    """Return the number that the server gave an error, the ORM's or the driver's.

    That of an ``OSError`` is the operating system's, which says nothing of the server.
    """
    for found in _causes(error):
        code = found.args[0] if found.args else None
        if isinstance(code, int) and not isinstance(found, OSError):
            return code
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    if error.args and isinstance(error.args[0], Exception):
        yield error.args[0]
