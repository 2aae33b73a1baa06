"""What becomes of a delivery after a try: a pure decision over the answer and the tries so far."""

from dataclasses import dataclass
from datetime import timedelta

from schema.api import DeliveryState

GONE = 410
LATER = frozenset({429, 503})
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Pauses between the tries: ten tries in three days and a bit, so that a weekend's outage loses nothing."""
JITTER = 0.2
LONGEST_WISH = timedelta(hours=24)


@dataclass(frozen=True)
class Tried:
    """What a try came to."""

    code: int | None
    """The answer's status; None when there was no answer."""
    error: str = ""
    """Why there was none, in a sentence."""
    ms: int | None = None
    retry_after_s: int | None = None

    @property
    def is_success(self) -> bool:
        """2xx only: a redirect is not followed, so nobody has the message."""
        return self.code is not None and 200 <= self.code < 300  # noqa: PLR2004 (the range of success)

    @property
    def sentence(self) -> str:
        """What went wrong."""
        return self.error or f"It answered {self.code}."


@dataclass(frozen=True)
class Verdict:
    """What is done about it."""

    state: DeliveryState
    pause: timedelta | None = None
    """Until the next try; None: there is none."""
    ends_endpoint: bool = False
    """The receiver asked never to be called again."""


def verdict(tried: Tried, tries: int, jitter: float) -> Verdict:
    """Return what becomes of a delivery after its ``tries``-th try; ``jitter`` from 0 to 1 spreads failures out."""
    if tried.is_success:
        return Verdict(DeliveryState.DELIVERED)
    if tried.code == GONE:
        return Verdict(DeliveryState.FAILED, ends_endpoint=True)
    if tries > len(RETRIES):
        return Verdict(DeliveryState.ABANDONED)
    pause = RETRIES[tries - 1] * (1 + JITTER * jitter)
    return Verdict(DeliveryState.WAITING, max(pause, wished(tried)))


def wished(tried: Tried) -> timedelta:
    """Return how long a receiver that is too busy asks us to wait."""
    if tried.code not in LATER or tried.retry_after_s is None:
        return timedelta()
    return min(timedelta(seconds=tried.retry_after_s), LONGEST_WISH)
