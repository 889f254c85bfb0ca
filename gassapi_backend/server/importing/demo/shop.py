"""The demo project: the API of a shop, its collections and requests as the API takes them."""

import json
from typing import Any, NamedTuple

Json = dict[str, Any]


def written(value: Json) -> str:
    """Return a JSON body, formatted for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


class Folder(NamedTuple):
    """A collection: the endpoints in it, and the collections below it."""

    name: str
    description: str
    endpoints: tuple[Json, ...] = ()
    folders: tuple["Folder", ...] = ()
    inherited: Json = {}  # noqa: RUF012 - a tuple's default, and never changed


SIGNED_IN = {"type": "bearer", "token": "{{token}}"}
NOBODY = {"type": "none"}
JSON_IN = {"Content-Type": "application/json", "Accept": "application/json"}
JSON_OUT = {"Accept": "application/json"}

MONEY = {
    "type": "object",
    "properties": {"amount": {"type": "integer"}, "currency": {"type": "string", "maxLength": 3}},
}
PRODUCT = {
    "type": "object",
    "required": ["id", "name", "price"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "price": MONEY,
        "stock": {"type": "integer", "minimum": 0},
        "categories": {"type": "array", "items": {"type": "string"}},
    },
}
CART = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "lines": {"type": "array", "items": {"type": "object"}},
        "total": MONEY,
    },
}
ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "status": {"enum": ["waiting", "paid", "shipped", "delivered", "cancelled"]},
        "total": MONEY,
    },
}

SIGN_IN = {
    "name": "Sign in",
    "method": "POST",
    "url": "{{baseUrl}}/sessions",
    "description": "Exchange an e-mail address and a password for a token.",
    "headers": JSON_IN,
    "params": [{"key": "remember", "value": "true", "enabled": False}],
    "auth": NOBODY,
    "bodyType": "json",
    "body": written({"email": "{{customerEmail}}", "password": "{{customerPassword}}"}),
    "examples": [
        {
            "name": "Signed in",
            "status": 201,
            "headers": {"Content-Type": "application/json"},
            "body": {"token": "token-of-a-session", "expiresIn": 3600},
        },
        {"name": "Wrong password", "status": 401, "body": {"error": "wrong_credentials"}},
    ],
    "purpose": "Gives the token that all other requests send. Call it first, and after a 401.",
    "requestParams": {
        "email": {"type": "string", "required": True, "description": "Compared without case."},
        "password": {"type": "string", "required": True},
        "remember": {"type": "boolean", "description": "A token for 30 days instead of an hour."},
    },
    "responseSchema": {
        "type": "object",
        "required": ["token", "expiresIn"],
        "properties": {"token": {"type": "string"}, "expiresIn": {"type": "integer"}},
    },
    "headerDocs": {"Content-Type": "Nothing but application/json is taken; 415 otherwise."},
}

ACCOUNTS = Folder(
    "Accounts",
    "Customers and their sessions.",
    (
        SIGN_IN,
        {
            "name": "Sign up",
            "method": "POST",
            "url": "{{baseUrl}}/customers",
            "headers": JSON_IN,
            "auth": NOBODY,
            "bodyType": "json",
            "body": written(
                {"email": "{{customerEmail}}", "name": "Ann", "password": "{{$randomText}}"}
            ),
            "examples": [{"name": "Address taken", "status": 409, "body": {"error": "taken"}}],
            "purpose": "Creates a customer. Sign in afterwards: the answer has no token.",
        },
        {
            "name": "Who am I",
            "method": "GET",
            "url": "{{baseUrl}}/customers/me",
            "headers": JSON_OUT,
            "auth": SIGNED_IN,
            "purpose": "The quickest way to see whether a token is still good.",
        },
    ),
)

IMAGES = Folder(
    "Images",
    "Pictures of products, three at most.",
    (
        {
            "name": "Upload an image",
            "method": "PUT",
            "url": "{{baseUrl}}/products/{{productId}}/images/1",
            "headers": {"Authorization": "Bearer {{token}}"},
            "bodyType": "form-data",
            "body": [
                {"key": "file", "type": "file", "value": "front.png"},
                {"key": "alt", "type": "text", "value": "The mug from the front"},
            ],
            "auth": SIGNED_IN,
            "headerDocs": {"Content-Type": "The client sets it, with its boundary."},
        },
        {
            "name": "Remove an image",
            "method": "DELETE",
            "url": "{{baseUrl}}/products/{{productId}}/images/1",
            "auth": SIGNED_IN,
        },
    ),
)

PRODUCTS = Folder(
    "Products",
    "What is for sale. Reading is for everybody; writing needs the role `merchant`.",
    (
        {
            "name": "Search products",
            "method": "GET",
            "url": "{{baseUrl}}/products",
            "headers": JSON_OUT | {"Accept-Language": "{{language}}"},
            "params": [
                {"key": "q", "value": "mug", "description": "Words of the name."},
                {"key": "category", "value": "kitchen"},
                {"key": "page", "value": "1"},
                {"key": "sort", "value": "-price", "enabled": False},
            ],
            "auth": NOBODY,
            "purpose": "Finds products; take an id from here for everything that needs productId.",
            "requestParams": {
                "q": {"type": "string"},
                "page": {"type": "integer", "default": 1, "description": "20 products each."},
                "sort": {"enum": ["name", "price", "-price"]},
            },
            "responseSchema": {
                "type": "object",
                "properties": {
                    "items": {"type": "array", "items": PRODUCT},
                    "total": {"type": "integer"},
                },
            },
            "headerDocs": {"Accept-Language": "The language of names: de, en or fr."},
        },
        {
            "name": "Show a product",
            "method": "GET",
            "url": "{{baseUrl}}/products/{{productId}}",
            "headers": JSON_OUT | {"If-None-Match": "{{etag}}"},
            "auth": NOBODY,
            "responseSchema": PRODUCT,
            "headerDocs": {"If-None-Match": "The ETag of the last answer: 304 if it still holds."},
        },
        {
            "name": "Add a product",
            "method": "POST",
            "url": "{{baseUrl}}/products",
            "headers": JSON_IN | {"Idempotency-Key": "{{$uuid}}"},
            "bodyType": "json",
            "body": written(
                {
                    "name": "Enamel mug",
                    "price": {"amount": 1290, "currency": "EUR"},
                    "stock": 40,
                    "categories": ["kitchen"],
                }
            ),
            "auth": SIGNED_IN,
            "responseSchema": PRODUCT,
            "purpose": "For merchants. Prices are in the smallest unit of the currency.",
        },
        {
            "name": "Change the price",
            "method": "PATCH",
            "url": "{{baseUrl}}/products/{{productId}}",
            "headers": {"Content-Type": "application/merge-patch+json"},
            "bodyType": "json",
            "body": written({"price": {"amount": 990}}),
            "auth": SIGNED_IN,
        },
        {
            "name": "Take a product off the shelf",
            "method": "DELETE",
            "url": "{{baseUrl}}/products/{{productId}}",
            "auth": SIGNED_IN,
        },
    ),
    (IMAGES,),
)

PAYMENTS = Folder(
    "Payments",
    "Through the payment provider, whose key is a secret variable.",
    (
        {
            "name": "Pay by card",
            "method": "POST",
            "url": "{{paymentUrl}}/charges",
            "description": "Use the card number 4242 4242 4242 4242 outside production.",
            "headers": {"Idempotency-Key": "{{orderId}}"},
            "bodyType": "x-www-form-urlencoded",
            "body": [
                {"key": "order", "value": "{{orderId}}"},
                {"key": "source", "value": "card_4242"},
            ],
            "auth": {"type": "basic", "basic": {"username": "{{paymentKey}}", "password": ""}},
            "headerDocs": {"Idempotency-Key": "The order's id: nobody pays twice."},
        },
        {
            "name": "Refund",
            "method": "POST",
            "url": "{{paymentUrl}}/charges/{{chargeId}}/refunds",
            "auth": {"type": "basic", "basic": {"username": "{{paymentKey}}", "password": ""}},
        },
    ),
)

CHECKOUT = Folder(
    "Checkout",
    "From an empty cart to an order.",
    (
        {
            "name": "Start a cart",
            "method": "POST",
            "url": "{{baseUrl}}/carts",
            "headers": JSON_IN,
            "auth": SIGNED_IN,
            "responseSchema": CART,
        },
        {
            "name": "Put into the cart",
            "method": "POST",
            "url": "{{baseUrl}}/carts/{{cartId}}/lines",
            "headers": JSON_IN,
            "bodyType": "json",
            "body": written({"productId": "{{productId}}", "quantity": 2}),
            "auth": SIGNED_IN,
            "responseSchema": CART,
        },
        {
            "name": "Place the order",
            "method": "POST",
            "url": "{{baseUrl}}/orders",
            "headers": JSON_IN | {"Idempotency-Key": "{{cartId}}"},
            "bodyType": "json",
            "body": written({"cartId": "{{cartId}}", "address": {"city": "Köln", "country": "DE"}}),
            "auth": SIGNED_IN,
            "examples": [
                {"name": "Placed", "status": 201, "body": {"id": "o-1001", "status": "waiting"}},
                {"name": "Sold out", "status": 409, "body": {"error": "out_of_stock"}},
            ],
            "purpose": "Turns a cart into an order that waits for its payment.",
            "responseSchema": ORDER,
        },
    ),
    (PAYMENTS,),
)

SHOP = (
    ACCOUNTS,
    Folder("Catalogue", "What the shop sells.", folders=(PRODUCTS,)),
    Folder(
        "Orders",
        "What customers buy.",
        (
            {
                "name": "Track an order",
                "method": "GET",
                "url": "{{baseUrl}}/orders/{{orderId}}",
                "responseSchema": ORDER,
            },
        ),
        (CHECKOUT,),
        {
            "auth": SIGNED_IN,
            "headers": [{"key": "X-Shop", "value": "{{shop}}", "enabled": True}],
            "variables": [{"key": "shop", "value": "cologne"}],
        },
    ),
)
