"""Reads and writes Insomnia's environments, whose data may be nested or a list of pairs."""

import base64
import hashlib

from gassapi_backend.exchange.insomnia.data import is_nested, read_data, write_data
from gassapi_backend.exchange.insomnia.templates import read_text, write_text
from gassapi_backend.exchange.loading import json_text
from gassapi_backend.exchange.loading.json_text import parse_json
from gassapi_backend.exchange.tree import Json, Note, Unreadable, Variable, What
from gassapi_backend.exchange.values import is_on, listed, mapping, objects, text_in

Node = dict[str, Json]

NESTED = (
    "nested values became variables with a path for a name (a.b, a[0]); "
    "their original is kept, and comes back when exporting to Insomnia"
)
VAULT = "vault."
"""The prefix of the names of variables that are secrets in the vault."""
_VAULT = ("vault", "__insomnia_vault")


def read_variables(said: Node, name: str, pointer: str) -> tuple[list[Variable], list[Note]]:
    """Return the variables of an environment or folder in version 5, and notes."""
    notes = []
    if is_pairs(said):
        variables = _read_pairs(said)
        nested = any(one.get("type") == "json" for _, one in objects(said.get("kvPairData")))
    else:
        data = {key: one for key, one in mapping(said.get("data")).items() if key not in _VAULT}
        variables, nested = read_data(data), is_nested(data)
        for key in _VAULT:
            vault = mapping(mapping(said.get("data")).get(key))
            variables += [_secret(one, value) for one, value in vault.items()]
    if nested:
        notes.append(Note(What.KEPT, "environment", name, pointer, NESTED))
    if any(one["secret"] and not one["value"] for one in variables):
        reason = "secrets of Insomnia's vault are encrypted for it alone: set their values here"
        notes.append(Note(What.KEPT, "environment", name, pointer, reason))
    return variables, notes


def of_folder(said: Node) -> Node:
    """Return the environment that a folder has, in the form of one by itself."""
    pairs = {name: said[name] for name in ("kvPairData", "environmentType") if name in said}
    return {"data": said.get("environment")} | pairs


def is_pairs(said: Node) -> bool:
    """Whether an environment is kept as a list of pairs, which Insomnia makes its data from."""
    if said.get("environmentType") == "json":
        return False
    return said.get("environmentType") == "kv" or bool(listed(said.get("kvPairData")))


def _read_pairs(said: Node) -> list[Variable]:
    variables: list[Variable] = []
    for _, pair in objects(said.get("kvPairData")):
        name = text_in(pair.get("name"))
        if name and pair.get("type") == "secret":
            variables.append(_secret(name, pair.get("value")) | {"enabled": _is_pair_on(pair)})
        elif name and _is_pair_on(pair):
            variables += read_data({name: _value_of(pair)})
        elif name:
            variables.append(
                {"key": name, "value": _text_of_pair(pair), "enabled": False, "secret": False}
            )
    return variables


def _is_pair_on(pair: Node) -> bool:
    return pair.get("enabled") is not False


def _value_of(pair: Node) -> Json:
    """Return the value of a pair in the data of its environment."""
    text = text_in(pair.get("value"))
    if pair.get("type") == "json" and isinstance(data := _parsed(text), (dict, list)):
        return data
    return text


def _text_of_pair(pair: Node) -> str:
    return read_text(text_in(pair.get("value")))


def _secret(name: str, value: Json) -> Variable:
    """Return a secret of the vault, with its name in templates.

    It has a value only if that was written by hand: Insomnia's own values are encrypted.
    """
    text = text_in(value)
    shown = "" if _is_encrypted(text) else text
    return {"key": f"{VAULT}{name}", "value": shown, "enabled": True, "secret": True}


def _is_encrypted(text: str) -> bool:
    """Whether a value of the vault is as Insomnia writes it: JSON in Base64, with these keys."""
    try:
        said = parse_json(base64.b64decode(text, validate=True).decode())[0]
    except (ValueError, Unreadable):
        return False
    return {"iv", "t", "d"} <= set(mapping(said))


