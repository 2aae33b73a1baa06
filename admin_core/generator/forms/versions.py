"""The version a form has seen: a stamp of the row and a digest of every text shown, sealed into one hidden field.

``xmin`` and ``ctid`` change with every UPDATE and exist in every table, reflected ones too. The digests tell what
somebody else changed meanwhile from what was typed, without carrying a second copy of the values.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from admin_core.ciphers import Cipher, Unreadable
from admin_core.database import UNSTAMPED
from admin_core.generator.forms.constraints import DIALECT
from admin_core.generator.spec import ModelSpec

PURPOSE = "form version"


@dataclass(frozen=True)
class Seen:
    """What the form showed when it was opened."""

    stamp: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)


def stamp_of(spec: ModelSpec) -> sa.ColumnElement[str]:
    """Return the expression that changes whenever the row does."""
    table = DIALECT.identifier_preparer.format_table(spec.table)
    if spec.table.info.get(UNSTAMPED):
        return sa.literal_column(f"md5(CAST({DIALECT.identifier_preparer.quote(spec.table.name)}.* AS text))", sa.Text)
    text: sa.ColumnElement[str] = sa.literal_column(f"({table}.xmin::text || ' ' || {table}.ctid::text)", sa.Text)
    return text


def version(cipher: Cipher, spec: ModelSpec, record_id: str, stamp: str, texts: Mapping[str, str]) -> str:
    """Return the hidden field's value; it is worth nothing on another record."""
    digests = {key: digest(text) for key, text in texts.items()}
    return cipher.seal(PURPOSE, json.dumps([spec.key, record_id, stamp, digests], separators=(",", ":")))


def seen(cipher: Cipher, spec: ModelSpec, record_id: str, sealed: str) -> Seen:
    """Return what the form saw; nothing for a version we did not make, so that every difference is asked about."""
    try:
        key, record, stamp, digests = json.loads(cipher.open(PURPOSE, sealed))
    except (Unreadable, ValueError):
        return Seen()
    return Seen(stamp, digests) if (key, record) == (spec.key, record_id) else Seen()


def digest(text: str) -> str:
    """Return a short fingerprint of a text."""
    data: Any = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).hexdigest()
