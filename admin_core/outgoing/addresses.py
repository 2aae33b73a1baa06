"""Which addresses may be called. Pure: one reading of the text serves the check and the call alike.

What two readers understand differently (odd numbers, backslashes, user names, zones) is refused, not interpreted.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({443, 8443})
"""What a webhook address of somebody else may use. Other ports are other services, and those were not asked for."""
LONGEST = 2_000
PRINTABLE = re.compile(r"[!-~]+")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
LONGEST_NAME = 253
BRACKETED = re.compile(r"\[([^\[\]]*)\](:[^:]*)?")
NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")

BLOCKED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # a public number, but the host of every virtual machine at Azure
    )
)  # fmt: skip
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""All that was ever given out. Mapped, compatible, NAT64, local and multicast forms lie outside."""
BLOCKED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo (which carries IPv4 addresses) among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address
        "3fff::/20",
    )
)
ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""The third quarter of an IPv6 address that carries an IPv4 address in its last."""


class AddressRefused(ValueError):
    """The address is not one we call; the message says why, and what to write instead."""


@dataclass(frozen=True)
class Rules:
    """What may be called."""

    ports: frozenset[int] = PORTS
    loopback: bool = False
    """This very machine too, by http and on any port: only where receivers are tried out."""


@dataclass(frozen=True)
class Target:
    """An address that was read once, and is never read again."""

    scheme: str
    host: str
    port: int
    path: str
    """With its query."""

    @property
    def ip(self) -> Ip | None:
        """The address when no name was given."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def host_header(self) -> str:
        """The host as HTTP names it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return name if self.port == usual else f"{name}:{self.port}"


def read_target(text: str, rules: Rules) -> Target:
    """Return what an address means, or raise AddressRefused. A name's numbers are judged when it is looked up."""
    parts = split(text)
    scheme = parts.scheme.lower()
    host = read_host(parts)
    target = Target(scheme, host, read_port(parts, scheme), path_of(parts))
    if rules.loopback and means_loopback(target):
        return target
    if scheme != "https":
        raise AddressRefused("Use an address that starts with https://.")
    if target.port not in rules.ports:
        known = " or ".join(str(port) for port in sorted(rules.ports))
        raise AddressRefused(f"Port {target.port} is not allowed. Use {known}.")
    if target.ip is not None:
        check_ip(target.ip)
    elif "." not in host:
        raise AddressRefused(f"{host} is a name of an inner network. Use a full name, such as hooks.example.com.")
    return target


def split(text: str) -> SplitResult:
    """Return the parts of an address in which every character means the same to every reader."""
    if not PRINTABLE.fullmatch(text) or "\\" in text:
        raise AddressRefused("Use letters, digits and signs of ASCII only, without spaces or backslashes.")
    if len(text) > LONGEST:
        raise AddressRefused(f"Use at most {LONGEST} characters; these are {len(text)}.")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise AddressRefused("This is no address. Write it like https://hooks.example.com/path.") from None
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
        raise AddressRefused("This is no web address. Write it like https://hooks.example.com/path.")
    if "@" in parts.netloc:
        raise AddressRefused("Leave out the user name and the @: they would be sent in clear to whoever is behind it.")
    if parts.fragment or text.endswith("#"):
        raise AddressRefused("Leave out the # and what follows: it is never sent.")
    return parts


def read_port(parts: SplitResult, scheme: str) -> int:
    """Return the port, the scheme's own when none is given."""
    text = parts.netloc.rpartition("]")[2].partition(":")[2]
    if not text and not parts.netloc.endswith(":"):
        return 443 if scheme == "https" else 80
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text) or int(text) > 65535:  # noqa: PLR2004 (the last port)
        raise AddressRefused("The port is no number from 1 to 65535.")
    return int(text)


def read_host(parts: SplitResult) -> str:
    """Return the host in lower case: a name, or a number in its one usual form."""
    if parts.netloc.startswith("["):
        return read_v6(parts.netloc)
    host = parts.netloc.partition(":")[0].lower()
    labels = host.split(".")
    if len(host) > LONGEST_NAME or not all(LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("The part behind https:// is no host name. Names with other letters start with xn--.")
    if NUMERIC.fullmatch(labels[-1]):
        return read_v4(host)
    return host


def read_v4(text: str) -> str:
    """Return four numbers; other ways to write them mean different things to different programs."""
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise AddressRefused("Write a number address as four decimal numbers, such as 196.25.1.1.") from None


def read_v6(text: str) -> str:
    """Return the IPv6 address in brackets, without a zone."""
    bracketed = BRACKETED.fullmatch(text)
    try:
        found = ipaddress.IPv6Address(bracketed[1] if bracketed else "")
    except ValueError:
        raise AddressRefused("What stands in brackets is no IPv6 address.") from None
    if found.scope_id is not None:
        raise AddressRefused("Leave out the zone behind %: it names a network of this machine.")
    return str(found)


def path_of(parts: SplitResult) -> str:
    """Return what is asked of the host."""
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def means_loopback(target: Target) -> bool:
    """Return whether an address plainly names this machine."""
    return target.host == "localhost" or (target.ip is not None and target.ip.is_loopback)


def check_ip(ip: Ip) -> None:
    """Do nothing for an address of the public internet; raise AddressRefused for any other."""
    if not is_public(ip):
        raise AddressRefused("The address leads into an inner network. Only the public internet is called.")


def is_public(ip: Ip) -> bool:
    """Return whether anybody on the internet could reach this address, and only there."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in BLOCKED_V4)
    carries_v4 = int(ip) >> 32 & 0xFFFFFFFF in ISATAP
    return ip in PUBLIC_V6 and ip.is_global and not carries_v4 and not any(ip in network for network in BLOCKED_V6)
