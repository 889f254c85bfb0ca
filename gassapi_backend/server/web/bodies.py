"""What the schemas of bodies and answers are made of; nothing here needs a web server."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any, ClassVar, NotRequired, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from gassapi_backend.database.pages import AtLeast
from gassapi_backend.server.errors import MAX_DETAILS, Invalid

JSON = "application/json"
MULTIPART = "multipart/form-data"
MERGE_PATCH = "application/merge-patch+json"

SURROGATE = re.compile(r"[\ud800-\udfff]")
"""What is in text that is not valid Unicode, and would break an answer."""

_DIGITS = re.compile("-?[0-9]+")

BodyType = TypeVar("BodyType", bound=BaseModel)

Id = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    ),
]


class _Bounded(BaseModel):
    """A schema that looks at no more unknown fields than an answer has room for.

    There can be a hundred thousand, and an error is made for each.
    """

    @model_validator(mode="before")
    @classmethod
    def _leave_out_most(cls, value: Any, info: ValidationInfo) -> Any:
        """Leave out unknown fields, but for as many as ``validated()`` still asks for."""
        budget = info.context
        known = cls.model_fields
        if budget is None or not isinstance(value, dict) or len(value) <= len(known):
            return value
        if cls.model_config.get("extra") != "forbid":
            return value
        names = {field.alias or name for name, field in known.items()}
        unknown = list(islice((name for name in value if name not in names), budget["left"]))
        budget["left"] -= len(unknown)
        return {name: value[name] for name in [*names.intersection(value), *unknown]}


class Body(_Bounded):
    """A request body: camelCase keys, no coercion between types, unknown fields refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
        defer_build=True,  # most are never used between two starts
    )

    media_types: ClassVar[tuple[str, ...]] = (JSON,)


class AnyObject(Body):
    """A request body that is any JSON object, kept as it was sent."""

    model_config = ConfigDict(extra="allow")

    @property
    def content(self) -> dict[str, Any]:
        """The object."""
        return self.model_extra or {}


class Query(_Bounded):
    """Query parameters: camelCase keys, read from text, unknown ones refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _digits_only(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse numbers that are no JSON integers: ``1_0``, ``1.0``, a leading blank."""
        kind = cls.model_fields[str(info.field_name)].annotation
        is_number = int in (kind, *get_args(kind))
        if is_number and isinstance(value, str) and not _DIGITS.fullmatch(value):
            raise ValueError("It has to be a whole number.")
        return value


def optional(**rules: Any) -> Any:
    """Declare a field of an update that may be left out but not be ``null``."""
    return Field(default_factory=lambda: None, **rules)


class Pagination(TypedDict):
    """Where in a paged list an answer stands.

    ``totalIsAtLeast``: there are more than ``total``, which nobody counted to the end.
    """

    page: int
    limit: int
    total: int
    totalIsAtLeast: NotRequired[bool]
    totalPages: int
    hasNext: bool
    hasPrev: bool
    nextCursor: NotRequired[str]


class Message(TypedDict):
    """An answer with nothing but a sentence."""

    message: str


class Page(Query):
    """The page of a list that is wanted."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    limit: int = Field(default=20, ge=1, le=100)

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.limit

    def of(self, total: int) -> Pagination:
        """Return where this page stands among ``total`` rows."""
        return self.from_place(self.offset, self.offset + self.limit, total)

    def from_place(self, before: int, end: int, total: int) -> Pagination:
        """Return where the rows from ``before`` to ``end`` stand among ``total``."""
        pages = -(-total // self.limit)
        found: Pagination = {
            "page": before // self.limit + 1,
            "limit": self.limit,
            "total": total,
            "totalPages": pages,
            "hasNext": end < total,
            "hasPrev": before > 0,
        }
        if isinstance(total, AtLeast):
            found["totalIsAtLeast"] = True
        return found


def validated(schema: type[BodyType], value: Any) -> BodyType:
    """Return ``value`` as a schema. Raises ``Invalid``, with details of the first broken rules."""
    if not isinstance(value, dict):
        raise Invalid("The body has to be a JSON object.")
    try:
        return schema.model_validate(value, context={"left": MAX_DETAILS})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        details = [_detail(item) for item in found[:MAX_DETAILS]]
        raise Invalid("The request is not valid.", details=details) from None


def _detail(item: Mapping[str, Any]) -> dict[str, str]:
    reason = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        reason = "There is no such field."
    elif item["type"] == "missing":
        reason = "It is required."
    path = ".".join(str(part) for part in item["loc"])
    return {"field": printable(path), "reason": reason}


def printable(text: str, limit: int = 200) -> str:
    """Return text of the caller that is safe to answer with: no surrogates, not too long."""
    return SURROGATE.sub("\ufffd", text)[:limit]
