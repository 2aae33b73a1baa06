"""A number on the home page or a dashboard: what it is, how it moved, how fresh it is, where its rows are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from admin_core.theme import formats
from admin_core.theme.frame import Tone

Direction = Literal["up", "down", "flat"]


@dataclass(frozen=True)
class Tile:
    """Everything a tile says, already in words."""

    label: str
    value: str
    period: str
    url: str = ""
    change: str = ""
    """How it compares with the period before; empty when there is nothing to compare with."""
    direction: Direction = "flat"
    tone: Tone = "neutral"
    fresh_at: datetime | None = None
    spark: tuple[float, ...] = ()
    note: str = ""
    """Why there is no number, or what to know about it."""
    against: str = "against the period before"
    """What the change compares with."""
    definition: str = ""
    """What the number counts, in one sentence."""
    explain_url: str = ""
    """The page that explains it; empty: there is none."""


@dataclass(frozen=True)
class Decision:
    """Something that waits for a person today."""

    label: str
    count: int | str
    """A text where no exact number is known: ``1 000+``."""
    url: str
    """Empty: there are no rows to look at; the note says it all."""
    icon: str = "inbox"
    tone: Tone = "warning"
    note: str = ""


def change(value: float, before: float | None) -> tuple[str, Direction]:
    """Return the movement against the period before in words, and its direction; nothing to compare with is flat."""
    if not before:
        return "", "flat"
    share = (value - before) / abs(before)
    if round(share, 3) == 0:
        return "no change", "flat"
    return f"{'+' if share > 0 else ''}{formats.percent(share)}", "up" if share > 0 else "down"


def spark(values: Sequence[float]) -> tuple[float, ...]:
    """Return the values of a sparkline; fewer than two draw nothing."""
    return tuple(values) if len(values) > 1 else ()
