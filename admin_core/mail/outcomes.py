"""What became of messages that were asked for under one batch."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.mail import MailMessage, MailState

UNDER_WAY = frozenset({MailState.QUEUED, MailState.SENDING})


@dataclass(frozen=True)
class Outcome:
    """How a batch stands."""

    is_over: bool
    """Nothing of it is under way any more."""
    error: str = ""
    """Why a message did not leave; empty: every one did."""


def outcomes(session: Session, batches: Iterable[UUID]) -> dict[UUID, Outcome]:
    """Return how each of these batches stands: one statement."""
    wanted = select(MailMessage.batch_id, MailMessage.state, MailMessage.error).where(
        MailMessage.batch_id.in_(list(batches))
    )
    found: dict[Any, list[tuple[MailState, str]]] = {}
    for batch, state, error in session.execute(wanted):
        found.setdefault(batch, []).append((state, error or ""))
    return {batch: outcome_of(states) for batch, states in found.items()}


def outcome_of(states: Iterable[tuple[MailState, str]]) -> Outcome:
    """Return how one batch stands."""
    known = list(states)
    if any(state in UNDER_WAY for state, _ in known):
        return Outcome(is_over=False)
    failed = [error or f"It was {state.value}." for state, error in known if state is not MailState.SENT]
    return Outcome(is_over=True, error=failed[0] if failed else "")
