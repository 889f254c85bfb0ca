"""Who and what is around the demo shop: people and projects."""

from typing import NamedTuple

from gassapi_backend.server.importing.demo.shop import NOBODY, Folder


class Person(NamedTuple):
    """An account; its password is printed on purpose, for a throw-away database."""

    email: str
    name: str
    password: str


OWNER = Person("demo@example.com", "Demo", "demo-password-1")
MEMBER = Person("demo-two@example.com", "Demo Two", "demo-password-2")
FORMER = Person("demo-former@example.com", "Demo Former", "demo-password-3")
INVITED = "demo-three@example.com"

SHOP_PROJECT = {
    "name": "Demo shop",
    "description": "The API of a shop. Try things here: all of it is gone when the server ends.",
}
PUBLIC_PROJECT = {
    "name": "This server",
    "description": "Requests to the server you are looking at. Everybody may read it.",
    "isPublic": True,
}

THIS_SERVER = (
    Folder(
        "Health",
        "Works without signing in.",
        (
            {"name": "Is it well?", "method": "GET", "url": "{{server}}/health", "auth": NOBODY},
            {
                "name": "What can it do?",
                "method": "GET",
                "url": "{{server}}/openapi.json",
                "auth": NOBODY,
                "purpose": "The description of every route, for whoever has to call one.",
            },
        ),
    ),
)
