"""The words a model uses about itself: typed, and typos are refused at import.

A column carries its words in ``info`` as flat keys, so that the words of its type and its own merge.
A model carries an ``AdminOptions`` in ``__admin__``. Nothing here knows how a screen is made.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack, get_args

Pii = Literal[
    "none",  # no personal data
    "business",  # a company's or agency's name: never masked, but part of access packs and erasure
    "contact",  # e-mail address, phone number, postal address
    "identity",  # a person's name, identity number, date of birth
    "special",  # health, race, belief … (POPIA section 26)
    "cv",  # CV text and what was derived from it
    "ip",  # IP address, device, precise location
    "bank",  # account and card details
    "secret",  # passwords, keys, seeds: never selected by a generated query
    "unclassified",  # nobody has said yet (reflected tables): treated as personal
]
PII_CLASSES: tuple[str, ...] = get_args(Pii)
PERSONAL: frozenset[str] = frozenset(PII_CLASSES) - {"none", "business"}
"""Classes whose values may be masked, and never stand in a URL, a log line or a job argument."""

Widget = Literal[
    "text",
    "textarea",
    "markdown",
    "code",
    "email",
    "phone",
    "url",
    "money",
    "percent",
    "json",
    "tags",
    "colour",
    "password",
]
Writes = Literal["forms", "elsewhere", "actions", "append", "none"]
Capture = Literal["row", "batch"]

GROUPS: dict[str, str] = {
    "Customers": "users",
    "Finance": "cash",
    "Catalog": "package",
    "AI quality": "robot",
    "Usage": "activity",
    "Support": "message-2",
    "Privacy": "shield-lock",
    "Health": "heartbeat",
    "Content": "news",
    "Reports": "report",
    "System": "settings",
}
"""Headings of the sidebar, in order, with their icons. A group not named here stands at the end."""


class ColumnInfo(TypedDict, total=False):
    """What a column may say about itself."""

    label: str
    help: str
    """Overrides the column comment as help text."""
    pii: Pii
    widget: Widget
    group: str
    """Heading of the field group on detail and form pages."""
    unit: str
    """Shown after the number, e.g. ``ms``; ``currency:COLUMN`` names the column that holds the currency."""
    listed: bool
    """True: among the default list columns; False: not among them."""
    editable: bool
    """False: shown, never in a form."""
    once: bool
    """True: may be set when the record is made, not changed later."""
    searchable: bool
    """False: leave it out of the search box although an index would serve it."""
    hands_over: bool
    """True: names the member who holds the row, though the column's name does not say so; when the member leaves, an
    open row passes to somebody else."""
    moving: bool
    """True: machines move it all the time; a change of nothing else is no change, and the history leaves it out."""
    badge: dict[str, str]
    """Colour word (success, warning, danger, info, muted) by value, for status columns."""


def ui(**words: Unpack[ColumnInfo]) -> dict[str, Any]:
    """Return a column's ``info``, refusing words that the admin would silently ignore."""
    unknown = words.keys() - ColumnInfo.__annotations__.keys()
    if unknown:
        known = ", ".join(sorted(ColumnInfo.__annotations__))
        raise TypeError(f"ui() does not know {sorted(unknown)}. Known words: {known}.")
    pii = words.get("pii")
    if pii is not None and pii not in PII_CLASSES:
        raise TypeError(f"ui(pii={pii!r}) is no class. Classes: {', '.join(PII_CLASSES)}.")
    return dict(words)


@dataclass(frozen=True)
class Retention:
    """How long rows are kept: ``days`` after the moment in column ``after``."""

    after: str
    days: int
    basis: str
    """Why this long: the law or the purpose."""


@dataclass(frozen=True)
class AdminOptions:
    """What a model may say about its screens. Every field has a safe default."""

    group: str = "Data"
    """Heading in the sidebar."""
    label: str = ""
    """Singular, in the operator's words; derived from the class name when empty."""
    plural: str = ""
    icon: str = "table"
    description: str = ""
    """One sentence under the list's title."""
    title: tuple[str, ...] = ()
    """Columns whose values name a record. Default: the first name, title or text column, else the key."""
    listed: tuple[str, ...] = ()
    """Default list columns, in order. Default: chosen from types and tags."""
    default_sort: str = ""
    """Column, with a leading ``-`` for descending. Default: newest first where an index allows."""
    writes: Writes = "forms"
    written_by: str = ""
    """For ``writes`` other than forms: the sentence that tells who changes these rows."""
    capture: Capture = "row"
    inlines: tuple[str, ...] = ()
    """To-many relationships edited inside this model's form."""
    retention: Retention | None = None
    subject: str = ""
    """Path from a row to the data subject, e.g. ``customer`` or ``ticket.customer``; ``self``: the row is one."""
    instead: str = ""
    """What to do with a record that others depend on, since it can't be deleted; a sentence."""
    jump: str = ""
    """One letter: the key ``g``, then this letter, opens the list."""
    hidden: bool = False
    """True: not in the sidebar (join tables, machinery); still reachable by link where permitted."""


DEFAULT_OPTIONS = AdminOptions()


def options_of(model: type) -> AdminOptions:
    """Return the model's own ``__admin__``, or the defaults."""
    found = getattr(model, "__admin__", DEFAULT_OPTIONS)
    if not isinstance(found, AdminOptions):
        raise TypeError(f"{model.__name__}.__admin__ must be an AdminOptions, not {type(found).__name__}.")
    return found
