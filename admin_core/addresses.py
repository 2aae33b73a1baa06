"""The address a call came from: read the same way wherever one is compared or written down."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def plain_address(address: str | None) -> Address | None:
    """Return an address, as a connection or proxy gave it, without its zone, and as IPv4 where it is one."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def stored_address(address: str | None) -> str | None:
    """Return an address as a column takes it, None when it is none."""
    found = plain_address(address)
    return str(found) if found is not None else None
