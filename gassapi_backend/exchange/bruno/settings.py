"""Converts the settings of a collection (``bruno.json``) to those of OpenCollection."""

from gassapi_backend.exchange.tree import Json
from gassapi_backend.exchange.values import mapping, objects, text_in

Node = dict[str, Json]

_OWN = ("ignore", "presets", "scripts", "openapi")
"""What only Bruno has, and keeps in an OpenCollection as its extension."""
_CERTIFICATES = {
    "cert": ("pem", {"certFilePath": "certificateFilePath", "keyFilePath": "privateKeyFilePath"}),
    "pem": ("pem", {"certFilePath": "certificateFilePath", "keyFilePath": "privateKeyFilePath"}),
    "pfx": ("pkcs12", {"pfxFilePath": "pkcs12FilePath"}),
    "pkcs12": ("pkcs12", {"pfxFilePath": "pkcs12FilePath"}),
}


def with_settings(collection: Node, settings: Node) -> Node:
    """Return a collection in the form of OpenCollection with the settings that say something."""
    config = {name: one for name, one in _config(settings).items() if one}
    own = {name: settings[name] for name in _OWN if settings.get(name)}
    made = {"config": config} if config else {}
    return collection | made | ({"extensions": {"bruno": own}} if own else {})


def _config(settings: Node) -> Node:
    protobuf = mapping(settings.get("protobuf"))
    certificates = mapping(settings.get("clientCertificates"))
    are_on = certificates.get("enabled") is not False
    found = [_certificate(one, is_on=are_on) for one in _all(certificates, "certs")]
    paths = {
        "protoFiles": [{"type": "file", **_path(one)} for one in _all(protobuf, "protoFiles")],
        "importPaths": [_switched(one, _path(one)) for one in _all(protobuf, "importPaths")],
    }
    return {
        "protobuf": {name: one for name, one in paths.items() if one},
        "proxy": _proxy(mapping(settings.get("proxy"))),
        "clientCertificates": [one for one in found if one],
    }


def _path(said: Node) -> Node:
    return {"path": text_in(said.get("path"))}


def _proxy(said: Node) -> Node:
    """Return a proxy of its own; nothing if the one of the application is used, or none."""
    if "config" in said:
        return said if said.get("inherit") is not True else {}
    config = {name: one for name, one in said.items() if name != "enabled"}
    return {"inherit": False, "config": config} if said.get("enabled") is True else {}


def _all(said: Node, name: str) -> list[Node]:
    return [one for _, one in objects(said.get(name))]


def _switched(said: Node, made: Node, *, is_on: bool = True) -> Node:
    is_off = said.get("enabled") is False or said.get("disabled") is True or not is_on
    return made | ({"disabled": True} if is_off else {})


def _certificate(said: Node, *, is_on: bool) -> Node | None:
    """Return a client certificate; ``None`` if it is of no kind that OpenCollection has."""
    kind, names = _CERTIFICATES.get(text_in(said.get("type")) or "cert", ("", {}))
    if not kind:
        return None
    made: Node = {"domain": text_in(said.get("domain")), "type": kind}
    for theirs, name in names.items():
        made[name] = text_in(said.get(theirs))
    if passphrase := text_in(said.get("passphrase")):
        made["passphrase"] = passphrase
    return _switched(said, made, is_on=is_on)
