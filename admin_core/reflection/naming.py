"""What reflected tables and columns are called in addresses, forms and permissions: stable, and never ambiguous.

A name that is plain stays as it is. Every other character becomes ``~`` and its number in hexadecimal, so that two
names never meet, whatever the database allows: spaces, dots, slashes, quotes.
"""

import hashlib
import re

PLAIN = re.compile(r"[A-Za-z0-9_-]")
COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST, KEPT = 130, 100
MARK = "x_"
"""In front of a column's key that is not its plain name."""
RESERVED = frozenset({"metadata", "registry"})
"""SQLAlchemy's own attributes of a mapped class."""


def key_of_table(schema: str, table: str) -> str:
    """Return the key of a table: ``public.users``; one that would be too long ends in a digest."""
    key = f"{spelled(schema)}.{spelled(table)}"
    return key if len(key) <= LONGEST else f"{key[:KEPT]}~{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def spelled(name: str) -> str:
    """Return a name in which only plain characters are left."""
    return "".join(c if PLAIN.fullmatch(c) else f"~{ord(c):x}~" for c in name)


def key_of_column(name: str) -> str:
    """Return the key of a column, which is also the attribute of its class."""
    if COLUMN.fullmatch(name) and name not in RESERVED and not name.startswith(MARK):
        return name
    return MARK + "".join(c if re.fullmatch(r"[A-Za-z0-9]", c) else f"_{ord(c):x}_" for c in name)


def class_name(key: str) -> str:
    """Return a name for the class of a table; only people who debug see it."""
    return "".join(word.title() for word in re.findall(r"[a-z0-9]+", key.lower())) or "Table"
