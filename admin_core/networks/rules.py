"""What a list of networks allows, and which change of it would lock somebody out. Pure."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from admin_core.addresses import plain_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST = 80
MAPPED_BITS = 96
"""Bits in front of the IPv4 address inside an IPv6 one."""
LENGTH = re.compile(r"[0-9]{1,3}")
EXAMPLES = "Examples: 196.25.1.7, 196.25.0.0/16, 2001:db8::/32."
ALWAYS = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Allowed:
    """One line of the list."""

    id: UUID
    network: Network
    label: str
    enabled: bool = True
    expires_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """The moment from which it allows nothing; NEVER when it is disabled."""
        if not self.enabled:
            return NEVER
        return self.expires_at or ALWAYS


def read_network(text: str) -> Network:
    """Return the network as it is stored, or raise ValueError with a sentence."""
    typed = "".join(text.split())
    address, slash, length = typed.partition("/")
    if not address:
        raise ValueError(f"Type an address or a range. {EXAMPLES}")
    if "%" in address:
        raise ValueError("Leave out the zone, the % and what follows: it means something on one machine only.")
    if slash and not LENGTH.fullmatch(length):
        raise ValueError(f"After the slash stands the number of leading bits. {EXAMPLES}")
    try:
        found = ipaddress.ip_interface(typed)
    except ValueError:
        raise ValueError(f"“{typed[:LONGEST]}” is no address and no range. {EXAMPLES}") from None
    if found.ip != found.network.network_address:
        raise ValueError(f"{typed} says more than a range does. Type {found.network} for the range, or {found.ip}.")
    return unmapped(found.network)


def unmapped(network: Network) -> Network:
    """Return IPv4 for IPv4 that was written as IPv6: addresses are compared that way, too."""
    inside = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    if inside is None or network.prefixlen < MAPPED_BITS:
        return network
    return ipaddress.IPv4Network((inside, network.prefixlen - MAPPED_BITS))


def is_on(entries: Iterable[Allowed]) -> bool:
    """Return whether the list restricts anybody. One that has expired as a whole does: it never opens by itself."""
    return any(entry.enabled for entry in entries)


def matching(entries: Iterable[Allowed], address: str | None) -> list[Allowed]:
    """Return the lines an address falls under, whatever their state."""
    found = plain_address(address)
    return [entry for entry in entries if found is not None and found in entry.network]


def allowed_until(entries: Iterable[Allowed], address: str | None) -> datetime:
    """Return from which moment an address is not allowed any more: ALWAYS, NEVER, or one in between."""
    known = list(entries)
    if not is_on(known):
        return ALWAYS
    return max((entry.until for entry in matching(known, address)), default=NEVER)


def is_allowed(entries: Iterable[Allowed], address: str | None, now: datetime) -> bool:
    """Return whether an address may reach the admin surface at this moment."""
    return allowed_until(entries, address) > now


def why_not(before: Iterable[Allowed], after: Iterable[Allowed], address: str | None, now: datetime) -> str:
    """Return why the list must not be changed so by somebody at this address; empty when it may.

    The law: nobody's own change shortens the time for which they get in.
    """
    known, wanted = list(before), list(after)
    until = allowed_until(wanted, address)
    if until <= now:
        return f"You would lock yourself out: {shown(address)} would not be allowed any more. {REMEDY}"
    if until < allowed_until(known, address):
        return f"You would lock yourself out later: {shown(address)} would not be allowed for good. {REMEDY}"
    if is_on(wanted) and not any(entry.until == ALWAYS for entry in wanted):
        return "Every network would end some day, and then nobody gets in. Keep one that is enabled and has no end."
    return ""


REMEDY = "First add a network without an end that your own address is in."


def shown(address: str | None) -> str:
    """Return an address as a sentence names it."""
    found = plain_address(address)
    return f"your address {found}" if found else "your address, which we can't tell,"
