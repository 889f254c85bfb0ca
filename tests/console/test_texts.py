"""The texts of the console: complete in each language, with the same to fill in."""

import json
import re
from pathlib import Path

from gassapi_backend.console.files import HERE
from gassapi_backend.console.pages import LANGUAGES

TEXTS = HERE / "texts"


def read(language: str) -> dict[str, str]:
    """Return the texts of a language by their dotted keys."""
    text = (TEXTS / f"{language}.js").read_text("utf-8")
    body = text[text.index("export default") + len("export default") :].strip().rstrip(";")
    body = re.sub(r"^\s*//.*$", "", body, flags=re.MULTILINE)
    body = re.sub(r"([{,]\s*)([A-Za-z_]\w*|\d+):(?=\s)", r'\1"\2":', body)
    body = re.sub(r",(\s*})", r"\1", body)
    return dict(flat("", json.loads(body)))


def flat(path: str, found: object) -> list[tuple[str, str]]:
    """Return what is in nested texts, each with its path."""
    if isinstance(found, dict):
        return [
            pair
            for key, value in found.items()
            for pair in flat(f"{path}.{key}".lstrip("."), value)
        ]
    assert isinstance(found, str), path
    return [(path, found)]


def test_each_language_is_a_file_that_the_server_knows() -> None:
    assert {path.stem for path in TEXTS.glob("*.js")} == set(LANGUAGES)


def test_all_languages_have_the_same_texts_with_the_same_to_fill_in() -> None:
    english = read("en")
    for language in LANGUAGES:
        found = read(language)
        assert found.keys() == english.keys(), language
        for key, text in found.items():
            assert text.strip(), key
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


def test_every_text_that_a_module_names_is_there_and_each_is_named() -> None:
    keys = set(read("en"))
    groups = {".".join(key.split(".")[:-1]) for key in keys}  # what several forms are for
    named: set[str] = set()
    begun: set[str] = set()
    for path in sorted(Path(HERE).rglob("*.js")):
        if path.parent.name != "texts" and path.name != "vendor.js":
            text = path.read_text("utf-8")
            named |= set(re.findall(r'"(\w+(?:\.\w+)+)"', text))
            begun |= set(re.findall(r"`(\w+\.(?:\w+\.)*)\w*\${", text))
    for path in sorted(Path(HERE).glob("*.py")):  # what the page says before its modules are there
        named |= set(re.findall(r"""words\[["'](\w+\.\w+)["']\]""", path.read_text("utf-8")))
    used = {key for key in named if key.split(".")[0] in {key.split(".")[0] for key in keys}}
    assert used - keys - groups == set()
    unused = {
        key
        for key in keys
        if not {key, key.rpartition(".")[0]} & used and not key.startswith(tuple(begun))
    }
    assert unused == set()
