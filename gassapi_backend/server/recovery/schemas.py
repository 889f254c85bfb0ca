"""What goes in and out about confirming an address and resetting a password."""

from typing import Annotated

from pydantic import SecretStr, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from gassapi_backend.server.access.link_tokens import TOKEN_SCHEMA
from gassapi_backend.server.accounts.schemas import NewSecret, RevokeTokens
from gassapi_backend.server.names import Email
from gassapi_backend.server.web.bodies import Body

LinkToken = Annotated[str, StringConstraints(max_length=200), WithJsonSchema(TOKEN_SCHEMA)]


class MailedToken(Body):
    """The token of a mailed link."""

    token: LinkToken


class ForgottenPassword(Body):
    """Whose password is forgotten."""

    email: Email


class NewAddress(Body):
    """Another e-mail address for your account, and your password."""

    email: Email
    password: SecretStr


class PasswordReset(Body):
    """The token of a mailed link, and the password to have from now on."""

    token: LinkToken
    password: NewSecret
    revoke_tokens: RevokeTokens = False


class ResetLink(TypedDict):
    """A link with which somebody sets a new password, and when it ends."""

    resetUrl: str
    expiresAt: str


class Queued(TypedDict):
    """Whether a mail is on its way."""

    message: str
    isMailed: bool
