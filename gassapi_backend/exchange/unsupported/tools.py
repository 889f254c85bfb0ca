"""Tools whose files are not read: their names, and what they export that is."""

from gassapi_backend.exchange.recognition import first_of, is_hurl, keys_of
from gassapi_backend.exchange.sources import Source
from gassapi_backend.exchange.unsupported.looks import Unsupported, any_of, file, key, says, start


def _is_httpie(source: Source) -> bool:
    meta = source.data.get("meta") if isinstance(source.data, dict) else None
    return isinstance(meta, dict) and meta.get("format") == "httpie"


def _first_of_mappings(source: Source) -> set[str]:
    data = source.data
    return keys_of(first_of(data.get("mappings"))) if isinstance(data, dict) else set()


_COMMAND = start(r"\A\s*(?:\$\s+)?(?:https?\s+(?:-\S+\s+)*(?:[A-Z]+\s+)?\S+|wget\s)")
_CURL = start(r"^\s*curl\s")

TOOLS = (
    Unsupported(
        "SoapUI", start(r"<(?:\w+:)?soapui-project\b"),
        "Import the API's OpenAPI document, or the WSDL into Postman, and export it from there.",
    ),
    Unsupported(
        "JMeter", start(r"<jmeterTestPlan\b"),
        "Record its requests as HAR, or write them as cURL commands, and import these.",
    ),
    Unsupported(
        "hurl", is_hurl,
        "Run `hurl --curl requests.txt FILE`, and import the cURL commands that it writes.",
    ),
    Unsupported(
        "Thunder Client",
        any_of(says("clientName", "Thunder Client"), says("client", "Thunder Client"),
             key("colName", "requests"), key("_id", "containerId", "method"),
             file("thunderclient.json", "thundercollection.json", "thunderenvironment.json")),
        "Export the collection from Thunder Client in Postman format, and import that.",
    ),
    Unsupported(
        "HTTPie", _is_httpie, "Copy its requests from HTTPie as cURL, and import these commands.",
    ),
    Unsupported(
        "Apidog", key("apidogProject"),
        "Export the project from Apidog as OpenAPI, and import that.",
    ),
    Unsupported(
        "Apifox", key("apifoxProject"),
        "Export the project from Apifox as OpenAPI, and import that.",
    ),
    Unsupported(
        "Paw (RapidAPI)",
        any_of(file(".paw", ".rapidapi"), start(r"<database\b[^>]*>|LuckMarshal")),
        "Export it from there as HAR, Postman or cURL, and import that.",
    ),
    Unsupported(
        "Advanced REST Client", says("kind", "ARC#"),
        "Copy its requests as cURL, or record them as HAR, and import these.",
    ),
    Unsupported(
        "Talend API Tester", key("entities", "version"),
        "Export it from there as OpenAPI or Postman, and import that.",
    ),
    Unsupported(
        "Restfox", says("exportedFrom", "Restfox"),
        "Copy its requests from Restfox as cURL, and import these commands.",
    ),
    Unsupported(
        "the bruno.json of a collection alone",
        lambda source: says("type", "collection")(source) and key("version", "name")(source),
        "Its requests are in the files beside it: "
        "import the whole folder, or a ZIP archive of it.",
    ),
    Unsupported(
        "Yaak",
        any_of(key("yaakSchema"), key("yaakVersion"), says("model", "http_request"),
               says("model", "workspace")),
        "Copy its requests from Yaak as cURL, and import these commands.",
    ),
    Unsupported(
        "Karate", any_of(file(".feature"), start(r"^\s*Feature:[^\n]*\n(?:.*\n)*?\s*Scenario")),
        "Its requests are steps of a test. Record them as HAR, or write them as cURL commands, "
        "and import these.",
    ),
    Unsupported(
        "k6", start(r"""from\s+["']k6(?:/|["'])"""),
        "It is a program. Import what it was made from (HAR, Postman or OpenAPI), "
        "or record its requests as HAR.",
    ),
    Unsupported(
        "Gatling, Locust or another load test that is a program",
        start(r"^\s*(?:import\s+(?:static\s+)?io\.gatling|from\s+locust\s+import|import\s+locust)"),
        "Import what it was made from (HAR, Postman or OpenAPI), or record its requests as HAR.",
    ),
    Unsupported(
        "Artillery", lambda source: key("config", "scenarios")(source),
        "It is a load test. Import what it was made from (HAR, Postman or OpenAPI).",
    ),
    Unsupported(
        "Tavern", key("test_name", "stages"),
        "It is a test. Import the API's OpenAPI document, or its requests as cURL commands.",
    ),
    Unsupported(
        "Step CI", lambda source: key("tests", "version")(source),
        "It is a test. Import the API's OpenAPI document, or its requests as cURL commands.",
    ),
    Unsupported(
        "Mockoon", key("lastMigration", "routes"),
        "Export the environment from Mockoon as OpenAPI, and import that.",
    ),
    Unsupported(
        "Pact", key("consumer", "provider"),
        "It is a contract of two services. Import the provider's OpenAPI document.",
    ),
    Unsupported(
        "WireMock", lambda source: _first_of_mappings(source) >= {"request", "response"},
        "It describes answers. Import the OpenAPI document or HAR file of the API itself.",
    ),
    Unsupported(
        "YApi", any_of(key("index", "list", "name"), key("__v", "catid", "path")),
        "Export the project from YApi as Swagger JSON (swaggerjson), and import that.",
    ),
    Unsupported(
        "RESTer", key("version", "requests", "history"),
        "Copy its requests from RESTer as cURL, or record them as HAR, and import these.",
    ),
    Unsupported(
        "Charles", any_of(start(r"<charles-session\b"), file(".chls", ".chlsj", ".chlz"),
                         key("protocolVersion", "scheme", "host", "method")),
        "Export the session from Charles as HTTP Archive (.har), and import that.",
    ),
    Unsupported(
        "Burp Suite", start(r"<items\b[^>]*burpVersion"),
        "Copy its requests from there as curl commands, and import these.",
    ),
    Unsupported(
        "a recording of mitmproxy", start(r"\A\d+:\d+:(?:websocket|response|request|version)[;,]"),
        "Run `mitmdump -nr FILE --set hardump=FILE.har`, and import the HAR file.",
    ),
    Unsupported(
        "JavaScript's fetch", start(r"\A\s*(?:await\s+)?fetch\("),
        "In the browser choose “Copy as cURL”, or “Save all as HAR”, and import that.",
    ),
    Unsupported(
        "PowerShell",
        start(r"(?i)^\s*(?:\$\w+\s*=\s*)?(?:Invoke-(?:WebRequest|RestMethod)|iwr|irm)\b"),
        "In the browser choose “Copy as cURL”, or write the requests as cURL commands.",
    ),
    Unsupported(
        "HTTPie or wget",
        lambda source: _COMMAND(source) and not _CURL(source),
        "Write the requests as cURL commands, and import these.",
    ),
)  # fmt: skip