def _parsed(text: str) -> Json:
    try:
        return parse_json(text)[0]
    except Unreadable:
        return None


def write_variables(
    variables: list[Variable], base: list[Variable], said: Node
) -> tuple[Node, list[str]]:
    """Return variables in the form of an environment, and the keys that it cannot have.

    Disabled variables need a list of pairs; if there is none, it is created, provided that all
    variables can be pairs.
    """
    if is_pairs(said):
        return _write_pairs(variables, base, said)
    off = [one for one in variables if not is_on(one)]
    if (
        off
        and "data" not in said
        and not any(_is_path(text_in(one.get("key"))) for one in variables)
    ):
        return _write_pairs(variables, base, said)
    hidden = {one["key"] for one in base if one.get("secret") and not one.get("value")}
    shown = [one for one in variables if is_on(one) and one["key"] not in hidden]
    data, left_out = write_data(
        shown, [one for one in base if one["key"] not in hidden], said.get("data")
    )
    return {"data": data}, left_out + [one["key"] for one in off]


def _is_path(key: str) -> bool:
    return "." in key or "[" in key or key.startswith("$")


def _write_pairs(
    variables: list[Variable], base: list[Variable], said: Node
) -> tuple[Node, list[str]]:
    """Return pairs, and the data that Insomnia makes from the enabled ones."""
    originals = listed(said.get("kvPairData"))
    before = {
        text_in(pair.get("name")): _value_of(pair)
        for _, pair in objects(originals)
        if _is_pair_on(pair) and pair.get("type") != "secret"
    }
    secrets = {one["key"] for one in base if one.get("secret") and not one.get("value")}
    shown = [one for one in variables if one["key"] not in secrets]
    data, left_out = write_data(
        [one for one in shown if is_on(one)], [one for one in base if is_on(one)], before
    )
    off = {one["key"]: write_text(text_in(one.get("value"))) for one in shown if not is_on(one)}
    kept = {one["key"]: text_in(one.get("value")) for one in variables if one["key"] in secrets}
    pairs = [
        written
        for pair in originals
        if (written := _pair_written(pair, data, before, off, kept)) is not None
    ]
    seen = {text_in(mapping(pair).get("name")) for pair in pairs}
    new = {name: value for name, value in data.items() if name not in seen}
    pairs += [_new_pair(name, value, is_on=True) for name, value in new.items()]
    pairs += [_new_pair(name, off[name], is_on=False) for name in off if name not in seen]
    return {"data": data, "kvPairData": pairs, "environmentType": "kv"}, left_out


def _pair_written(pair: Json, data: Node, before: Node, off: Node, kept: dict[str, str]) -> Json:
    """Return a pair with its edits; ``None`` if it was deleted."""
    name = text_in(mapping(pair).get("name"))
    if not name:
        return pair
    if pair.get("type") == "secret":
        value = kept.get(f"{VAULT}{name}")
        return None if value is None else pair | ({"value": value} if value else {})
    if name in data:
        written = pair if _is_pair_on(pair) else pair | {"enabled": True}
        unchanged = _is_pair_on(pair) and before.get(name) == data[name]
        return written if unchanged else written | _value_and_type(data[name])
    if name in off:
        text = {} if _text_of_pair(pair) == read_text(off[name]) else {"value": off[name]}
        return pair | text | ({"enabled": False} if _is_pair_on(pair) else {})
    return None


def _value_and_type(value: Json) -> Node:
    if isinstance(value, str):
        return {"value": value, "type": "str"}
    return {"value": json_text(value), "type": "json"}


def _new_pair(name: str, value: Json, *, is_on: bool) -> Node:
    made = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return {"id": f"envPair_{made}", "name": name, **_value_and_type(value), "enabled": is_on}
