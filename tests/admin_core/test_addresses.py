"""Where a call came from: one reading of an address, wherever it is compared or written down."""

import pytest

from admin_core.addresses import plain_address, stored_address


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:10.0.0.1%eth0", "10.0.0.1"),
        ("unix:", None),
        ("203.0.113.7:443", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_read_without_its_zone_and_as_ipv4_where_it_is_one(given: str | None, stored: str | None) -> None:
    assert stored_address(given) == stored
    assert (plain_address(given) is None) == (stored is None)
