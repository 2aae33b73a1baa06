"""What the palette answers with. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One answer."""

    label: str
    url: str
    note: str = ""
    icon: str = "point"


@dataclass(frozen=True)
class EntryGroup:
    """Answers of one kind."""

    label: str
    entries: tuple[Entry, ...]
