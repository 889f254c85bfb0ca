"""What an import needs from the program that it runs in, and what it tells children about it."""

from dataclasses import dataclass

from gassapi_backend.exchange.child.running import Children
from gassapi_backend.exchange.tree import Json
from gassapi_backend.server.importing.children import Document
from gassapi_backend.server.importing.schemas import ImportOptions
from gassapi_backend.settings import Settings
from gassapi_backend.vault import Vault


@dataclass(frozen=True, slots=True)
class Importing:
    """Children to read documents in, settings, and what seals secret values."""

    children: Children
    settings: Settings
    vault: Vault

    def document(self, content: bytes) -> Document:
        """Return a document to be read, for ``async with``."""
        return Document(self.children, content)


def read_options(
    wanted: ImportOptions, name: str, settings: Settings, above: int
) -> dict[str, Json]:
    """Return what a child needs to read a document that goes below so many collections."""
    return {
        "name": name,
        "format": wanted.format,
        "maxBytes": settings.import_max_mb * 1_000_000,
        "limits": {"items": settings.import_max_items, "above": above},
    }
