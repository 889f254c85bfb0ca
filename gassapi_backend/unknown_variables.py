"""Environment variables that begin as settings do but are none: most are misspelled."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping

from gassapi_backend.settings import PREFIX, Settings

_OTHERS = re.compile(r"GASSAPI_(?:TEST_\w*|TOKEN(?:_\w+)?|AUTH)")
"""Of the tests, and of the configurations of MCP clients."""

_KUBERNETES = re.compile(
    r"GASSAPI_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)"
)
"""What Kubernetes tells every container of a service that is named ``gassapi`` or ``gassapi-…``."""

_KUBERNETES_ADDRESS = re.compile(r"(?:tcp|udp|sctp)://")


def unknown_variables(environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Yield a sentence for each variable that is not a setting, with the one that may be meant."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and not _is_known(name, environment[name], known):
            near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), known, n=1)
            hint = f" Did you mean {PREFIX}{near[0]}?" if near else ""
            yield f"{name} is not a setting.{hint}"


def _is_known(name: str, value: str, known: list[str]) -> bool:
    if (
        name.upper().removeprefix(PREFIX) in known
        or _OTHERS.fullmatch(name)
        or _KUBERNETES.fullmatch(name)
    ):
        return True
    return name.endswith("_PORT") and _KUBERNETES_ADDRESS.match(value) is not None
