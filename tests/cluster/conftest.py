"""A cluster for the tests of a module, where one can be started."""

from collections.abc import Iterator

import pytest

from tests.cluster import galera as nodes
from tests.cluster import group as members
from tests.cluster.galera import Galera
from tests.cluster.group import Group
from tests.servers import available


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    """Three nodes of Galera."""
    if "mariadb" not in available():
        pytest.skip("MariaDB is not asked for")
    if lacking := nodes.missing():
        pytest.skip(f"there is no Galera to start: install {lacking}")
    cluster = Galera()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    """Three servers of one replication group of MySQL."""
    if lacking := members.missing():
        pytest.skip(f"there is no replication group to start: set {lacking}")
    group = Group()
    try:
        group.start()
        yield group
    finally:
        group.stop()
