"""Checkpoints: what is signed about the log, and the key that signs, which only the sealer has.

The key is a file (PEM, mode 0600). Its public half goes into the database; a new one is endorsed by the one before.
"""

import base64
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from admin_core.audit.entries import moment

ORIGIN = "admin-audit/v1"
ALGORITHM = "ed25519"


class SigningKeyError(RuntimeError):
    """The signing key cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says, and in what words it is signed."""

    log: str
    number: int
    size: int
    root: bytes
    previous_root: bytes | None
    sealed_at: datetime

    def text(self) -> bytes:
        """Return the signed text: one value a line."""
        previous = self.previous_root.hex() if self.previous_root is not None else "-"
        lines = (ORIGIN, self.log, self.number, self.size, self.root.hex(), previous, moment(self.sealed_at))
        return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True)
class Signer:
    """The private key, as long as a process lives."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key's 32 bytes."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> str:
        """The name of the key, which binds its bytes."""
        return key_id(self.public)

    def sign(self, text: bytes) -> bytes:
        """Return the signature of a text."""
        return self.private.sign(text)


def key_id(public: bytes) -> str:
    """Return the name of a public key."""
    return f"{ALGORITHM}-{hashlib.sha256(public).hexdigest()[:32]}"


def is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Return whether the signature of the text is the key's."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_signer(path: Path) -> Signer:
    """Return the key in a file; refuse one that others may read."""
    if not path.is_file():
        raise SigningKeyError(f"There is no signing key at {path}. Make it with: admin audit init")
    if path.stat().st_mode & 0o077:
        raise SigningKeyError(f"Others may read the signing key {path}. Repair it with: chmod 600 {path}")
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise SigningKeyError(f"{path} holds no private key in PEM form.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyError(f"{path} holds a key of another kind; {ALGORITHM} is needed.")
    return Signer(private)


def write_signer(path: Path) -> Signer:
    """Make a key, write it for the owner alone and return it; a file that is there is never overwritten."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return Signer(private)


@dataclass(frozen=True)
class PublicKey:
    """A public key as the database holds it, tied by two signatures to the one before it."""

    raw: bytes
    follows: str = ""
    """Name of the key before it; empty for the first."""
    endorsement: bytes = b""
    """By the key before: trust in the old one reaches the new one."""
    acceptance: bytes = b""
    """By this key: trust in the new one reaches the old one."""

    @property
    def id(self) -> str:
        """The name of the key."""
        return key_id(self.raw)

    def text(self) -> str:
        """Return what is stored: ``public``, and ``follows`` with both signatures when another key came before."""
        lines = [f"public {encoded(self.raw)}"]
        if self.follows:
            lines.append(f"follows {self.follows} {encoded(self.endorsement)} {encoded(self.acceptance)}")
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Return the key from its stored text; ValueError when it is malformed."""
        words = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
        raw = decoded(words.get("public", ""))
        if len(raw) != 32:  # noqa: PLR2004 bytes of an Ed25519 key
            raise ValueError("A public key has 32 bytes.")
        if "follows" not in words:
            return cls(raw)
        follows, endorsement, acceptance = words["follows"].split(" ")
        return cls(raw, follows, decoded(endorsement), decoded(acceptance))

    def is_tied_to(self, older: "PublicKey") -> bool:
        """Return whether both keys have signed that this one comes after the older."""
        text = succession(older.id, self.id)
        return (
            older.id == self.follows
            and is_signed(older.raw, text, self.endorsement)
            and is_signed(self.raw, text, self.acceptance)
        )


def encoded(raw: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(raw).decode()


def decoded(text: str) -> bytes:
    """Return the bytes of base64; ValueError when it is none."""
    return base64.b64decode(text, validate=True)


def succession(older: str, newer: str) -> bytes:
    """Return what both keys sign when one follows the other."""
    return f"{ORIGIN}\nkey {older}\nis followed by {newer}\n".encode()


def successor(newer: Signer, older: Signer) -> PublicKey:
    """Return the new key tied to the old one."""
    text = succession(older.id, newer.id)
    return PublicKey(newer.public, older.id, older.sign(text), newer.sign(text))


def trusted(keys: Iterable[PublicKey], pinned: Iterable[str]) -> dict[str, bytes]:
    """Return the keys that are pinned or tied to one that is, with their bytes."""
    known = {key.id: key for key in keys}
    found = {name for name in pinned if name in known}
    while True:
        more = {
            name
            for newer in known.values()
            if newer.follows in known and newer.is_tied_to(known[newer.follows])
            for one, name in ((newer.id, newer.follows), (newer.follows, newer.id))
            if one in found
        } - found
        if not more:
            return {name: known[name].raw for name in found}
        found |= more
