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
    weights = {}
    for item in accepted.lower().split(","):
        coding, *parameters = (part.strip() for part in item.split(";"))
        weights[coding] = all(_is_wanted(parameter) for parameter in parameters)
    return weights.get(name, weights.get("*", False))


def _is_wanted(parameter: str) -> bool:
    key, _, value = parameter.partition("=")
    try:
        return key.strip() != "q" or float(value) > 0
    except ValueError:
        return False
