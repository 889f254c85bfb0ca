"""Drafts the next migration for both dialects: ``python -m tests.new_migration WHAT_IT_DOES``."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from aerich.utils import get_formatted_compressed_data, get_models_describe
from tortoise import Tortoise

from gassapi_backend.clock import now
from gassapi_backend.database import orm_config
from gassapi_backend.database.migrations import folder, shipped
from gassapi_backend.settings import load

DRAFT = '''\
from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
{state}
)
'''


async def models_state() -> str:
    """Return what a migration says of the models as they are now; the same for both dialects."""
    with tempfile.TemporaryDirectory() as home:
        await Tortoise.init(config=orm_config(load(home=home)))
        return get_formatted_compressed_data(get_models_describe("models"))


async def draft(what: str) -> list[Path]:
    """Write the two files, to be completed with SQL; return them."""
    number = len(shipped("sqlite"))
    name = f"{number}_{now():%Y%m%d%H%M%S}_{re.sub(r'[^a-z0-9]+', '_', what.lower())}.py"
    text = DRAFT.format(state="\n".join(f"    {line}" for line in _lines(await models_state())))
    paths = [folder(dialect) / "models" / name for dialect in ("sqlite", "mysql")]
    for path in paths:
        path.write_text(text, encoding="utf-8")
    return paths


def _lines(state: str) -> list[str]:
    return [line.strip() for line in state.strip("() \n").splitlines()]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say what it does: python -m tests.new_migration add_nicknames")
    for written in asyncio.run(draft(sys.argv[1])):
        print(f"Write the SQL in {written}")
