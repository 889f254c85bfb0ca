"""Removes secret values from originals: what is kept unencrypted must not reveal any."""

from collections.abc import Iterable

from gassapi_backend.exchange.tree import Json, Node, Request, Variable

_VAULT = "vault."
"""What Insomnia's templates put before the name of a secret."""


def conceal(node: Node) -> None:
    """Empty the values of secret variables in a node's original and in its base.

    In the original, that is every text equal to the value that is beside the variable's key, or
    under it. The node itself keeps its values.
    """
    if isinstance(node, Request) or node.origin is None:
        return
    secrets = {one["key"]: one["value"] for one in node.variables if _is_secret(one)}
    if secrets:
        secrets |= {key.removeprefix(_VAULT): value for key, value in secrets.items()}
        node.origin.original = _without(node.origin.original, secrets)
        node.origin.base["variables"] = concealed(node.origin.base.get("variables", []))


def concealed(variables: Iterable[Variable]) -> list[Variable]:
    """Return variables, with the values of secret ones emptied."""
    return [{**one, "value": ""} if one.get("secret") else one for one in variables]


def _is_secret(variable: Variable) -> bool:
    return bool(variable.get("secret") and variable.get("key") and variable.get("value"))


def _without(value: Json, secrets: dict[str, str]) -> Json:
    if isinstance(value, list):
        return [_without(one, secrets) for one in value]
    if not isinstance(value, dict):
        return value
    beside = {secrets[one] for one in value.values() if isinstance(one, str) and one in secrets}
    return {
        key: ""
        if isinstance(one, str) and (one in beside or one == secrets.get(key))
        else _without(one, secrets)
        for key, one in value.items()
    }
