"""Everything in the demo shop but its requests: settings, environments and flows."""

from gassapi_backend.server.importing.demo.shop import Json

SHOP_SETTINGS = {
    "timeoutSeconds": 30,
    "followRedirects": True,
    "codeSamples": ["curl", "python"],
    "assistant": {"style": "short answers", "mayCall": ["Development", "Staging"]},
}
ENVIRONMENTS: tuple[Json, ...] = (
    {
        "name": "Development",
        "description": "The shop on your own machine.",
        "variables": [
            {
                "key": "baseUrl",
                "value": "http://localhost:4000/v1",
                "description": "Where the shop runs.",
            },
            {"key": "paymentUrl", "value": "http://localhost:4001"},
            {"key": "language", "value": "en", "description": "Of product names: de, en or fr."},
            {"key": "customerEmail", "value": "ann@example.com"},
            {
                "key": "customerPassword",
                "value": "ann-and-her-mugs",
                "secret": True,
                "description": "Encrypted in the database, and masked in answers.",
            },
            {"key": "productId", "value": "p-42"},
            {"key": "etag", "value": "", "enabled": False},
        ],
    },
    {
        "name": "Staging",
        "description": "As production, with made-up customers. Reset every night.",
        "variables": [
            {"key": "baseUrl", "value": "https://staging.shop.example.com/v1"},
            {"key": "paymentUrl", "value": "https://sandbox.pay.example.com"},
            {"key": "paymentKey", "value": "payments-of-staging", "secret": True},
            {"key": "customerEmail", "value": "test@example.com"},
            {"key": "customerPassword", "value": "staging-password", "secret": True},
        ],
    },
    {
        "name": "Production",
        "description": "Real customers: read only, please.",
        "variables": [
            {"key": "baseUrl", "value": "https://api.shop.example.com/v1"},
            {"key": "paymentUrl", "value": "https://pay.example.com"},
            {
                "key": "paymentKey",
                "value": "payments-of-production",
                "secret": True,
                "enabled": False,
                "description": "Switched off, so that nobody pays by mistake.",
            },
        ],
    },
)

BUY_SOMETHING: Json = {
    "name": "Buy something",
    "description": "From signing in to an order, each step with what the one before found.",
    "flowData": {
        "version": "1.0",
        "steps": [
            {
                "id": "signIn",
                "name": "Sign in",
                "method": "POST",
                "url": "{{baseUrl}}/sessions",
                "headers": {"Content-Type": "application/json"},
                "body": {"email": "{{input.email}}", "password": "{{input.password}}"},
                "outputs": {"token": "body.token"},
            },
            {
                "id": "search",
                "name": "Find a product",
                "method": "GET",
                "url": "{{baseUrl}}/products?q={{input.product}}",
                "headers": {"Accept-Language": "{{language}}"},
                "outputs": {"product": "body.items[0]"},
            },
            {
                "id": "cart",
                "name": "Put it into a cart",
                "method": "POST",
                "url": "{{baseUrl}}/carts",
                "headers": {"Authorization": "Bearer {{signIn.token}}"},
                "body": {
                    "lines": [
                        {
                            "productId": "{{search.product.id}}",
                            "quantity": "{{input.quantity}}",
                        }
                    ]
                },
                "outputs": {"id": "body.id", "total": "body.total.amount"},
            },
            {
                "id": "order",
                "name": "Place the order",
                "method": "POST",
                "url": "{{baseUrl}}/orders",
                "headers": {
                    "Authorization": "Bearer {{signIn.token}}",
                    "Idempotency-Key": "{{cart.id}}",
                },
                "body": {"cartId": "{{cart.id}}", "expectedTotal": "{{cart.total}}"},
                "outputs": {"id": "body.id", "status": "body.status"},
            },
        ],
        "config": {"delay": 0, "retryCount": 1, "parallel": False},
    },
    "flowInputs": [
        {
            "name": "email",
            "type": "email",
            "required": True,
            "default": "ann@example.com",
            "description": "Who buys.",
        },
        {"name": "password", "type": "password", "required": True},
        {"name": "product", "type": "string", "default": "mug", "validation": {"minLength": 2}},
        {"name": "quantity", "type": "number", "default": 1, "validation": {"min": 1, "max": 10}},
    ],
}

PAY_AND_TRACK: Json = {
    "name": "Pay and track",
    "description": "Drawn as a graph: an order is paid, and then looked up.",
    "isActive": False,
    "flowData": {
        "nodes": [
            {
                "id": "pay",
                "type": "request",
                "position": {"x": 0, "y": 80},
                "data": {
                    "name": "Pay by card",
                    "method": "POST",
                    "url": "{{paymentUrl}}/charges",
                    "body": {"order": "{{input.orderId}}", "source": "card_4242"},
                    "outputs": {"chargeId": "body.id"},
                },
            },
            {
                "id": "track",
                "type": "request",
                "position": {"x": 360, "y": 0},
                "data": {
                    "name": "Track the order",
                    "method": "GET",
                    "url": "{{baseUrl}}/orders/{{input.orderId}}?charge={{pay.chargeId}}",
                    "outputs": {"status": "body.status"},
                },
            },
            {
                "id": "receipt",
                "type": "request",
                "position": {"x": 360, "y": 160},
                "data": {
                    "name": "Fetch the receipt",
                    "method": "GET",
                    "url": "{{paymentUrl}}/charges/{{pay.chargeId}}/receipt",
                },
            },
        ],
        "edges": [
            {"id": "pay-track", "source": "pay", "target": "track"},
            {"id": "pay-receipt", "source": "pay", "target": "receipt"},
        ],
        "viewport": {"x": 0, "y": 0, "zoom": 1},
    },
    "flowInputs": [{"name": "orderId", "type": "string", "required": True}],
}
