"""Places where a crash test may kill the process. They do nothing unless ``ADMIN_FAILPOINT`` names one of them."""

import os
import signal
from pathlib import Path

VARIABLE = "ADMIN_FAILPOINT"
ONCE = "ADMIN_FAILPOINT_ONCE"
"""Path of a file that is made at the crash: while it exists, the failpoint stays quiet."""

NAMES = (
    "relay.handed",
    "relay.before_commit",
    "relay.after_commit",
    "claim.before_commit",
    "claim.after_commit",
    "chunk.before_commit",
    "chunk.after_commit",
    "step.before_commit",
    "step.after_commit",
    "intent.before_commit",
    "intent.after_commit",
    "external.called",
    "result.before_commit",
    "result.after_commit",
    "refusal.before_commit",
    "refusal.after_commit",
    "transaction.before_commit",
    "transaction.after_commit",
    "artifact.stored",
    "finish.before_commit",
    "finish.after_commit",
    "reconcile.before_commit",
    "reconcile.after_commit",
    "declare.before_commit",
    "declare.after_commit",
    "schedule.before_commit",
    "schedule.after_commit",
)
"""Before and after every commit of the job machinery, and after each word to the outside."""


def failpoint(name: str) -> None:
    """Kill this process, as a power cut would, when the environment names this place."""
    if os.environ.get(VARIABLE) != name:
        return
    if once := os.environ.get(ONCE):
        marker = Path(once)
        if marker.exists():
            return
        marker.touch()
    os.kill(os.getpid(), signal.SIGKILL)
