"""The console's tables of what the server says, in other languages than English."""

import json
import re

from gassapi_backend.console.files import HERE
from gassapi_backend.console.pages import LANGUAGES

TRANSLATED = [language for language in LANGUAGES if language != "en"]


def catalogue(kind: str, language: str, name: str = "sentences") -> dict[str, str]:
    """Return a table of a module: by sentence, or with the name of another table in it."""
    text = (HERE / kind / f"{language}.js").read_text("utf-8")
    body = text.partition(f"export const {name} = ")[2].partition(";\n")[0]
    body = re.sub(r"^  ([A-Za-z_]+):", r'  "\1":', body, flags=re.MULTILINE)
    found: dict[str, str] = json.loads(re.sub(r",\s*}$", "}", body))
    return found
