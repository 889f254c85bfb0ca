"""Tests with tools from npm are read only where ``make interop`` got these: there are hundreds."""

import os

from tests.interop import npm

collect_ignore_glob = [] if os.environ.get(npm.ASKED) else ["test_*.py"]
