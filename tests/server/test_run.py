"""The server's own process."""

import gc

import pytest

from gassapi_backend.server.app import build_app
from gassapi_backend.server.run import Runner
from gassapi_backend.settings import Settings


@pytest.mark.engines("sqlite")
async def test_the_collector_is_spared_what_was_made_before_the_first_request(
    settings: Settings,
) -> None:
    runner = Runner(build_app(settings))
    try:
        await runner.setup()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
        await runner.cleanup()
