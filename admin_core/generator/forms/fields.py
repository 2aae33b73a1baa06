"""The WTForms side: one field class for every kind. Names get a prefix, so that a column may be called ``data``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.form import BaseForm

from admin_core.generator.forms.editor import Editor, Wrong, same_breaks
from admin_core.generator.spec import ColumnSpec, Reference

Formdata = MultiDict[str, str]


@dataclass(frozen=True)
class Slot:
    """What a form knows about one column before anybody asks: made once per model and mode."""

    column: ColumnSpec
    editor: Editor
    required: bool
    initial: str = ""
    """Text of a constant default, shown in a new form."""
    reference: Reference | None = None
    """Set when the value is chosen among records of a model the admin shows."""

    @property
    def key(self) -> str:
        """The column's key."""
        return self.column.key

    @property
    def write_only(self) -> bool:
        """True for secrets: nothing is shown, an empty field keeps what is there."""
        return self.column.pii == "secret"

    def text_of(self, value: Any) -> str:
        """Return what the field shows of a stored value."""
        if self.write_only:
            return ""
        if value is None:  # a JSON column that takes no NULL holds the JSON word
            return "null" if self.column.kind == "json" and not self.column.nullable else ""
        return same_breaks(self.editor.show(value))

    def canonical(self, typed: str) -> str:
        """Return typed text as it would be shown once saved: ``1 234,50`` and ``1234.50`` are the same amount."""
        if self.write_only or not typed.strip():
            return typed
        try:
            value = self.editor.read(typed)
        except Wrong:
            return typed
        return typed if value is None else self.text_of(value)  # the JSON word null is a value of its own


class ValueField(Field):
    """A field that keeps exactly what was typed; reading it is the draft's work, and only where it was changed."""

    def __init__(self, *, slot: Slot, **words: Any) -> None:
        super().__init__(slot.column.label, **words)
        self.slot = slot
        self.text = ""
        self.submitted = False

    def process_data(self, value: Any) -> None:
        """Take the text to start from."""
        self.text = value or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the last value sent: a check box follows a hidden "false"."""
        if valuelist:
            self.text, self.submitted = same_breaks(valuelist[-1]), True

    def _value(self) -> str:
        return self.text


def name_of(key: str) -> str:
    """Return a column's name in the form: safe beside ``csrf_token``, ``version`` and WTForms' attributes."""
    return f"c-{key}"


def bound_fields(
    slots: Iterable[Slot], prefix: str, formdata: Formdata | None, texts: Mapping[str, str]
) -> dict[str, ValueField]:
    """Return the fields by column key, filled from what was sent, else from the texts."""
    chosen = list(slots)
    unbound: Any = {name_of(slot.key): ValueField(slot=slot) for slot in chosen}  # unbound until a form holds them
    form: Any = BaseForm(unbound, prefix=prefix)
    form.process(formdata, data={name_of(key): text for key, text in texts.items()})
    return {slot.key: form[name_of(slot.key)] for slot in chosen}
