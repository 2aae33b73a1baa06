"""Which records the cells of references mean: by their key, or by their name where one record alone is called so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from admin_core.generator.context import Context
from admin_core.generator.forms.editor import Wrong
from admin_core.generator.forms.fields import Slot
from admin_core.generator.forms.lookups import lookup
from admin_core.generator.ids import key_type
from admin_core.generator.spec import ModelSpec
from admin_core.policy import limit, may
from admin_core.theme.formats import in_sentence


class Refusing(Protocol):
    """A row that can be told what is wrong with it."""

    def refuse(self, label: str, sentence: str) -> None:
        """Note what is wrong with a field."""


@dataclass(frozen=True)
class Referred:
    """What was found so far; a record that is there stays there for the run, as its key stands in what is written."""

    there: dict[str, set[Any]] = field(default_factory=dict)
    """Values that records have, by the key of the column that refers."""
    called: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Value or Wrong, by column key and name."""

    def resolve(
        self,
        ctx: Context,
        slots: Mapping[str, Slot],
        values: Sequence[dict[str, Any]],
        rows: Sequence[Refusing],
    ) -> None:
        """Put the value in place of each cell that refers; what is not there, or not for this person, is refused."""
        for key, slot in slots.items():
            if slot.reference is None:
                continue
            cells = {text for each in values if (text := text_of(each.get(key)))}
            if not cells:
                continue
            read = self.read(ctx, slot, cells)
            for each, row in zip(values, rows, strict=True):
                if not (text := text_of(each.get(key))):
                    continue
                found = read[text]
                each[key] = found
                if isinstance(found, Wrong):
                    row.refuse(slot.column.label, found.sentence)

    def read(self, ctx: Context, slot: Slot, cells: set[str]) -> dict[str, Any]:
        """Return value or Wrong for each cell of one column; one statement for all keys, one look-up for each name."""
        assert slot.reference is not None
        target = ctx.registry.spec(slot.reference.model)
        if not may(ctx.person, "read", target):
            return dict.fromkeys(cells, gone(target))
        keys = {text: key for text in cells if (key := key_in(slot, text)) is not None}
        known = self.there.setdefault(slot.key, set())
        known |= existing(ctx, target, slot.reference.column, set(keys.values()) - known)
        found = {text: key for text, key in keys.items() if key in known}
        return {text: found[text] if text in found else self.by_name(ctx, slot, target, text) for text in cells}

    def by_name(self, ctx: Context, slot: Slot, target: ModelSpec, text: str) -> Any:
        """Return the value of the one record of this name, or Wrong."""
        place = (slot.key, text)
        if place not in self.called:
            self.called[place] = named(ctx, slot, target, text)
        return self.called[place]


def text_of(cell: Any) -> str:
    """Return a cell that refers to something as text; empty for none."""
    if cell is None or isinstance(cell, bool | list | dict) or type(cell) is object:
        return ""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def key_in(slot: Slot, text: str) -> Any:
    """Return the key that a text is, None when it can be none."""
    try:
        return slot.editor.read(text)
    except Wrong:
        return None


def existing(ctx: Context, target: ModelSpec, column: str, values: set[Any]) -> set[Any]:
    """Return those values that records have which this person sees."""
    if not values:
        return set()
    attribute = getattr(target.model, column)
    among = attribute == sa.any_(sa.literal(list(values), sa.ARRAY(key_type(attribute))))
    return set(ctx.session.scalars(limit(sa.select(attribute).where(among), ctx.person, target)))


def named(ctx: Context, slot: Slot, target: ModelSpec, text: str) -> Any:
    """Return the value of the one record that is called so, or Wrong."""
    assert slot.reference is not None
    options = lookup(ctx, target, text, column=slot.reference.column)
    found = [option for option in options if option.text.strip().casefold() == text.casefold()]
    if len(found) == 1:
        return slot.editor.read(found[0].value)
    if found:
        return Wrong(f"More than one {in_sentence(target.label)} is called so. Use the ID.")
    return gone(target)


def gone(target: ModelSpec) -> Wrong:
    """Return the sentence about a record that is not there for this person."""
    return Wrong(f"There is no such {in_sentence(target.label)}, or you may not see it. Use its ID.")
