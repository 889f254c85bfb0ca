"""Failures in sentences."""

import sqlite3

from tortoise.exceptions import BaseORMException, ValidationError

from gassapi_backend.database.migrations import MigrationError
from gassapi_backend.database.reasons import explain
from gassapi_backend.logs import redacted
from gassapi_backend.server.errors import Failure
from gassapi_backend.settings import SettingsError, load


def sentence(error: Exception) -> str:
    """Return what went wrong, for somebody who has never seen the code."""
    from asyncmy.errors import MySQLError  # a driver that a server on SQLite never loads

    if isinstance(error, Failure):
        details = error.details if isinstance(error.details, list) else []
        reasons = [f"{detail['field']}: {detail['reason']}" for detail in details]
        return "\n".join(reasons) or error.message
    if isinstance(error, (SettingsError, MigrationError)):
        return str(error)
    if isinstance(error, ValidationError):  # of a model: no fault of the database
        return redacted(f"It cannot be stored: {error}.")
    if isinstance(error, (BaseORMException, MySQLError, sqlite3.Error)):
        return redacted(explain(error, load()))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    if isinstance(error, UnicodeError):
        return "Something that was given is not valid UTF-8."
    return redacted(
        f"{type(error).__name__}: {error}\n"
        "This should not happen. GASSAPI_LOG_LEVEL=debug shows where it did."
    )
