"""Third-party packages of which no more is loaded than is needed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


@contextmanager
def without(package: str) -> Iterator[None]:
    """Have what is imported in the block find that a package is not installed.

    For packages that can do without it, while nothing else is being imported. ``None`` is what
    Python's documentation of ``sys.modules`` has for this. What is already imported stays there.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # typeshed knows modules only
    try:
        yield
    finally:
        del sys.modules[package]


def defer(*packages: str) -> None:
    """Import modules in packages without running the packages' own imports.

    This works for modules named in full, as in ``from package.module import name``. ``packages``
    are named parents first. Using a name that only the package itself has runs its code, and
    from then on it behaves as usual. What is already imported stays as it is.
    """
    for name in packages:
        spec = None if name in sys.modules else find_spec(name)
        if spec is None:
            continue
        package = module_from_spec(spec)
        package.__class__ = _Deferred
        sys.modules[name] = package
        parent, _, own = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], own, package)


class _Deferred(ModuleType):
    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        if name.startswith("__") or spec is None or spec.loader is None:
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]  # it is an ordinary one now
        spec.loader.exec_module(self)
        return getattr(self, name)
