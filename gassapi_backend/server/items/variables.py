"""Variables of environments and collections as stored, shown and written: secret ones sealed.

Stored they are JSON objects of ``key, value, description?, enabled, secret``. A secret one has no
``value``; it has ``sealed`` instead, or neither where its value is empty.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import orjson

from gassapi_backend.server.errors import Conflict, Invalid, Unavailable
from gassapi_backend.settings import SettingsError
from gassapi_backend.vault import Vault, key_id_of, sealed_length

MASK = "••••"
MAX_VARIABLES = 1000
MAX_SIZE = 500_000  # bytes of JSON, with secret values decrypted

Stored = dict[str, Any]


class Sent(Protocol):
    """A variable that somebody sent."""

    key: str
    value: str
    description: str | None
    enabled: bool
    secret: bool


def masked(variables: Iterable[Stored]) -> list[Stored]:
    """Return stored variables with a mask in place of each secret value."""
    return [_shown(variable, MASK if "sealed" in variable else "") for variable in variables]


def revealed(vault: Vault, owner_id: str, variables: Iterable[Stored]) -> list[Stored]:
    """Return stored variables with their secret values. Raises ``Conflict`` for a lost key."""
    return [_shown(item, _opened(vault, owner_id, item)) for item in variables]


def plain_values(
    variables: str, *, vault: Vault | None = None, owner_id: str = ""
) -> dict[str, str]:
    """Return the values of the enabled variables of something stored, by key.

    The secret ones are among them if there is a ``vault``. Raises ``Conflict`` for a lost key.
    """
    found: dict[str, str] = {}
    for variable in orjson.loads(variables):
        if not variable.get("enabled", True):
            continue
        if not variable.get("secret", False):
            found[variable["key"]] = variable["value"]
        elif vault is not None:
            found[variable["key"]] = _opened(vault, owner_id, variable)
    return found


def secret_keys(variables: Iterable[Stored]) -> list[str]:
    """Return the keys of the variables that have a secret value."""
    return [variable["key"] for variable in variables if "sealed" in variable]


def check_keys(sent: Sequence[Sent]) -> None:
    """Raise ``Invalid`` for a key that occurs twice."""
    seen: set[str] = set()
    for number, variable in enumerate(sent):
        if variable.key in seen:
            raise Invalid.field(f"variables.{number}.key", "The key is there more than once.")
        seen.add(variable.key)


def to_store(
    vault: Vault, owner_id: str, sent: Sequence[Sent], before: Iterable[Stored] = ()
) -> list[Stored]:
    """Return what to store for the variables that were sent, ``before`` being stored now.

    A mask keeps the secret value of that key. Raises ``Invalid`` where there is none, where a mask
    would become the value of a variable that is not secret, and for too much altogether;
    ``Unavailable`` while the secret key cannot be read. Call it inside the change.
    """
    check_keys(sent)
    old = {variable["key"]: variable for variable in before}
    _check_size(sent, old)
    return [
        _to_store(vault, owner_id, f"variables.{number}.value", variable, old)
        for number, variable in enumerate(sent)
    ]


def moved(vault: Vault, source_id: str, target_id: str, variables: list[Stored]) -> list[Stored]:
    """Return something's variables as another one stores them: sealed anew, for that place.

    Raises ``Conflict`` for a lost key.
    """
    return [
        {**item, "sealed": _sealed(vault, target_id, item["key"], _opened(vault, source_id, item))}
        if "sealed" in item
        else item
        for item in variables
    ]


def resealed(vault: Vault, owner_id: str, variables: list[Stored]) -> tuple[list[Stored], int]:
    """Return variables sealed with the key in force, and how many were not; lost ones stay."""
    found, count = [], 0
    for item in variables:
        if is_outdated(vault, item) and (plain := _tried(vault, owner_id, item)) is not None:
            item = {**item, "sealed": _sealed(vault, owner_id, item["key"], plain)}
            count += 1
        found.append(item)
    return found, count


def is_outdated(vault: Vault, variable: Stored) -> bool:
    """Whether a variable is sealed with another key than the one in force."""
    return "sealed" in variable and key_id_of(variable["sealed"]) != vault.current


def is_lost(vault: Vault, owner_id: str, variable: Stored) -> bool:
    """Whether no key that is known opens a variable."""
    return "sealed" in variable and _tried(vault, owner_id, variable) is None


def _shown(variable: Stored, value: str) -> Stored:
    if not variable.get("secret", False):
        return variable
    shown: Stored = {"key": variable["key"], "value": value}
    if "description" in variable:
        shown["description"] = variable["description"]
    has_value = "sealed" in variable
    return shown | {"enabled": variable.get("enabled", True), "secret": True, "hasValue": has_value}


def _to_store(
    vault: Vault, owner_id: str, field: str, sent: Sent, old: dict[str, Stored]
) -> Stored:
    stored: Stored = {"key": sent.key}
    if not sent.secret:
        if sent.value == MASK:
            raise Invalid.field(
                field, "This is only the mask. Reveal the secret value first, or send another."
            )
        stored["value"] = sent.value
    if sent.description is not None:
        stored["description"] = sent.description
    stored |= {"enabled": sent.enabled, "secret": sent.secret}
    if sent.secret and sent.value:
        stored["sealed"] = _kept_or_sealed(vault, owner_id, field, sent, old.get(sent.key))
    return stored


def _kept_or_sealed(vault: Vault, owner_id: str, field: str, sent: Sent, old: Stored | None) -> str:
    before = old and old.get("sealed")
    if sent.value == MASK:
        if before is None:
            raise Invalid.field(field, "There is no secret value of this key to keep. Send one.")
        return str(before)
    if before and vault.open(before, _context(owner_id, sent.key)) == sent.value:
        return str(before)  # the same value: nothing changes
    return _sealed(vault, owner_id, sent.key, sent.value)


def _check_size(sent: Sequence[Sent], old: dict[str, Stored]) -> None:
    size = 0
    for variable in sent:
        kept = variable.secret and variable.value == MASK
        size += len(orjson.dumps(["" if kept else variable.value, variable.description]))
        size += len(variable.key) + len('{"key":"","value":,"description":,"enabled":true},')
        if kept:
            size += sealed_length(old.get(variable.key, {}).get("sealed", ""))
    if size > MAX_SIZE:
        raise Invalid.field("variables", f"They are larger than {MAX_SIZE // 1000} KB.")


def _opened(vault: Vault, owner_id: str, variable: Stored) -> str:
    value = _tried(vault, owner_id, variable)
    if value is None:
        key = variable["key"]
        raise Conflict(
            f"The secret value of {key} cannot be decrypted: the server does not have the key "
            "it was encrypted with. Put that key back (gassapi-backend doctor says more), or enter "
            "a new value.",
            details={"variable": key, "environmentId": owner_id},
        )
    return value


def _tried(vault: Vault, owner_id: str, variable: Stored) -> str | None:
    sealed = variable.get("sealed")
    return vault.open(sealed, _context(owner_id, variable["key"])) if sealed else ""


def _sealed(vault: Vault, owner_id: str, key: str, value: str) -> str:
    try:
        return vault.seal(value, _context(owner_id, key))
    except SettingsError:
        raise Unavailable(
            "The server's secret key cannot be read: no secret value can be written now. "
            "Tell your operator.",
            retry_after=60,
        ) from None


def _context(owner_id: str, key: str) -> str:
    return f"variable {owner_id} {key}"
