"""The keys by which the application vouches for an entry: derived from its secret keys, the newest first."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from admin_core.ciphers import derived
from admin_core.settings import Settings

MAC_PURPOSE = "audit entry mac"
DIGEST_PURPOSE = "audit digest"


@dataclass(frozen=True)
class MacKey:
    """One key, and the name under which entries remember it. The name tells nothing of the key."""

    id: str
    key: bytes = field(repr=False)

    def mac(self, body: bytes) -> bytes:
        """Return what only a holder of the key can compute."""
        return hmac.digest(self.key, body, "sha256")


@dataclass(frozen=True)
class AppKeys:
    """Everything the application holds for the log: it can vouch, it cannot sign checkpoints."""

    secrets: tuple[str, ...] = field(repr=False)
    macs: tuple[MacKey, ...]

    @classmethod
    def of(cls, settings: Settings) -> "AppKeys":
        """Return the keys of a process."""
        return cls.from_secrets([settings.secret_key, *settings.old_secret_keys])

    @classmethod
    def from_secrets(cls, secrets: Sequence[str]) -> "AppKeys":
        """Return the keys that belong to these secret keys, the current one first."""
        return keys_of(tuple(secrets))

    @property
    def mac(self) -> MacKey:
        """The key for new entries."""
        return self.macs[0]

    def digest_of(self, text: str) -> str:
        """Return a stable stand-in for a text that may be personal: same text, same digest, for holders of the key."""
        key = derived(self.secrets[0], DIGEST_PURPOSE)
        return f"digest:{hmac.digest(key, text.encode(), 'sha256').hex()[:32]}"


@lru_cache(maxsize=8)
def keys_of(secrets: tuple[str, ...]) -> AppKeys:
    """Return the keys that belong to some secret keys; kept, since pages ask for them and deriving them takes time."""
    return AppKeys(secrets, tuple(mac_key(secret) for secret in secrets))


def mac_key(secret: str) -> MacKey:
    """Return the key that belongs to a secret key."""
    key = derived(secret, MAC_PURPOSE)
    return MacKey(f"mac-{hashlib.sha256(b'id' + key).hexdigest()[:16]}", key)
