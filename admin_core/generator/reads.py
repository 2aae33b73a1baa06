"""What a page shows of people, noted while it is made, so that it can be written down before the page goes out.

What the person sees masked is not noted: it is not read. Writing it down is the business of ``audit.reads``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin_core.generator.ids import encode_key
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.generator.subjects import way_of
from admin_core.policy import Person, sees
from schema.access_log import AccessKind

Key = tuple[Any, ...]


@dataclass
class Shown:
    """Personal data of rows of one model on one page."""

    spec: ModelSpec
    kind: AccessKind
    record: str | None = None
    """The record that was opened; None for several rows."""
    words: str = ""
    """What was searched for."""
    fields: dict[str, None] = field(default_factory=dict)
    """Names of the personal fields in clear, in the order they were met."""
    keys: dict[Key, None] = field(default_factory=dict)
    """Primary keys of the rows they stood in."""
    people: dict[Key, Any] = field(default_factory=dict)
    """Whose data a row is, where the page has read that already; None: nobody's."""


@dataclass
class Reads:
    """Everything that one request shows of people."""

    shown: dict[tuple[str, AccessKind, str | None, str], Shown] = field(default_factory=dict)

    def note(
        self,
        spec: ModelSpec,
        kind: AccessKind,
        fields: Iterable[str],
        keys: Iterable[Key] | Mapping[Key, Any],
        *,
        record: str | None = None,
        words: str = "",
    ) -> None:
        """Note that these personal fields of these rows are shown in clear.

        ``keys`` are the rows' own; a mapping also says whose data each row is, which then is not asked later.
        A search for somebody is noted also where it found nobody, or where only other fields of them are shown.
        """
        names, words = dict.fromkeys(fields), " ".join(words.casefold().split())
        rows = dict.fromkeys(keys) if names or words else {}
        if not rows and not words:
            return
        place = (spec.key, kind, record, words)
        known = self.shown.setdefault(place, Shown(spec, kind, record, words))
        known.fields |= names
        known.keys |= rows
        known.people |= keys if isinstance(keys, Mapping) else {}

    def note_record(self, spec: ModelSpec, record: Any, fields: Iterable[str]) -> None:
        """Note that personal fields of one record are shown in clear."""
        key = tuple(getattr(record, name) for name in spec.primary_key)
        way = way_of(spec)
        known = {key: vars(record)[way.column]} if way and way.column in vars(record) else [key]
        self.note(spec, AccessKind.DETAIL, fields, known, record=encode_key(key))


def is_read(person: Person, column: ColumnSpec) -> bool:
    """Return whether showing a column to this person is a reading of personal data."""
    return column.is_personal and sees(person, column) == "clear"


def read_of(person: Person, columns: Iterable[ColumnSpec], record: Any) -> list[str]:
    """Return the personal fields of a record that hold something and that this person is shown in clear."""
    return [c.key for c in columns if is_read(person, c) and getattr(record, c.key) is not None]


def read_in(person: Person, columns: Mapping[int, ColumnSpec], rows: Sequence[Any]) -> list[str]:
    """Return the same for rows: ``columns`` says which stands in which place of a row."""
    shown = {place: column for place, column in columns.items() if is_read(person, column)}
    return [c.key for place, c in shown.items() if any(row[place] is not None for row in rows)]
