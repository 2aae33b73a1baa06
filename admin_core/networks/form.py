"""The form of one line: what was typed as a wish, or a sentence for each field that cannot be so. Pure."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from admin_core.generator.forms.editor import clean
from admin_core.generator.forms.times import read_moment, show_moment
from admin_core.networks.rules import Allowed, Network, read_network
from admin_core.typed import read_fields

LONGEST_LABEL = 200


@dataclass(frozen=True)
class Wish:
    """A line as somebody wants it."""

    network: Network
    label: str
    enabled: bool
    expires_at: datetime | None

    def line(self, entry_id: UUID) -> Allowed:
        """Return it as a line of the list."""
        return Allowed(entry_id, self.network, self.label, self.enabled, self.expires_at)


def read_wish(form: Mapping[str, str], now: datetime) -> tuple[Wish | None, dict[str, str]]:
    """Return what was typed, or None and a sentence by field."""
    readers: dict[str, Callable[[], Any]] = {
        "network": lambda: read_network(form.get("network", "")),
        "label": lambda: read_label(form.get("label", "")),
        "expires_at": lambda: read_end(form.get("expires_at", ""), now),
    }
    values, errors = read_fields(readers)
    return (None, errors) if errors else (Wish(enabled=form.get("enabled") == "yes", **values), {})


def read_label(text: str) -> str:
    """Return whose network it is."""
    label = " ".join(clean(text).split())
    if not label:
        raise ValueError("Say whose network it is, such as Office Cape Town.")
    if len(label) > LONGEST_LABEL:
        raise ValueError(f"Use at most {LONGEST_LABEL} characters; these are {len(label)}.")
    return label


def read_end(text: str, now: datetime) -> datetime | None:
    """Return the moment from which it is not allowed any more; None when nothing was typed."""
    if not text.strip():
        return None
    end = read_moment(text)
    if end <= now:
        raise ValueError("That moment has passed. Choose a later one, or untick “Enabled”.")
    return end


def version_of(line: Allowed) -> str:
    """Return what a form carries to notice that the line was changed meanwhile."""
    said = json.dumps([str(line.network), line.label, line.enabled, str(line.expires_at)])
    return hashlib.sha256(said.encode()).hexdigest()


def typed_from(line: Allowed) -> dict[str, str]:
    """Return a line as its form shows it."""
    return {
        "network": str(line.network),
        "label": line.label,
        "enabled": "yes" if line.enabled else "",
        "expires_at": show_moment(line.expires_at) if line.expires_at else "",
    }
