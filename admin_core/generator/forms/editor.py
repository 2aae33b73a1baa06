"""What an editor is: how a value becomes text in a form, and typed text a value. Which one: see ``kinds``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Wrong(ValueError):
    """Typed text that can't become a value; the sentence says what to type instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Editor:
    """The pair of functions and the look of one column's field."""

    widget: str
    """Which control the template draws: text, textarea, select, checkbox, lookup …"""
    read: Callable[[str], Any]
    """Typed text (never empty) → value, or Wrong."""
    show: Callable[[Any], str] = str
    """Value (never None) → text; ``read(show(value)) == value`` except for precision no control can show."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """HTML attributes: type, inputmode, maxlength, min, max, step …"""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    """How to type it, where that is not obvious."""
    empty: Any = None
    """What an empty field means when the column takes no NULL: None = it must be filled."""


def clean(text: str) -> str:
    """Return typed text with the line breaks of the database, or Wrong when PostgreSQL can't hold it."""
    if "\x00" in text:
        raise Wrong("Remove the invisible NUL character: the database can't store it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Wrong("It has a broken character (half of an emoji?) that can't be stored.") from None
    return same_breaks(text)


def same_breaks(text: str) -> str:
    """Return text with line feeds only: browsers send carriage returns too, whatever was in the field."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
