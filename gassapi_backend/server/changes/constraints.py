"""What the database itself refuses to have written, in a sentence, by the constraint's name.

SQLite names the columns of a constraint, the others its index, MySQL with the table before it. What
is not listed here is a mistake of this program: it stays an unexpected error.
"""

import re

from tortoise.exceptions import IntegrityError

from gassapi_backend.server.errors import Conflict, Failure

_ADDRESS_TAKEN = "There is already an account with this e-mail address."
_COLLECTION_TAKEN = "A collection of that name is already here. Choose another name."
_ENVIRONMENT_TAKEN = "This project has an environment of that name already."

SENTENCES = {
    "users.email_key": _ADDRESS_TAKEN,
    "email_key": _ADDRESS_TAKEN,
    "collections.sibling_of, collections.name_hash": _COLLECTION_TAKEN,
    "uid_collections_sibling_8d97d6": _COLLECTION_TAKEN,
    "environments.project_id, environments.name_hash": _ENVIRONMENT_TAKEN,
    "uid_environment_project_21fb5d": _ENVIRONMENT_TAKEN,
}
"""By the columns, as SQLite names them, and by the index, as the others do."""

_NAMES = (
    re.compile(r"^UNIQUE constraint failed: (?P<name>[\w., ]+)$"),
    re.compile(r"for key '(?:\w+\.)?(?P<name>\w+)'$"),  # after any value that somebody sent
)


def refusal_of(error: IntegrityError) -> Failure | None:
    """Return what to tell whoever caused this; ``None`` for what nobody should be able to cause."""
    sentence = SENTENCES.get(constraint_of(error) or "")
    return Conflict(sentence) if sentence else None


def constraint_of(error: IntegrityError) -> str | None:
    """Return the name of the unique constraint that a statement broke; ``None`` for others."""
    cause = error.args[0] if error.args else None
    text = str(cause.args[-1]) if isinstance(cause, Exception) and cause.args else str(error)
    for pattern in _NAMES:
        if found := pattern.search(text):
            return found["name"]
    return None
