"""The form for a new key: what was typed as a wish, or a sentence for each field that cannot be so. Pure."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from admin_core.api.issuing import Wish
from admin_core.api.key_store import read_networks
from admin_core.typed import read_fields

LONGEST_NAME = 200
MOST_LINES = 50
MOST_PER_MINUTE = 100_000
USUAL_RATE = "600"
LASTS = (("", "Until it is revoked"), ("30", "30 days"), ("90", "90 days"), ("365", "365 days"))
OLD_LASTS = (("24", "24 hours"), ("1", "1 hour"), ("168", "7 days"), ("0", "Not at all: it ends at once"))
"""Hours for which a rotated key stays valid."""
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


class Form(Protocol):
    """What a browser sent."""

    def get(self, name: str, default: str) -> str:
        """Return one value."""

    def getlist(self, name: str) -> list[str]:
        """Return all values of a name."""


@dataclass(frozen=True)
class Offer:
    """What a key may be given."""

    scopes: dict[str, str]
    """What each lets it do."""
    for_browsers: Collection[str]


def read_wish(form: Form, offer: Offer) -> tuple[Wish | None, dict[str, str]]:
    """Return the wish, or None and a sentence by field."""
    browser = form.get("browser", "") == "yes"
    readers: dict[str, Callable[[], Any]] = {
        "name": lambda: read_name(form.get("name", "")),
        "scopes": lambda: read_scopes(form.getlist("scopes"), offer, browser=browser),
        "origins": lambda: read_origins(lines_of(form.get("origins", "")), browser=browser),
        "networks": lambda: read_network_lines(lines_of(form.get("networks", ""))),
        "rate_per_minute": lambda: read_rate(form.get("rate_per_minute", "")),
        "lasts": lambda: read_days(form.get("lasts", "")),
    }
    values, errors = read_fields(readers)
    return (None, errors) if errors else (Wish(browser=browser, **values), {})


def read_name(text: str) -> str:
    """Return the name of the program."""
    name = " ".join(text.replace("\x00", "").split())
    if not name:
        raise ValueError("Say which program uses the key.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"Use at most {LONGEST_NAME} characters; these are {len(name)}.")
    return name


def read_scopes(chosen: list[str], offer: Offer, *, browser: bool) -> tuple[str, ...]:
    """Return the scopes."""
    scopes = tuple(sorted(set(chosen)))
    if any(scope not in offer.scopes for scope in scopes):
        raise ValueError("Choose from the list; one of these is no longer offered.")
    if browser and (secret := [scope for scope in scopes if scope not in offer.for_browsers]):
        raise ValueError(f"A browser key is public. It may not have {', '.join(secret)}.")
    return scopes


def read_origins(lines: list[str], *, browser: bool) -> tuple[str, ...]:
    """Return the origins of web pages."""
    origins = tuple(line.lower().rstrip("/") for line in lines)
    if browser and not origins:
        raise ValueError("Name the origins of the pages that use it, e.g. https://app.example.com.")
    if origins and not browser:
        raise ValueError("Only browser keys have origins. Empty this field, or make it a browser key.")
    for origin in origins:
        if not ORIGIN.fullmatch(origin) or not urlsplit(origin).hostname:
            raise ValueError(f"“{origin[:80]}” is no origin: https, host and port, without a path or a star.")
    return origins


def read_network_lines(lines: list[str]) -> tuple[str, ...]:
    """Return the networks in their usual spelling."""
    found = []
    for line in lines:
        try:
            found += [str(network) for network in read_networks([line])]
        except ValueError:
            raise ValueError(f"“{line[:80]}” is no network. Examples: 196.25.1.1, 196.25.0.0/16.") from None
    return tuple(found)


def read_rate(text: str) -> int:
    """Return the limit per minute."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PER_MINUTE))):
        raise ValueError(f"Write a whole number from 1 to {MOST_PER_MINUTE}.")
    if not 1 <= int(text) <= MOST_PER_MINUTE:
        raise ValueError(f"Use 1 to {MOST_PER_MINUTE}.")
    return int(text)


def read_days(text: str) -> timedelta | None:
    """Return how long the key lasts."""
    if text not in dict(LASTS):
        raise ValueError("Choose one of the list.")
    return timedelta(days=int(text)) if text else None


def read_hours(text: str) -> timedelta:
    """Return how long a rotated key stays valid."""
    if text not in dict(OLD_LASTS):
        raise ValueError("Choose one of the list.")
    return timedelta(hours=int(text))


def lines_of(text: str) -> list[str]:
    """Return what stands on the lines; ValueError for more than anybody types."""
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValueError(f"Use at most {MOST_LINES} lines.")
    return lines
