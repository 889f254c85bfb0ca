"""Every option: its variable, its default, its meaning.

A value comes from, in this order: a command-line flag, the environment (``GASSAPI_…``), the file
``config.toml`` in the data directory, the default here.
"""

import difflib
import os
import re
import tomllib
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote, urlsplit

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gassapi_backend import settings_checks as checks

PREFIX = "GASSAPI_"
FILE_NAME = "config.toml"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts that only this machine reaches."""

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class SettingsError(Exception):
    """A setting is wrong; the message is for the operator."""


class Registration(StrEnum):
    """Who may register an account over HTTP."""

    OPEN = "open"
    INVITED = "invited"
    CLOSED = "closed"


def default_home() -> Path:
    """Return the data directory: ``GASSAPI_HOME``, else the platform's place for user data."""
    chosen = os.environ.get(f"{PREFIX}HOME")
    return _chosen_home(chosen) if chosen else platformdirs.user_data_path("gassapi-backend")


def _chosen_home(path: str) -> Path:
    try:
        return _expanded(Path(path))
    except ValueError as error:
        raise SettingsError(f"{PREFIX}HOME: {error}") from None


def _expanded(path: Path) -> Path:
    """Return a path without its tilde. Raises ``ValueError`` for a user who does not exist."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f'there is no user "{path.parts[0][1:]}" on this machine') from None


Rate = Annotated[str, AfterValidator(checks.rate)]


class Settings(BaseSettings):
    """The configuration of one instance. See ``load()``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, validate_default=False
    )

    home: Path = Field(
        default_factory=default_home,
        description="Data directory: settings file, secret key and SQLite database. "
        "Only read from the environment.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="`mysql://user:password@host:3306/name` (MySQL 8+ or MariaDB 10.6+), or "
        "`sqlite:////srv/file.db`; with three slashes, `sqlite:///file.db`, the path begins in the "
        "data directory. Several servers of one cluster are written `host1:3306,host2:3306`: the "
        "first that takes writes is used. Default: SQLite in the data directory.",
    )
    database_tls: Literal["off", "require", "verify"] = Field(
        default="off",
        description="TLS to MySQL: `require` encrypts, `verify` also checks the certificate.",
    )
    database_tls_ca: Path | None = Field(
        default=None, description="CA file for `verify`. Default: the system's."
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=100, description="MySQL connections per worker."
    )
    database_pool_recycle: int = Field(
        default=1800, ge=1, description="Seconds after which an idle MySQL connection is replaced."
    )
    database_statement_seconds: int = Field(
        default=15,
        ge=0,
        le=3600,
        description="Seconds that one statement of a request may take; 0 for as long as it likes. "
        "MySQL limits reading statements only.",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on. `0.0.0.0` makes the server reachable from outside.",
    )
    port: int = Field(default=3000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Worker processes.")
    public_url: Annotated[str, AfterValidator(checks.http_url)] | None = Field(
        default=None,
        description="Address people and clients use, e.g. `https://api.example.com`; a path is "
        "one that a proxy strips. Default: `http://localhost:<port>`, or the host it listens on.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 characters; signs tokens and encrypts secret variables. Default: "
        "`secret.key` in the data directory, made at the first start.",
    )
    old_secret_keys: Annotated[list[SecretStr], NoDecode] = Field(
        default_factory=list,
        description="Former secret keys, comma-separated: they still open secret variables until "
        "`key rotate` has encrypted those anew.",
    )
    registration: Registration = Field(
        default=Registration.OPEN,
        description="Who may register: `open` (anybody), `invited` (who has the link of an "
        "invitation to a project) or `closed` (nobody).",
    )
    console: Literal["on", "off", "parts"] = Field(
        default="on",
        description="`off` leaves the web console out, all but the pages that mailed links lead "
        "to. `parts` adds `/console/parts`, what it is made of, for whoever changes it; `dev` "
        "does.",
    )
    session_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days after which people have to sign in again, however often they come; after "
        "seven days of absence they have to anyway.",
    )
    rate_limits: Literal["on", "off"] = Field(
        default="on", description="`off` switches every rate limit off."
    )
    request_limit: Rate = Field(
        default="300 per minute",
        description="Requests of one person, their tokens included, or of one address.",
    )
    project_request_limit: Rate = Field(
        default="1200 per minute", description="Requests of all tokens of one project."
    )
    login_limit: Rate = Field(
        default="5 per 15 minutes", description="Failed logins for one account and address."
    )
    login_address_limit: Rate = Field(
        default="50 per 15 minutes",
        description="Failed logins from one address, whatever the accounts; browsers that signed "
        "in before have their own.",
    )
    register_limit: Rate = Field(
        default="3 per hour", description="Registrations from one address."
    )
    reset_limit: Rate = Field(
        default="3 per hour", description="Password resets asked for one account and address."
    )
    reset_mailbox_limit: Rate = Field(
        default="5 per hour",
        description="Mails with a link to a new password to one mailbox, whoever asks for them.",
    )
    verify_limit: Rate = Field(
        default="10 per hour",
        description="Mails to confirm one account's address, and wrong links from one address.",
    )
    invitation_limit: Rate = Field(
        default="10 per hour", description="Invitations mailed to one address, whoever invites it."
    )
    inviter_limit: Rate = Field(
        default="100 per hour", description="Invitations mailed for one person."
    )
    address_max_connections: int = Field(
        default=250,
        ge=1,
        le=100_000,
        description="Connections of one address to each worker at a time; of proxies that are "
        "trusted and of this machine, any number.",
    )
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list,
        description="Addresses or CIDR networks, comma-separated, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed.",
    )
    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Origins, comma-separated, whose pages may call this server "
        "(`https://app.example.com`).",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` "
        "(TLS). Without it no mail is sent.",
    )
    smtp_tls: Literal["off", "require", "verify"] = Field(
        default="verify",
        description="`verify` encrypts and checks the certificate, `require` only encrypts, `off` "
        "sends in the clear and no password. For an `smtp://` server on this machine, STARTTLS is "
        "used if it is offered.",
    )
    mail_from: str | None = Field(
        default=None,
        description="Sender of mails, `GassAPI <gassapi@example.com>`. Default: `no-reply` at the "
        "host of the public address.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="`redis://user:password@host:6379/0` or `rediss://…` (TLS): carries news of "
        "changes between machines and shares the request limit. Needs the extra `redis`.",
    )
    import_max_mb: int = Field(
        default=50,
        ge=1,
        le=500,
        description="Megabytes that a document to import, or a collection to copy, may have.",
    )
    import_max_items: int = Field(
        default=20_000,
        ge=1,
        le=200_000,
        description="Collections, requests and environments together that one import, or one copy "
        "of a collection, may have.",
    )
    project_max_mb: int = Field(
        default=500, ge=1, le=1_000_000, description="Megabytes that one project may hold."
    )
    project_max_endpoints: int = Field(
        default=200_000, ge=1, le=10_000_000, description="Endpoints that one project may have."
    )
    project_max_collections: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Collections that one project may have."
    )
    project_max_flows: int = Field(
        default=5_000, ge=1, le=1_000_000, description="Flows that one project may have."
    )
    project_max_members: int = Field(
        default=500, ge=1, le=100_000, description="Members that one project may have."
    )
    project_max_tokens: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="Tokens of MCP clients that one project may have, revoked ones aside.",
    )
    person_max_projects: int = Field(
        default=5_000, ge=1, le=1_000_000, description="Projects that one person may own."
    )
    person_max_tokens: int = Field(
        default=100,
        ge=1,
        le=100_000,
        description="Tokens of MCP clients that one person may have, revoked ones aside.",
    )
    person_max_streams: int = Field(
        default=100,
        ge=1,
        le=1_000,
        description="Open event streams that one person may have in each worker, those of their "
        "tokens included.",
    )
    changes_keep_days: int = Field(
        default=90,
        ge=1,
        le=36_500,
        description="Days that the change feed goes back; requests for older changes get 410.",
    )
    audit_keep_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days for which audit entries are kept; 0 for ever. What is kept can still be "
        "verified.",
    )
    password_rounds: int = Field(
        default=12, ge=4, le=16, description="bcrypt cost. Lower it for tests only."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe messages that are logged."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="`auto`: console on a terminal, JSON lines otherwise."
    )

    @field_validator("home", "database_tls_ca")
    @classmethod
    def _expand_user(cls, value: Path | None) -> Path | None:
        return value and _expanded(value)

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(checks.database_url(value.get_secret_value()))

    @field_validator("secret_key")
    @classmethod
    def _check_secret_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        return SecretStr(checks.secret_key(value.get_secret_value()))

    @field_validator("old_secret_keys", mode="before")
    @classmethod
    def _split_secret_keys(cls, value: Any) -> Any:
        return [checks.secret_key(key) for key in _split(value)]

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        parts = checks.parts_of(value.get_secret_value())
        if not parts or parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("write it as smtp://user:password@host:587")
        return value

    @field_validator("mail_from")
    @classmethod
    def _check_mail_from(cls, value: str | None) -> str | None:
        if value and (not value.isprintable() or not _ADDRESS.fullmatch(parseaddr(value)[1])):
            raise ValueError("write it as GassAPI <gassapi@example.com>")
        return value

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        parts = checks.parts_of(value.get_secret_value())
        if parts and (parts.query or parts.fragment):
            raise ValueError("it takes no options; ? and # in a password are %3F and %23")
        if not parts or parts.scheme not in ("redis", "rediss") or not parts.hostname:
            raise ValueError("write it as redis://user:password@host:6379/0")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_networks(cls, value: Any) -> Any:
        return [ip_network(item, strict=False) for item in _split(value)]

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        return [checks.origin(item) for item in _split(value)]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the settings file behind flags and environment."""
        return init_settings, _Environment(settings_cls), _FileSource(settings_cls)

    @property
    def file(self) -> Path:
        """The settings file, whether or not it exists."""
        return self.home / FILE_NAME

    @property
    def base_url(self) -> str:
        """The address people use, without a slash at the end."""
        return self.public_url or f"http://{self._reachable}:{self.port}"

    @property
    def listens_on(self) -> str:
        """Host and port, as in a URL."""
        return f"{_in_url(self.host)}:{self.port}"

    @property
    def listens_everywhere(self) -> bool:
        """Whether it listens on all addresses of this machine."""
        return self.host in ("0.0.0.0", "::")  # noqa: S104 - compared

    @property
    def _reachable(self) -> str:
        """The host at which this machine reaches the server: 127.0.0.2, say, is not localhost."""
        is_local = self.listens_everywhere or self.host in ("127.0.0.1", "localhost")
        return "localhost" if is_local else _in_url(self.host)

    @property
    def database(self) -> str:
        """The database URL, its password included; of SQLite, with the whole path."""
        url = self.database_url.get_secret_value() if self.database_url else "sqlite:///gassapi.db"
        path = url.removeprefix("sqlite:///")
        if path == url or path.startswith(("/", "~")):
            return url
        return f"sqlite:///{quote(str((self.home / unquote(path)).absolute()))}"


def load(**flags: Any) -> Settings:
    """Read the settings; flags that are ``None`` count as not given.

    Raises ``SettingsError`` with one line for each setting that is wrong.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        lines = [
            f"{_place(str(item['loc'][0]) if item['loc'] else '', flags)}: "
            + item["msg"].removeprefix("Value error, ")
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from None


def complaint(name: str, value: Any) -> str | None:
    """Return what is wrong with a value for a setting, in a sentence; ``None`` where it will do."""
    try:
        Settings.__pydantic_validator__.validate_assignment(Settings.model_construct(), name, value)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
    else:
        return None
    if found["type"] in ("int_parsing", "greater_than_equal", "less_than_equal"):
        rule = Settings.model_json_schema()["properties"][name]
        return f"Write a number from {rule['minimum']} to {rule['maximum']}."
    reason = found["msg"].removeprefix("Value error, ")
    return f"{reason[:1].upper()}{reason[1:]}."


def _place(name: str, flags: dict[str, Any]) -> str:
    """Return where a setting's value comes from, as the operator would look for it."""
    variable = f"{PREFIX}{name.upper()}"
    if flags.get(name) is not None or os.environ.get(variable):
        return variable
    path = Path(flags.get("home") or default_home()) / FILE_NAME
    return f"{path}: {name}" if name in read_file(path) else variable


def read_file(path: Path) -> dict[str, Any]:
    """Return the settings in a TOML file, none if it is missing.

    Raises ``SettingsError`` for broken TOML and for a key that is not a setting.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8-sig"))  # Windows puts a mark before it
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML. {error}.") from None
    known = [name for name in Settings.model_fields if name != "home"]
    for key in found:
        if key not in known:
            near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.5)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise SettingsError(f'{path}: there is no setting "{key}".{hint}')
    return found


def without_password(url: str) -> str:
    """Return a URL with its password blotted out."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)


def _in_url(host: str) -> str:
    """Return a host as it stands in a URL: an IPv6 address in brackets (RFC 3986, RFC 6874)."""
    return f"[{host.replace('%', '%25')}]" if ":" in host else host


def _split(value: Any) -> list[str]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError("write it as a list, or separated by commas")
    return [text for item in items if (text := str(item).strip())]


class _Environment(EnvSettingsSource):
    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        if str(found.get("port")).startswith("tcp://"):
            del found["port"]  # Kubernetes says so of a Service called "gassapi"; nobody chose it
        return found


class _FileSource(PydanticBaseSettingsSource):
    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        home = _chosen_home(str(self.current_state.get("home") or default_home()))
        return read_file(home / FILE_NAME)
