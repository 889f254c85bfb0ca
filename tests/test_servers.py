"""What a run says of the databases that it leaves out."""

import pytest

from tests import servers


@pytest.mark.parametrize("wanted", [None, *servers.ENGINES, "mariadb,mysql"])
def test_every_database_that_a_run_does_without_has_a_reason(
    monkeypatch: pytest.MonkeyPatch, wanted: str | None
) -> None:
    for variable in servers.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    if wanted is None:
        monkeypatch.delenv("GASSAPI_TEST_ENGINES", raising=False)
    else:
        monkeypatch.setenv("GASSAPI_TEST_ENGINES", wanted)
    for name in servers.missing():
        reason = servers.why_missing(name)
        asked_for = wanted is None or name in wanted.split(",")
        assert ("GASSAPI_TEST_ENGINES" in reason) is not asked_for
