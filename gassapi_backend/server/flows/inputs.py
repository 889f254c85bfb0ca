"""What a flow asks for before it runs: the schema of ``flowInputs``."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, WithJsonSchema, field_validator

from gassapi_backend.server.accounts.schemas import check_email
from gassapi_backend.server.bodies import Body
from gassapi_backend.server.flows.described import VALIDATION

MAX_PATTERN = 500

Kind = Literal[
    "string", "email", "password", "number", "boolean", "object", "array", "file", "date", "json"
]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "email": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "date": (str,),
}
_LIMITS = (("min", "max"), ("minLength", "maxLength"))


class FlowInput(Body):
    """Something that a flow asks for; its steps use it as ``{{input.name}}``."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$", max_length=100)]
    type: Kind
    required: bool | None = None
    default: Any = Field(
        default=None, description="Of the input's type; passwords and files have none."
    )
    validation: Annotated[dict[str, Any] | None, WithJsonSchema(VALIDATION)] = Field(
        default=None,
        description="`min`, `max`, `minLength`, `maxLength`, `pattern`, `enum`, and what you like.",
    )
    description: str | None = None

    @field_validator("default")
    @classmethod
    def _fits(cls, value: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("type")
        if value is not None and kind is not None:
            check_default(value, kind)
        return value

    @field_validator("validation")
    @classmethod
    def _makes_sense(
        cls, value: dict[str, Any] | None, info: ValidationInfo
    ) -> dict[str, Any] | None:
        check_validation(value or {}, is_date=info.data.get("type") == "date")
        return value


def check_default(value: Any, kind: str) -> None:
    """Check that a value may stand for an input of a type. Raises ``ValueError``."""
    if kind == "password":
        raise ValueError("A password has no default: it would be stored for all to read.")
    if kind == "file":
        raise ValueError("A file has no default.")
    wanted = _TYPES.get(kind, (object,))  # json is anything
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind == "number"):
        raise ValueError(f"It has to be of the input's type, {kind}.")
    if isinstance(value, str) and kind in ("email", "date") and "{{" not in value:
        _check_text(value, kind)


def _check_text(value: str, kind: str) -> None:
    try:
        check_email(value) if kind == "email" else datetime.fromisoformat(value)
    except ValueError:
        wanted = "an email address" if kind == "email" else "a date like 2026-01-31 (ISO 8601)"
        raise ValueError(f"It has to be {wanted}.") from None


def check_validation(rules: dict[str, Any], *, is_date: bool) -> None:
    """Check those rules for an input that are known here. Raises ``ValueError``."""
    ends = (str, int, float) if is_date else (int, float)
    for key in (key for pair in _LIMITS for key in pair):
        value, types = rules.get(key), (int,) if key.endswith("Length") else ends
        if value is not None and (not isinstance(value, types) or isinstance(value, bool)):
            raise ValueError(f"{key} has to be a number{' or a date' if is_date else ''}.")
        if key.endswith("Length") and isinstance(value, int) and value < 0:
            raise ValueError(f"{key} cannot be less than 0.")
    for low, high in _LIMITS:
        least, most = rules.get(low), rules.get(high)
        if least is not None and most is not None and _is_more(least, most):
            raise ValueError(f"{low} is more than {high}.")
    pattern, enum = rules.get("pattern"), rules.get("enum")
    if pattern is not None and not isinstance(pattern, str):
        raise ValueError("pattern has to be a text.")
    if pattern is not None and len(pattern) > MAX_PATTERN:
        raise ValueError(f"pattern has more than {MAX_PATTERN} characters.")
    if enum is not None and (not isinstance(enum, list) or not enum):
        raise ValueError("enum has to be an array with at least one value.")


def _is_more(least: Any, most: Any) -> bool:
    return isinstance(least, str) == isinstance(most, str) and least > most
