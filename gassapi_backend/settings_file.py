"""Writing the settings file, with the operator's comments left in place."""

from pathlib import Path
from typing import Any

import tomlkit

from gassapi_backend.private_files import write_private
from gassapi_backend.settings import SettingsError, read_file


def change_file(path: Path, changes: dict[str, Any]) -> None:
    """Set the given settings in a file that only its owner can read; ``None`` removes one.

    Raises ``SettingsError`` when the file there is not a settings file or cannot be written.
    """
    read_file(path)
    document = tomlkit.parse(path.read_text("utf-8-sig")) if path.exists() else tomlkit.document()
    for name, value in changes.items():
        if value is None:
            document.pop(name, None)
        else:
            document[name] = value
    try:
        write_private(path, tomlkit.dumps(document))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror}).") from None
