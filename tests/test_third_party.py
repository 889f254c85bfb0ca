"""Packages that are loaded late, or without others, give all that they have."""

import subprocess
import sys
from pathlib import Path


def run(code: str, folder: Path) -> str:
    """Return what Python code prints, that may import what is in a folder."""
    start = (
        f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        "from gassapi_backend.third_party import defer, without\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def make(folder: Path) -> None:
    """Make a package that imports much, with a module in it that needs nothing of that."""
    package = folder / "large"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("from large.heavy import WEIGHT\nprint('all')\n")
    (package / "heavy.py").write_text("WEIGHT = 5\n")
    (package / "inner" / "__init__.py").write_text("from large import WEIGHT\n")
    (package / "inner" / "light.py").write_text("WEIGHT = 1\n")


def test_a_module_is_imported_without_its_package(tmp_path: Path) -> None:
    make(tmp_path)
    code = """
defer("large", "large.inner")
import large.inner.light
from large.inner.light import WEIGHT
print(WEIGHT, "large.heavy" in sys.modules)
from large.inner import WEIGHT
print(WEIGHT, large.WEIGHT, large.inner.light.WEIGHT)
"""
    assert run(code, tmp_path).splitlines() == ["1 False", "all", "5 5 1"]


def test_what_is_imported_or_not_there_stays_so(tmp_path: Path) -> None:
    make(tmp_path)
    code = "import large\ndefer('large', 'none_such')\nprint(large is sys.modules['large'])\n"
    assert run(code, tmp_path).splitlines() == ["all", "True"]


def test_a_name_that_a_package_does_not_have_is_missing(tmp_path: Path) -> None:
    make(tmp_path)
    code = "defer('large')\nimport large\nprint(hasattr(large, 'nothing'), large.WEIGHT)\n"
    assert run(code, tmp_path).splitlines() == ["all", "False 5"]


def make_with_extra(folder: Path) -> None:
    """Make a module that uses a package where it is installed, and that package."""
    (folder / "extra").mkdir()
    (folder / "extra" / "__init__.py").write_text("")
    (folder / "extra" / "parts.py").write_text("")
    text = (
        "try:\n    from extra import parts\n    HAS = True\nexcept ImportError:\n    HAS = False\n"
    )
    (folder / "able.py").write_text(text)


def test_a_package_is_imported_without_another_that_is_there_for_everybody_else(
    tmp_path: Path,
) -> None:
    make_with_extra(tmp_path)
    code = """
with without("extra"):
    import able
print(able.HAS, "extra" in sys.modules)
import extra.parts
print(extra.parts.__name__)
"""
    assert run(code, tmp_path).splitlines() == ["False False", "extra.parts"]


def test_what_was_imported_before_is_not_kept_from_others(tmp_path: Path) -> None:
    make_with_extra(tmp_path)
    code = """
import extra
with without("extra"):
    import able
print(able.HAS, sys.modules["extra"] is extra)
"""
    assert run(code, tmp_path) == "True True"


def test_an_import_that_fails_leaves_the_other_package_to_be_imported(tmp_path: Path) -> None:
    make_with_extra(tmp_path)
    code = """
try:
    with without("extra"):
        import extra.parts
except ModuleNotFoundError:
    print("refused")
import extra.parts
"""
    assert run(code, tmp_path) == "refused"
