"""What goes in and out about signing in and staying signed in."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints
from typing_extensions import TypedDict

from gassapi_backend.clock import rfc3339
from gassapi_backend.server.accounts.schemas import NewAccount, UserView
from gassapi_backend.server.recovery.schemas import LinkToken
from gassapi_backend.server.sessions.rows import ListedSession
from gassapi_backend.server.web.bodies import Body


class Registrant(NewAccount):
    """Who registers, and the invitation that lets them, where one is needed."""

    invitation_token: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None,
        description="The token of an invitation's link, where registration is by invitation.",
    )


class FirstAdministrator(NewAccount):
    """The first account of an empty instance, and the token of the link that `start` printed."""

    token: LinkToken


class Credentials(Body):
    """Who signs in."""

    email: Annotated[str, StringConstraints(max_length=320)]
    password: SecretStr


class RefreshToken(Body):
    """The refresh token, where it is not sent as a header or a cookie."""

    refresh_token: str | None = None


class LogoutOptions(Body):
    """How much to sign out of: this device, or all of them."""

    revoke_all_tokens: bool = False


class TokensView(TypedDict):
    """A fresh pair of tokens; ``expiresIn`` is the access token's life in seconds."""

    accessToken: str
    refreshToken: str
    expiresIn: int


class SessionView(TypedDict):
    """A signed-in device."""

    id: str
    ip: str | None
    userAgent: str | None
    createdAt: str
    lastUsedAt: str
    current: bool


class SignedIn(TypedDict):
    """An account and its fresh tokens."""

    user: UserView
    tokens: TokensView


class Refreshed(TypedDict):
    """Fresh tokens."""

    tokens: TokensView


class SessionsAnswer(TypedDict):
    """Your signed-in devices."""

    sessions: list[SessionView]


def session_view(row: ListedSession, current: str | None) -> SessionView:
    """Show a signed-in device."""
    return {
        "id": row["id"],
        "ip": row["ip"],
        "userAgent": row["user_agent"],
        "createdAt": rfc3339(row["created_at"]),
        "lastUsedAt": rfc3339(row["last_used_at"]),
        "current": row["id"] == current,
    }
