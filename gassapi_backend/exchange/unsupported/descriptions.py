"""Languages that describe APIs and are not read: their names, and what can be read instead."""

from gassapi_backend.exchange.recognition import keys_of
from gassapi_backend.exchange.unsupported.looks import Unsupported, any_of, file, key, says, start

DESCRIPTIONS = (
    Unsupported(
        "AsyncAPI", key("asyncapi"), "It describes messages, not HTTP requests. "
        "Where the API has HTTP operations too, import their OpenAPI document.",
    ),
    Unsupported(
        "Arazzo", key("arazzo"), "It describes workflows. "
        "Import the OpenAPI document that it names under sourceDescriptions.",
    ),
    Unsupported(
        "an OpenAPI overlay", key("overlay", "actions"),
        "Apply it to its OpenAPI document, and import the result.",
    ),
    Unsupported(
        "WSDL (SOAP)",
        any_of(
            start(r"<(?:\w+:)?definitions\b[^>]*wsdl"), file(".wsdl"), start(r"soap[/-]envelope"),
        ),
        "Import it into Postman, export the collection from there as Collection v2.1, "
        "and import that.",
    ),
    Unsupported(
        "WADL", start(r"<(?:\w+:)?application\b[^>]*wadl"),
        "Convert it to OpenAPI, and import that.",
    ),
    Unsupported(
        "RAML", any_of(start(r"\A\s*#%RAML"), file(".raml")),
        "Export it as OpenAPI (Anypoint's API Designer and webapi-parser can), and import that.",
    ),
    Unsupported(
        "API Blueprint", any_of(start(r"\A\s*FORMAT:\s*1A"), file(".apib")),
        "Convert it to OpenAPI (apib2swagger does), and import that.",
    ),
    Unsupported(
        "a GraphQL schema",
        any_of(
            start(
                r"^\s*(?:extend\s+)?(?:type|input|interface|enum|schema|union)\b"
                r"(?:[^:\n=]|\([^)\n]*\))*(?:\{|=\s*(?:\||\w+\s*$|\w+\s*\|))"
            ),
            start(r"^\s*(?:scalar\s+\w+\s*$|directive\s+@\w+)"),
            key("__schema"), file(".graphqls", ".gql", ".graphql"),
            lambda source: isinstance(source.data, dict)
            and "__schema" in keys_of(source.data.get("data")),
        ),
        "It names no requests. Import a collection with GraphQL requests "
        "(of Postman, Insomnia, Bruno or Hoppscotch), or a HAR file of a browser.",
    ),
    Unsupported(
        "a Google discovery document", says("kind", "discovery#"),
        "Import the API's OpenAPI document instead.",
    ),
    Unsupported(
        "a JSON schema", says("$schema", "json-schema.org"),
        "It describes data, not requests. Import the OpenAPI document that uses it.",
    ),
    Unsupported(
        "Protocol Buffers (gRPC)",
        any_of(
            start(r"^\s*(?:syntax\s*=\s*[\"']proto[23]|edition\s*=\s*[\"']20)"), file(".proto"),
        ),
        "gRPC is not HTTP with JSON. Where it has a gateway, import its OpenAPI document.",
    ),
    Unsupported(
        "Smithy", any_of(key("smithy"), file(".smithy"), start(r"\A\s*\$version:\s*[\"'][12]")),
        "Have `smithy build` write it as OpenAPI (its plugin is named openapi), and import that.",
    ),
    Unsupported(
        "OData", any_of(start(r"<(?:\w+:)?Edmx\b"), key("$Version", "$EntityContainer"),
                       says("$Version", "4.")),
        "Convert its metadata to OpenAPI (odata-openapi3 does), and import that.",
    ),
    Unsupported(
        "TypeSpec", any_of(file(".tsp"), start(r"^\s*import\s+[\"']@typespec/")),
        "Run `tsp compile --emit @typespec/openapi3 .`, and import the OpenAPI document.",
    ),
    Unsupported(
        "Swagger 1", key("swaggerVersion"),
        "Convert it to OpenAPI (swagger-converter makes it Swagger 2.0), and import that.",
    ),
    Unsupported(
        "OpenRPC", key("openrpc"),
        "It describes JSON-RPC, which has one address and no paths. "
        "Import calls of it as cURL commands, or as a HAR file of a browser.",
    ),
)  # fmt: skip
