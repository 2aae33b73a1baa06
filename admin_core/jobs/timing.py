"""How long the job machinery waits: one frozen value, so that tests can be quick and production patient."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The production values. A killed worker's job goes on after ``lease_s`` + ``poll_s``, at most 25 s."""

    lease_s: float = 20.0
    """Without a sign of life for this long, a running job is given to another worker."""
    poll_s: float = 0.5
    """The relay looks for waiting jobs this often."""
    hand_again_s: float = 15.0
    """A handed-over job that nobody claimed is looked for in Redis after this long."""
    reconcile_s: float = 2.0
    schedule_s: float = 1.0
    heartbeat_s: float = 5.0
    recover_s: float = 1.0
    """Pause after an error of Redis or PostgreSQL."""
    unknown_s: float = 60.0
    """A job that no worker knows, because its plugin is off, is looked at again after this long."""
    backoff_s: float = 5.0
    longest_backoff_s: float = 3600.0
    crashes: int = 3
    """A job that crashes its worker this often without progress in between is quarantined."""
    report_s: float = 60.0
    """How long a worker tries to write down a result while PostgreSQL is away."""

    @property
    def beat_s(self) -> float:
        """How often a running job says that it lives: three chances per lease."""
        return self.lease_s / 3


def backoff(tries: int, timing: Timing, jitter: float | None = None) -> timedelta:
    """Return the pause after the ``tries``-th failure: doubling, capped, ±20 % so that failures spread out."""
    spread = random.uniform(-1, 1) if jitter is None else jitter  # noqa: S311 not a secret
    seconds = min(timing.backoff_s * 2 ** min(max(tries - 1, 0), 20), timing.longest_backoff_s)
    return timedelta(seconds=seconds * (1 + 0.2 * spread))
