"""What every response says of itself, and which encodings a request takes."""

SERVER = "gassapi"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}


def takes_encoding(accepted: str, name: str) -> bool:
    """Whether ``Accept-Encoding`` allows an encoding other than ``identity`` (RFC 9110, 12.5.3).

    A weight of 0, or one that is none, forbids it. ``*`` is for those that are not named.
    """
    found = weights(accepted)
    return found.get(name, found.get("*", 0.0)) > 0


def weights(accepted: str) -> dict[str, float]:
    """Return what a header like ``Accept`` names, each with its weight (RFC 9110, 12.4.2).

    In lower case and in the header's order. Where the weight is no number it is 0.
    """
    found = {}
    for item in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        found[name] = min(map(_weight, parameters), default=1.0)
    return found


def _weight(parameter: str) -> float:
    key, _, value = parameter.partition("=")
    try:
        return float(value) if key.strip() == "q" else 1.0
    except ValueError:
        return 0.0
