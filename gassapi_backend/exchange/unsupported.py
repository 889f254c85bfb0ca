"""Formats that are known but not read: refused by name, with advice on what to do instead."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gassapi_backend.exchange.recognition import first_of, is_hurl, keys_of, start_of
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.tree import Unreadable


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A format by name, how it is recognised, and what to do instead, as a sentence."""

    name: str
    looks_so: Callable[[Source], bool]
    advice: str


def _key(*names: str) -> Callable[[Source], bool]:
    """Return whether an object, or the first object of a list, has all of these keys."""
    return lambda source: set(names) <= keys_of(first_of(source.data))


def _start(pattern: str) -> Callable[[Source], bool]:
    found = re.compile(pattern, re.M)
    return lambda source: found.search(start_of(source)[:4_000]) is not None


def _file(*ends: str) -> Callable[[Source], bool]:
    def looks_so(source: Source) -> bool:
        names = [path.lower() for path in source.files] or [source.name.lower()]
        return any(name.endswith(ends) for name in names)

    return looks_so


def _any(*ways: Callable[[Source], bool]) -> Callable[[Source], bool]:
    return lambda source: any(way(source) for way in ways)


def _says(key: str, word: str) -> Callable[[Source], bool]:
    def looks_so(source: Source) -> bool:
        data = first_of(source.data)
        return isinstance(data, dict) and word in str(data.get(key))

    return looks_so


def _is_httpie(source: Source) -> bool:
    meta = source.data.get("meta") if isinstance(source.data, dict) else None
    return isinstance(meta, dict) and meta.get("format") == "httpie"


UNSUPPORTED = (
    Unsupported(
        "AsyncAPI", _key("asyncapi"), "It describes messages, not HTTP requests. "
        "Where the API has HTTP operations too, import their OpenAPI document.",
    ),
    Unsupported(
        "Arazzo", _key("arazzo"), "It describes workflows. "
        "Import the OpenAPI document that it names under sourceDescriptions.",
    ),
    Unsupported(
        "an OpenAPI overlay", _key("overlay", "actions"),
        "Apply it to its OpenAPI document, and import the result.",
    ),
    Unsupported(
        "SoapUI", _start(r"<(?:\w+:)?soapui-project\b"),
        "Import the API's OpenAPI document, or the WSDL into Postman, and export it from there.",
    ),
    Unsupported(
        "WSDL (SOAP)", _any(_start(r"<(?:\w+:)?definitions\b[^>]*wsdl"), _file(".wsdl")),
        "Import it into Postman, export the collection from there as Collection v2.1, "
        "and import that.",
    ),
    Unsupported(
        "WADL", _start(r"<(?:\w+:)?application\b[^>]*wadl"),
        "Convert it to OpenAPI, and import that.",
    ),
    Unsupported(
        "JMeter", _start(r"<jmeterTestPlan\b"),
        "Record its requests as HAR, or write them as cURL commands, and import these.",
    ),
    Unsupported(
        "RAML", _any(_start(r"\A\s*#%RAML"), _file(".raml")),
        "Export it as OpenAPI (Anypoint's API Designer and webapi-parser can), and import that.",
    ),
    Unsupported(
        "API Blueprint", _any(_start(r"\A\s*FORMAT:\s*1A"), _file(".apib")),
        "Convert it to OpenAPI (apib2swagger does), and import that.",
    ),
    Unsupported(
        "a GraphQL schema",
        _any(
            _start(r"^\s*(?:extend\s+)?(?:type|input|interface|enum|schema|union)\b[^:\n]*[{=]\s*$"),
            _key("__schema"), _file(".graphqls", ".gql", ".graphql"),
            lambda source: isinstance(source.data, dict)
            and "__schema" in keys_of(source.data.get("data")),
        ),
        "It names no requests. Import a collection with GraphQL requests "
        "(of Postman, Insomnia, Bruno or Hoppscotch), or a HAR file of a browser.",
    ),
    Unsupported(
        "hurl", is_hurl,
        "Run `hurl --curl requests.txt FILE`, and import the cURL commands that it writes.",
    ),
    Unsupported(
        "Thunder Client",
        _any(_says("clientName", "Thunder Client"), _says("client", "Thunder Client"),
             _key("colName", "requests"), _key("_id", "containerId", "method"),
             _file("thunderclient.json", "thundercollection.json", "thunderenvironment.json")),
        "Export the collection from Thunder Client in Postman format, and import that.",
    ),
    Unsupported(
        "Yaak", _any(_key("yaakSchema"), _key("yaakVersion")),
        "Copy its requests from Yaak as cURL, and import these commands.",
    ),
    Unsupported(
        "HTTPie", _is_httpie, "Copy its requests from HTTPie as cURL, and import these commands.",
    ),
    Unsupported(
        "Apidog", _key("apidogProject"),
        "Export the project from Apidog as OpenAPI, and import that.",
    ),
    Unsupported(
        "Apifox", _key("apifoxProject"),
        "Export the project from Apifox as OpenAPI, and import that.",
    ),
    Unsupported(
        "Paw (RapidAPI)",
        _any(_file(".paw", ".rapidapi"), _start(r"<database\b[^>]*>|LuckMarshal")),
        "Export it from there as HAR, Postman or cURL, and import that.",
    ),
    Unsupported(
        "Advanced REST Client", _says("kind", "ARC#"),
        "Copy its requests as cURL, or record them as HAR, and import these.",
    ),
    Unsupported(
        "Talend API Tester", _key("entities", "version"),
        "Export it from there as OpenAPI or Postman, and import that.",
    ),
    Unsupported(
        "Restfox", _says("exportedFrom", "Restfox"),
        "Copy its requests from Restfox as cURL, and import these commands.",
    ),
    Unsupported(
        "a Google discovery document", _says("kind", "discovery#"),
        "Import the API's OpenAPI document instead.",
    ),
    Unsupported(
        "the bruno.json of a collection alone",
        lambda source: _says("type", "collection")(source) and _key("version", "name")(source),
        "Its requests are in the files beside it: "
        "import the whole folder, or a ZIP archive of it.",
    ),
    Unsupported(
        "a JSON schema", _says("$schema", "json-schema.org"),
        "It describes data, not requests. Import the OpenAPI document that uses it.",
    ),
    Unsupported(
        "Protocol Buffers (gRPC)", _start(r"^\s*syntax\s*=\s*[\"']proto[23]"),
        "gRPC is not HTTP with JSON. Where it has a gateway, import its OpenAPI document.",
    ),
    Unsupported(
        "HTML", _start(r"\A\s*<(?:!doctype html|!DOCTYPE html|html)\b"),
        "This is a web page: save the document itself, not the page that shows it.",
    ),
    Unsupported(
        "XML", _start(r"\A\s*<(?:\?xml|\w+[\s>])"),
        "XML is not read. Export it from its tool as OpenAPI, Postman or HAR, and import that.",
    ),
)  # fmt: skip


def refuse_unsupported(source: Source) -> None:
    """Raise ``Unreadable`` for a document of a format that is known but not read here."""
    for one in UNSUPPORTED:
        if one.looks_so(source):
            raise Unreadable(f"This is {one.name}, which is not read here. {one.advice}")
