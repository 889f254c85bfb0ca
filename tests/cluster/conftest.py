"""A cluster for the tests of a module, where one can be started."""

from collections.abc import Iterator

import pytest

from tests.cluster.galera import Galera, missing
from tests.servers import available


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    """Three nodes of Galera."""
    if "mariadb" not in available():
        pytest.skip("MariaDB is not asked for")
    if lacking := missing():
        pytest.skip(f"there is no Galera to start: install {lacking}")
    cluster = Galera()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
