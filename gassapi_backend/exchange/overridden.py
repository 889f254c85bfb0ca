"""Variables of folders that an environment overrides here, though not in the tool they are from."""

from gassapi_backend.exchange.tree import Document, Folder, Note, What
from gassapi_backend.exchange.values import is_on


def overridden(collection: Folder, known: set[str], tool: str) -> list[Note]:
    """Return notes on folders that have variables of the same names as an environment."""
    notes = []
    for folder in collection.folders():
        both = sorted(known & {one["key"] for one in folder.variables if is_on(one)})
        if both and folder is not collection:
            reason = (
                f"in {tool}, a folder's variables override those of the environment, "
                f"here it is the other way round: {', '.join(both)[:200]}"
            )
            pointer = folder.origin.pointer if folder.origin else ""
            notes.append(Note(What.KEPT, "variable", folder.name, pointer, reason))
    return notes


def keys_of(document: Document) -> set[str]:
    """Return the names of the variables that environments have, without those switched off."""
    return {one["key"] for each in document.environments for one in each.variables if is_on(one)}
