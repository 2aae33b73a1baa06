"""Alerts: what plugins have watched."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy.orm import Session

Level = Literal["info", "warning", "critical"]
NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a watched thing is at one moment."""

    value: float | Decimal | None
    """None: nothing is known, which never counts as all being well."""
    n: int | None = None
    """Out of how many cases; below the rule's minimum the reading counts as no data."""
    firing: bool | None = None
    """Whether something is wrong, where the function decides by itself; None: the rule's threshold decides."""
    summary: str = ""
    """What is so, in a sentence without personal data: it is mailed and posted to chats."""
    url: str = ""
    """Where the rows behind the value are, from ``/admin/`` on."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A condition that core watches every minute; the team tunes its numbers, owner and channels."""

    name: str
    """``plugin.what-is-wrong``."""
    title: str
    """What is wrong when it fires: "Jobs wait too long"."""
    permission: str
    """Who may see it."""
    watch: Callable[[Session, datetime], Reading] | None = None
    """Takes a session and the present moment. Reads, within five seconds; never calls the outside."""
    figure: str = ""
    """Instead of ``watch``: the name of a figure, whose value is compared in its own unit (a share is of one)."""
    period: str = "last_30_days"
    """Of the figure."""
    severity: Level = "warning"
    comparison: Literal["above", "below"] = "above"
    threshold: float | None = None
    """It fires beyond this value; None: the reading says ``firing`` itself."""
    minimum_count: int | None = None
    """A reading of fewer cases counts as no data."""
    for_s: int = 0
    """How long it must hold before anybody is told."""
    keep_firing_s: int = 300
    """How long it must be over before it counts as ended."""
    repeat_s: int = 14_400
    """Told again after so long while nobody has acknowledged it; 0: never."""
    escalate_after_s: int | None = None
    """Told to every channel when nobody has acknowledged it for so long; None: never."""
    runbook: str = ""
    """Address of the page that says what to do."""

    def __post_init__(self) -> None:
        """Refuse what could only fail later, at night."""
        if not NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            raise ValueError(f"Alert name {self.name!r} is not plugin.lower-case-words.")
        if (self.watch is None) != bool(self.figure):
            raise ValueError(f"Alert {self.name} needs a watch or the name of a figure, not both.")
        if self.figure and self.threshold is None:
            raise ValueError(f"Alert {self.name} watches a figure, so it needs a threshold.")
        if min(self.for_s, self.keep_firing_s, self.repeat_s, self.escalate_after_s or 0) < 0:
            raise ValueError(f"Alert {self.name} has a time below zero.")
