"""Addresses: read strictly, compared in one spelling, remembered as keyed hashes that outlive the person's data."""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from admin_core.ciphers import derived

PURPOSE = "mail address hash"


class MailRefused(ValueError):
    """A message that cannot be asked for; the sentence names no person."""


def readable_address(text: str) -> str:
    """Return an address that a mail server can be given, or raise MailRefused."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        raise MailRefused("The receiver's e-mail address is not one that mail can be sent to.") from None
    return found.ascii_email or found.normalized


def normalised(address: str) -> str:
    """Return the one spelling under which an address is compared and hashed."""
    return unicodedata.normalize("NFKC", address).strip().lower()


@dataclass(frozen=True)
class AddressHashes:
    """Hashes addresses under the secret keys: the present one first, then the old ones."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, keys: Sequence[str]) -> "AddressHashes":
        """Return the hashes of an installation with these secret keys."""
        return cls(tuple(derived(key, PURPOSE) for key in keys))

    def of_address(self, address: str) -> tuple[str, ...]:
        """Return the address's hash under each key; whoever stores one stores the first, whoever looks tries all."""
        text = normalised(address).encode()
        return tuple(hmac.new(key, text, hashlib.sha256).hexdigest() for key in self.keys)
