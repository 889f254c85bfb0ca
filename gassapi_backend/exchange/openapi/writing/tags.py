"""Writes folders as tags: each folder below the collection becomes one."""

from dataclasses import dataclass, field

from gassapi_backend.exchange.openapi.extensions import OWN
from gassapi_backend.exchange.openapi.grammar import BACKPORT
from gassapi_backend.exchange.openapi.texts import mapping, text_or_none
from gassapi_backend.exchange.openapi.writing.homes import FORMAT
from gassapi_backend.exchange.tree import Folder, Json, Variable
from gassapi_backend.exchange.writing import own_origin


@dataclass(slots=True)
class Tags:
    """The tags of a document; ``names`` are those of folders, ``renamed`` the edited ones."""

    version: str
    said: list[Json]
    is_new: bool = False
    names: dict[int, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    def add(self, folder: Folder, parents: list[Folder]) -> None:
        """Name the tag of a folder; a new one is added to the list, an edited one changed in it."""
        origin = own_origin(folder, FORMAT)
        source = origin.source_id if origin else None
        is_tag = origin is not None and "openapi" not in mapping(origin.original)
        if (
            origin
            and source is not None
            and is_tag
            and (not self.is_new or source in self._listed())
        ):
            was = origin.base.get("name")
            name = source if was == folder.name else self._free(folder.name)
            if name != source:
                self.renamed[source] = name
            self._edit(folder, source, name)
        else:
            name = self._free(" / ".join([*(one.name for one in parents[1:]), folder.name]))
            self.said.append(self._new(folder, parents, name))
        self.names[id(folder)] = name

    def _listed(self) -> dict[str, int]:
        return {
            str(one["name"]): index
            for index, one in enumerate(self.said)
            if isinstance(one, dict) and text_or_none(one.get("name")) is not None
        }

    def _free(self, name: str) -> str:
        taken = {*self._listed(), *self.names.values()}
        free, number = name or "Folder", 1
        while free in taken:
            number += 1
            free = f"{name} {number}"
        return free

    def _edit(self, folder: Folder, source: str, name: str) -> None:
        index = self._listed().get(source)
        origin = folder.origin
        if index is None or origin is None:
            return
        said = dict(self.said[index])
        own = dict(mapping(said.get(OWN)))
        if name != source:
            said["name"] = name
            own.pop("name", None)
        if not origin.is_unchanged("variables", folder.variables):
            own["variables"] = shared_variables(folder.variables)
        if own != mapping(said.get(OWN)):
            said.pop(OWN, None)
            said |= {OWN: own} if own else {}
        if not origin.is_unchanged("description", folder.description):
            said.pop("description", None)
            if folder.description:
                said["description"] = folder.description
        if said != self.said[index]:
            self.said[index] = said

    def _new(self, folder: Folder, parents: list[Folder], name: str) -> dict[str, Json]:
        said: dict[str, Json] = {"name": name}
        if folder.description:
            said["description"] = folder.description
        if len(parents) > 1:
            key = "parent" if self.version == "3.2" else BACKPORT + "parent"
            said[key] = self.names[id(parents[-1])]
        own: dict[str, Json] = {"name": folder.name} if name != folder.name else {}
        if folder.variables:
            own["variables"] = shared_variables(folder.variables)
        return {**said, OWN: own} if own else said

    def of_operation(self, said: Json, folders: list[Folder]) -> Json:
        """Return the tags of an operation: first that of its folder, then its other ones.

        If nothing changed, the original value is returned, whatever it is.
        """
        texts = _texts(said)
        had = [self.renamed.get(one, one) for one in texts]
        own = [self.names[id(folders[-1])]] if len(folders) > 1 else []
        is_there = had[:1] == own if own else not (had and had[0] in self.names.values())
        if is_there:
            return said if had == texts else had
        return [*own, *(one for one in had[1:] if one not in own)]


def shared_variables(variables: list[Variable]) -> list[Json]:
    """Return variables as a document holds them: without secret values."""
    return [{**one, "value": ""} if one.get("secret") else one for one in variables]


def _texts(said: Json) -> list[str]:
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
