"""What a flow asks for before it runs: the schema of ``flowInputs``."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, StringConstraints, ValidationInfo, WithJsonSchema, field_validator

from gassapi_backend.server.flows.described import VALIDATION
from gassapi_backend.server.names import check_email
from gassapi_backend.server.web.bodies import Body

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
    validation: Annotated[dict[str, Any] | None, WithJsonSchema(VALIDATION)] = Field(
        default=None,
        description="`min`, `max`, `minLength`, `maxLength`, `pattern`, `enum`, and what you like. "
        "`min` and `max` of a date are dates.",
    )
    default: Any = Field(
        default=None,
        description="Of the input's type, and as `validation` wants it where it holds no `{{`; "
        "passwords and files have none.",
    )
    description: str | None = None

    @field_validator("validation")
    @classmethod
    def _makes_sense(
        cls, value: dict[str, Any] | None, info: ValidationInfo
    ) -> dict[str, Any] | None:
        check_validation(value or {}, is_date=info.data.get("type") == "date")
        return value

    @field_validator("default")
    @classmethod
    def _fits(cls, value: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("type")
        if value is not None and kind is not None:
            check_default(value, kind)
            check_rules(value, info.data.get("validation") or {}, is_date=kind == "date")
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
        check_email(value) if kind == "email" else _moment(value)
    except ValueError:
        wanted = "an email address" if kind == "email" else "a date like 2026-01-31 (ISO 8601)"
        raise ValueError(f"It has to be {wanted}.") from None


def check_rules(value: Any, rules: dict[str, Any], *, is_date: bool) -> None:
    """Check a value by those rules that are known here, which passed their own checks.

    Not by ``pattern``, whose dialect is the client's, and not what holds ``{{``: that is known only
    when the flow runs. Raises ``ValueError``.
    """
    if b"{{" in orjson.dumps(value):
        return
    size: Any = len(value) if isinstance(value, (str, list)) else None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    compared = {"min": value if is_date or is_number else None, "minLength": size}
    for low, high in _LIMITS:
        if (found := compared[low]) is None:
            continue
        if (least := rules.get(low)) is not None and _is_more(least, found):
            raise ValueError(f"It is less than {low} allows.")
        if (most := rules.get(high)) is not None and _is_more(found, most):
            raise ValueError(f"It is more than {high} allows.")
    enum = rules.get("enum")
    if enum is not None and not any(_is_equal(value, item) for item in enum):
        raise ValueError("It is not one of enum.")


def check_validation(rules: dict[str, Any], *, is_date: bool) -> None:
    """Check those rules for an input that are known here. Raises ``ValueError``."""
    for low, high in _LIMITS:
        for key in (low, high):
            if rules.get(key) is not None:
                _check_limit(rules[key], key, is_date=is_date)
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


def _check_limit(value: Any, key: str, *, is_date: bool) -> None:
    if key.endswith("Length"):
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{key} has to be a whole number.")
        if value < 0:
            raise ValueError(f"{key} cannot be less than 0.")
    elif is_date:
        if not isinstance(value, str) or not _is_date(value):
            raise ValueError(f"{key} has to be a date like 2026-01-31 (ISO 8601).")
    elif not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError(f"{key} has to be a number.")


def _is_more(one: Any, other: Any) -> bool:
    """Whether a number is more than another, or a date later than another.

    By the day where one of two dates has no time, and by what the clocks show where one has no
    offset: nothing is said of where that is.
    """
    if not isinstance(one, str):
        return bool(one > other)
    first, second = _moment(one), _moment(other)
    if not (isinstance(first, datetime) and isinstance(second, datetime)):
        days = [at.date() if isinstance(at, datetime) else at for at in (first, second)]
        return days[0] > days[1]
    if first.tzinfo is None or second.tzinfo is None:
        first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
    return first > second


def _is_equal(one: Any, other: Any) -> bool:
    """Whether two values are the same to a client: ``1`` and ``1.0`` are, ``true`` is neither."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _is_date(value: str) -> bool:
    try:
        _moment(value)
    except ValueError:
        return False
    return True


def _moment(value: str) -> date:
    """Return a date of ISO 8601; with a time, as a ``datetime``. Raises ``ValueError``."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return datetime.fromisoformat(value)
