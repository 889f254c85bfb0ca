"""Who calls: what proxies write, and what an address counts as."""

import pytest

from gassapi_backend.addresses import counted_as, ip_of


@pytest.mark.parametrize(
    ("text", "ip"),
    [
        ("203.0.113.5", "203.0.113.5"),
        (" 203.0.113.6:51234 ", "203.0.113.6"),
        ('"203.0.113.7"', "203.0.113.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ('"[2001:db8::1]"', "2001:db8::1"),
        ("::ffff:203.0.113.10", "203.0.113.10"),
        ("[::ffff:203.0.113.10]:80", "203.0.113.10"),
        ("fe80::1%eth0", None),
        ("unknown", None),
        ("_hidden", None),
        ("", None),
        ("[", None),
        ("1.2.3.4.5", None),
    ],
)
def test_an_address_is_read_as_proxies_write_it(text: str, ip: str | None) -> None:
    assert ip_of(text) == ip


def test_an_ipv6_address_counts_as_its_network() -> None:
    assert counted_as("2001:db8:1:2::1") == counted_as("2001:db8:1:2:3:4:5:6")
    assert counted_as("2001:db8:1:2::1") != counted_as("2001:db8:1:3::1")
    assert counted_as("203.0.113.5") == "203.0.113.5"
    assert counted_as("not:an:address") == "not:an:address"
