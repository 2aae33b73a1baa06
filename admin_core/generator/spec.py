"""What the generator knows about a model: plain, frozen data. How it is read off a mapper stands in ``reading``.

Keys are stable: a column's key is its attribute name, a model's key its table name. URLs, saved views and
permissions use them, never positions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Table

from schema.tags import PERSONAL, AdminOptions, Pii, Writes

Kind = Literal[
    "text",  # one line
    "longtext",
    "integer",
    "decimal",
    "float",
    "boolean",
    "date",
    "moment",  # timestamp with time zone
    "local_moment",  # timestamp without time zone
    "time",
    "interval",
    "enum",
    "json",
    "array",
    "uuid",
    "bytes",
    "inet",
    "range",
    "other",  # shown as text, never edited
]


@dataclass(frozen=True)
class Reference:
    """A foreign key of one column: what it points to, and the relationship that follows it (empty: none mapped)."""

    model: str
    """Key of the referenced model."""
    column: str
    """Key of the referenced column."""
    relation: str


@dataclass(frozen=True)
class ColumnSpec:
    """One mapped column."""

    key: str
    name: str
    """Name in the database."""
    kind: Kind
    label: str
    help: str = ""
    group: str = ""
    pii: Pii = "none"
    widget: str = ""
    unit: str = ""
    badge: Mapping[str, str] = field(default_factory=dict)
    nullable: bool = True
    has_default: bool = False
    """The database or the model fills it when nothing is given."""
    generated: bool = False
    """Computed or identity: never written."""
    editable: bool = True
    once: bool = False
    listed: bool | None = None
    searchable: bool = True
    is_key: bool = False
    unique: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    """(stored value, label), for enums and CHECK-in lists."""
    max_length: int | None = None
    precision: int | None = None
    scale: int | None = None
    item: "ColumnSpec | None" = None
    """For arrays: what one element is."""
    reference: Reference | None = None

    @property
    def is_personal(self) -> bool:
        """True when the value must not stand in a URL, a log line or a job argument."""
        return self.pii in PERSONAL


@dataclass(frozen=True)
class RelationSpec:
    """A relationship to another model."""

    key: str
    label: str
    model: str
    """Key of the other model."""
    to_many: bool
    columns: tuple[str, ...] = ()
    """To-one: keys of our foreign-key columns. To-many: keys of the other model's columns that point here."""
    remote: tuple[str, ...] = ()
    """To-one: keys of the columns pointed to. To-many: our columns that are pointed to."""
    through: Table | None = None
    """Many-to-many: the association table."""


@dataclass(frozen=True)
class ModelSpec:
    """One model, ready to be shown."""

    key: str
    model: type[Any]
    table: Table
    label: str
    plural: str
    options: AdminOptions
    columns: Mapping[str, ColumnSpec]
    """By key, in declared order."""
    primary_key: tuple[str, ...]
    parents: Mapping[str, RelationSpec]
    children: Mapping[str, RelationSpec]
    title: tuple[str, ...]
    """Columns whose values name a record."""
    listed: tuple[str, ...]
    """Default list columns, in order."""

    @property
    def group(self) -> str:
        """Heading in the sidebar."""
        return self.options.group

    @property
    def writes(self) -> Writes:
        """Who may write rows: ``forms`` gets everything generated, ``elsewhere`` (another database) the form alone."""
        return self.options.writes

    @property
    def has_form(self) -> bool:
        """True when a single row is made, changed and deleted in a generated form."""
        return self.writes in {"forms", "elsewhere"}

    @property
    def description(self) -> str:
        """One sentence under the list's title."""
        return self.options.description


@lru_cache(maxsize=8_192)
def label_of(name: str, *, refers: bool = False, whole: bool = False) -> str:
    """Return a name of the code as words: ``trial_ends_at`` -> ``Trial ends``, ``is_internal`` -> ``Internal``.

    A column that refers to a record is called by it: ``customer_id`` -> ``Customer``; ``whole`` keeps
    the ending that tells ``paid_at`` from ``paid_cents``.
    """
    words = name.split("_")
    silent = {"cents"} if whole else SILENT_ENDINGS | ({"id"} if refers else set())
    if len(words) > 1 and words[-1] in silent:
        words = words[:-1]
    if len(words) > 1 and words[0] == "is" and not whole:
        words = words[1:]
    text = " ".join(words)
    for plain, proper in ACRONYMS.items():
        text = " ".join(proper if word == plain else word for word in text.split(" "))
    return text[:1].upper() + text[1:]


SILENT_ENDINGS = {"at", "on", "cents"}

ACRONYMS = {
    "id": "ID", "url": "URL", "ip": "IP", "vat": "VAT", "cv": "CV", "cvs": "CVs", "ai": "AI", "api": "API",
    "utm": "UTM", "json": "JSON", "pdf": "PDF", "sla": "SLA", "faq": "FAQ", "fx": "FX", "usd": "USD", "zar": "ZAR",
    "mrr": "MRR", "imap": "IMAP", "smtp": "SMTP", "http": "HTTP", "sql": "SQL", "csv": "CSV", "dsn": "DSN",
    "email": "e-mail", "emails": "e-mails", "b2b": "B2B", "b2c": "B2C",
}  # fmt: skip
"""Words that keep their own spelling in labels."""
