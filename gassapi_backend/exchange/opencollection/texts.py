"""Where OpenCollection wants text."""

from gassapi_backend.exchange.spelling import Texts

TEXTS = Texts(
    keys=frozenset({
        "name", "value", "url", "method", "data", "code", "script", "description", "content",
        "docs", "filePath", "contentType", "summary", "query", "variables", "title", "expression",
        "operator", "statusText", "type", "auth",
    }),
    inside=frozenset({"auth"}),
    free=frozenset({"extensions", "settings", "proxy", "protobuf", "clientCertificates"}),
    others=frozenset({
        "disabled", "selected", "secret", "includeBodyHash", "autoFetchToken", "autoRefreshToken",
    }),
)  # fmt: skip
