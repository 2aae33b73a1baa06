"""What plugins add to the page of a record of any model: facts at its top, panels, kinds of its timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class RecordHeader:
    """Columns of a record that stand at the top of its page; who may not see one in clear sees it masked."""

    model: str
    """The model's key."""
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """Records of another model that belong to one, newest first.

    An index must lead with the columns of ``among``, ``owner`` and ``newest``.
    """

    rows: str
    """Key of the model whose records are shown; who may not read it is shown none."""
    columns: tuple[str, ...]
    newest: str
    """Column of the moment at which each happened; never empty."""
    owner: str = "customer_id"
    """Column that refers to the record; one that holds texts refers to it by its id."""
    first: str = ""
    """Switch of those that a panel shows above the others; an index must then lead with ``owner``, this, ``newest``."""
    unless: str = ""
    """Column that is filled in for those that are left out."""
    among: tuple[tuple[str, str], ...] = ()
    """Further columns and the value they have, where ``owner`` alone does not say which kind of record is meant."""


@dataclass(frozen=True)
class PanelTable:
    """Numbers and words that are nobody's personal data, worked out for one record."""

    headers: tuple[str, ...]
    """The first names the rows."""
    rows: tuple[tuple[str | int, ...], ...]
    about: tuple[str, ...] = ()
    """Ids of the records of the panel's model that the rows are about, in their order: core names each in front, as far
    as the person may see it, and notes that it was shown."""
    links: tuple[str, ...] = ()
    """Where each row leads; empty: nowhere."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A box on a record's page, loaded when somebody gets there, in a transaction of its own that may fail alone."""

    slug: str
    title: str
    model: str
    """Key of the model on whose records it stands."""
    permission: str
    belonging: Belonging | None = None
    """What it lists; core reads, masks and logs."""
    load: Callable[[Session, Any, datetime], PanelTable] | None = None
    """Else what it says: takes the session, the record's key and the present moment."""
    text: str = ""
    """One of the columns: each record then stands as a text of its own with what can be done to it, not in a table."""
    compared: bool = False
    """True: of each text, what it changed in the one before."""
    actions: tuple[str, ...] = ()
    """Slugs of the plugin's own actions on the record, offered on top of the panel."""
    most: int = 10
    """Rows of a list; the list behind it holds the others."""
    statements: int = 2
    """Budget of its own SQL statements, checked by the conformance kit."""
    order: int = 100

    def __post_init__(self) -> None:
        """Refuse a panel that shows nothing, or two things."""
        if (self.belonging is None) == (self.load is None):
            raise ValueError(f"Panel {self.slug} needs either belonging or load.")
        if self.text and self.text not in (self.belonging.columns if self.belonging else ()):
            raise ValueError(f"Panel {self.slug} shows the text {self.text}, which is none of its columns.")


@dataclass(frozen=True, kw_only=True)
class TimelineEntries:
    """One kind of what happened to a record, for its timeline."""

    slug: str
    label: str
    """One of them: "Visit"."""
    model: str
    """Key of the model on whose records' timelines they stand."""
    permission: str
    belonging: Belonging
    icon: str = "point"
    apart: bool = False
    """True: shown when somebody chooses it, since it is so frequent that it would push out everything else."""
