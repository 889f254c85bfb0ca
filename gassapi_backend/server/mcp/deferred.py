"""Packages of others whose own code runs when something of it is asked for, and not before."""

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


def defer(*packages: str) -> None:
    """Have modules in packages be imported without what the packages import for everybody.

    That is so for modules named in full, as in ``from package.module import name``. ``packages``
    are named parents first. Whoever asks for a name that only the package itself has
    gets it, and from then on it is as usual. What is imported already stays as it is.
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
