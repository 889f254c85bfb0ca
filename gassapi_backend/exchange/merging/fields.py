"""Three-way merging of the fields of a collection, a request and an environment."""

from collections.abc import Iterable

from gassapi_backend.exchange.merging.bodies import entry_key, name_of, settle_body
from gassapi_backend.exchange.merging.settling import Keyed, Settling, keyed, same, whole
from gassapi_backend.exchange.merging.urls import renamed_parameters, settle_url
from gassapi_backend.exchange.tree import Folder, Json, Node, Request, Variable, base_of

_WHOLE = ("name", "method", "description", "purpose")
_DOCUMENTED = ("request_params", "response_schema", "header_docs")
_LABELS = {
    "request_params": "the parameters' documentation",
    "response_schema": "the responses' schema",
    "header_docs": "the headers' documentation",
}


def settle_request(
    settling: Settling, base: dict[str, Json], ours: Request, theirs: Request
) -> dict[str, Json]:
    """Return the fields of ours that become others, with their values."""
    base = {**base_of(Request("")), **base}
    found: dict[str, Json] = {}
    for name in _WHOLE + _DOCUMENTED:
        versions = base[name], getattr(ours, name), getattr(theirs, name)
        found[name] = settling.settle(_LABELS.get(name, name), *versions)
    found["auth"] = _settle_auth(settling, base["auth"], ours.auth, theirs.auth)
    found["url"] = settle_url(settling, base["url"], ours.url, theirs.url)
    found["headers"] = settle_headers(settling, base["headers"], ours.headers, theirs.headers)
    found["params"] = _settle_params(settling, base, ours, theirs, str(found["url"]))
    found["body_type"], found["body"] = settle_body(
        settling,
        (base["body_type"], base["body"]),
        (ours.body_type, ours.body),
        (theirs.body_type, theirs.body),
    )
    found["examples"] = settling.settle_list(
        (base["examples"], ours.examples, theirs.examples),
        _example_key,
        lambda one: f"example {_example_key(one)}",
        name="examples",
        by_property=False,
    )
    return _changed(ours, found)


def settle_folder(
    settling: Settling, base: dict[str, Json], ours: Folder, theirs: Folder
) -> dict[str, Json]:
    """Return the fields of ours that become others, with their values."""
    base = {**base_of(Folder("")), **base}
    found: dict[str, Json] = {
        name: settling.settle(name, base[name], getattr(ours, name), getattr(theirs, name))
        for name in ("name", "description")
    }
    found["auth"] = _settle_auth(settling, base["auth"], ours.auth, theirs.auth)
    found["headers"] = settle_headers(settling, base["headers"], ours.headers, theirs.headers)
    found["variables"] = settle_variables(
        settling, base["variables"], ours.variables, theirs.variables
    )
    return _changed(ours, found)


def settle_headers(settling: Settling, *versions: Json) -> list[Json]:
    """Return headers, matched by their names regardless of case."""
    return settling.settle_list(
        versions,
        lambda one: entry_key(one).lower(),
        lambda one: f"header {name_of(one)}",
        name="headers",
    )


def settle_variables(
    settling: Settling, base: Json, ours: list[Variable], theirs: list[Variable]
) -> list[Variable]:
    """Return variables; those that exist here keep their values and stay secret if they were."""
    b, o, t = (keyed(one, entry_key) for one in (_listed(base), ours, _listed(theirs)))
    _note_values(settling, b, o, t)
    before = [_with_value_of(one, o.get(key), is_kept=key in t) for key, one in b.items()]
    wanted = [_with_value_of(one, o.get(key)) for key, one in t.items()]
    return settling.settle_list(
        (before, ours, wanted),
        entry_key,
        lambda one: f"variable {name_of(one)}",
        name="variables",
    )


def _note_values(settling: Settling, base: Keyed, ours: Keyed, theirs: Keyed) -> None:
    """Remember the variables whose value changed in the source, but stays as it is here."""
    for key, one in theirs.items():
        before, here = base.get(key), ours.get(key)
        if not (isinstance(before, dict) and isinstance(here, dict) and isinstance(one, dict)):
            continue
        is_new = one.get("value") not in (before.get("value"), here.get("value"))
        if is_new and not (here.get("secret") or one.get("secret")):
            settling.values.append(name_of(one))


def _with_value_of(one: Variable, ours: Variable | None, *, is_kept: bool = True) -> Variable:
    """Return a variable with our value, so that the value needs no settling.

    A secret value cannot be compared: if the source no longer has it, it is taken to be edited.
    """
    if ours is None or not isinstance(one, dict):
        return one
    if not is_kept:
        return {**one, "value": None} if ours.get("secret") else one
    secret = {"secret": True} if ours.get("secret") else {}
    return {**one, "value": ours.get("value", ""), **secret}


def _settle_auth(settling: Settling, *versions: Json) -> Json:
    inherited = [None if one == {"type": "inherit"} else one for one in versions]
    settled = settling.settle("auth", *inherited)
    return versions[1] if same(settled, inherited[1]) else settled


def _settle_params(
    settling: Settling, base: dict[str, Json], ours: Request, theirs: Request, url: str
) -> list[Json]:
    """Return parameters; those of the path are compared by the names that the settled URL gives."""
    before = str(base["url"])
    versions = ((base["params"], before), (ours.params, ours.url), (theirs.params, theirs.url))
    named = []
    for params, own in versions:
        names = {**renamed_parameters(before, url), **renamed_parameters(own, url)}
        named.append(_with_names(params, names) if names else params)
    return settling.settle_list(named, _parameter_key, _parameter_label, name="parameters")


def _with_names(params: Json, names: dict[str, str]) -> list[Json]:
    return [
        {**one, "key": names.get(name_of(one), one["key"])}
        if isinstance(one, dict) and one.get("in") == "path" and "key" in one
        else one
        for one in _listed(params)
    ]


def _parameter_key(one: Json) -> tuple[str, str]:
    return _place(one), entry_key(one)


def _parameter_label(one: Json) -> str:
    return f"{_place(one)} parameter {name_of(one)}"


def _place(one: Json) -> str:
    return str(one.get("in", "query")) if isinstance(one, dict) else "query"


def _example_key(one: Json) -> str:
    return str(one.get("name", "")) if isinstance(one, dict) else repr(one)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _changed(ours: Node, found: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in found.items() if not same(getattr(ours, name), value)}


def is_edited(node: Node, base: dict[str, Json], *, ignored: Iterable[str] = ()) -> bool:
    """Whether a node differs from what was imported."""
    now = base_of(node)
    before = {**now, **base}
    return any(
        not same(_plain(before[name]), _plain(now[name])) for name in now if name not in ignored
    )


def _plain(value: Json) -> Json:
    """Return a value whose entries have their defaults filled in."""
    return [whole(one) for one in value] if isinstance(value, list) else value
