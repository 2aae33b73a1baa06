"""Where a channel sends to: kept encrypted, never shown again. A hint is enough to recognise it. Pure but for keys."""

import json
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from admin_core.ciphers import Cipher, Unreadable
from schema.alerts import AlertChannel, ChannelKind

PURPOSE = "alert channel"


@dataclass(frozen=True)
class Target:
    """Where a channel sends to."""

    addresses: tuple[str, ...] = ()
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    """Signs messages to other programs."""


def sealed(cipher: Cipher, target: Target) -> bytes:
    """Return a target as it is stored."""
    return cipher.seal(PURPOSE, json.dumps(asdict(target))).encode()


def opened(cipher: Cipher, channel: AlertChannel) -> Target | None:
    """Return where a channel sends to; None when no key at hand opens it."""
    try:
        stored = json.loads(cipher.open(PURPOSE, bytes(channel.target).decode("ascii", "replace")))
        return Target(tuple(stored["addresses"]), stored["url"], stored["secret"])
    except (Unreadable, ValueError, KeyError, TypeError):
        return None


def hint(kind: ChannelKind, target: Target) -> str:
    """Return what is shown of a target: of an address its first letter, of a webhook its host."""
    if kind is ChannelKind.EMAIL:
        return ", ".join(f"{name[:1]}…@{domain}" for name, _, domain in (a.rpartition("@") for a in target.addresses))[
            :200
        ]
    return (urlsplit(target.url).hostname or "")[:200]
