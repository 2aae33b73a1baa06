"""What this process sends and receives: the declared events by type, the incoming hooks by source. Pure data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from admin_core.contributions import IncomingHook, WebhookEvent

NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
LONGEST_NAME = 80

PING = WebhookEvent("ping", "Somebody tries out an endpoint on the webhooks page.", {"endpoint": "Customer app"})
EVERY = "*"
"""Stands for all types, those of tomorrow included."""


class UnknownEventError(LookupError):
    """No event of this type is declared: receivers could never have asked for it."""

    def __init__(self, event_type: str) -> None:
        super().__init__(f"No webhook event is called {event_type}. Declare it with register_webhook_events.")


@dataclass(frozen=True)
class Webhooks:
    """The events and hooks of core and of all running plugins."""

    incoming: Mapping[str, IncomingHook] = field(default_factory=dict)
    events: Mapping[str, WebhookEvent] = field(default_factory=lambda: {PING.type: PING})
    owners: Mapping[str, str] = field(default_factory=dict)
    """Plugin of each source."""

    @classmethod
    def of(cls, incoming: Iterable[IncomingHook], events: Iterable[WebhookEvent]) -> "Webhooks":
        """Return them by name; ValueError for a name that is none, or is used twice."""
        hooks: dict[str, IncomingHook] = {}
        for hook in incoming:
            hooks[named(hook.source, "webhook source", hooks)] = hook
        known = {PING.type: PING}
        for event in events:
            known[named(event.type, "webhook event", known)] = event
        return cls(hooks, dict(sorted(known.items())))

    def event(self, event_type: str) -> WebhookEvent:
        """Return the declared event, or raise UnknownEventError."""
        if event_type not in self.events:
            raise UnknownEventError(event_type)
        return self.events[event_type]


def named(name: str, what: str, taken: Iterable[str]) -> str:
    """Return the name when it is one and still free."""
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise ValueError(f"The {what} {name!r} is not lower-case words joined by dots and dashes.")
    if name in taken:
        raise ValueError(f"Two plugins declare the {what} {name}.")
    return name
