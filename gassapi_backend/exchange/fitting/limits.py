"""How much of each thing a project can hold; the numbers are those of the HTTP contract."""

from dataclasses import dataclass

KB = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in characters, bytes of JSON text, or entries.

    ``items`` counts collections, requests and environments together; ``depth`` counts the levels of
    collections, of which ``above`` already exist above the place of the import.
    """

    items: int = 20_000
    depth: int = 12
    above: int = 0
    name: int = 255
    environment_name: int = 100
    description: int = 100_000
    short_description: int = 500
    url: int = 8_000
    purpose: int = 2_000
    headers: int = 50
    variables: int = 1_000
    variable_key: int = 255
    headers_bytes: int = 10 * KB
    auth_bytes: int = 10 * KB
    fields_bytes: int = 100 * KB
    body_bytes: int = 500 * KB
    examples_bytes: int = 500 * KB
    variables_bytes: int = 500 * KB


LIMITS = Limits()
