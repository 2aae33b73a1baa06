"""The address a call came from: read the same way wherever one is compared or written down."""

import ipaddress

LINE_BITS = 64
"""Of IPv6, a provider gives each line a network of this length, and whoever has it calls from any address in it."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Line = ipaddress.IPv4Network | ipaddress.IPv6Network


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


def line_of(address: str | None) -> Line | None:
    """Return what counts as one caller: an address, of IPv6 the network that one line has; None when it is none."""
    found = plain_address(address)
    if found is None:
        return None
    bits = LINE_BITS if isinstance(found, ipaddress.IPv6Address) else found.max_prefixlen
    return ipaddress.ip_network((found, bits), strict=False)
