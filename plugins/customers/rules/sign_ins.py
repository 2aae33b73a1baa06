"""What a reported sign-in is, and which of a batch can't be taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from schema.accounts import SignInMethod

AHEAD = timedelta(minutes=5)
"""How far the clock of the customer app may be ahead of ours."""


@dataclass(frozen=True)
class Event:
    """One sign-in, or an attempt at one, as the customer app reports it."""

    id: str
    account: str
    at: datetime
    person: str | None = None
    succeeded: bool = True
    method: SignInMethod = SignInMethod.OTHER
    ip: str | None = None
    country: str | None = None
    device: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True)
class Placed:
    """A sign-in with whose it is."""

    event: Event
    customer_id: UUID
    person_id: UUID | None


@dataclass(frozen=True)
class Skipped:
    """A sign-in that can't be taken."""

    place: int
    """In the batch, from 0."""
    field: str
    why: str


def placed(
    events: Iterable[Event], accounts: Mapping[str, UUID], people: Mapping[str, tuple[UUID, UUID]], now: datetime
) -> tuple[list[Placed], list[Skipped]]:
    """Return the events with whose they are, and those that can't be taken with the reason.

    ``accounts`` and ``people`` by their keys in the customer app; of people theirs and their customer's.
    """
    taken: list[Placed] = []
    skipped: list[Skipped] = []
    for place, event in enumerate(events):
        customer = accounts.get(event.account)
        person, whose = people.get(event.person or "", (None, None))
        if customer is None:
            skipped.append(Skipped(place, "account", "There is no such account."))
        elif event.person is not None and whose != customer:
            skipped.append(Skipped(place, "person", "The account has no such person."))
        elif event.at > now + AHEAD:
            skipped.append(Skipped(place, "at", "This moment has not come yet."))
        else:
            taken.append(Placed(event, customer, person))
    return taken, skipped
