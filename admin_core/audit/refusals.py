"""Which refusals of strangers are written down: the same one once a minute, and only so many a minute in all.

So nobody who is let in nowhere can fill the log, whatever they send and from however many places.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

NOTED_EVERY_S = 60.0
MOST = 1_000
"""Different refusals that one process writes down in a minute; what comes beyond is refused like the others."""


@dataclass
class Noted:
    """What this process has lately written down."""

    clock: Callable[[], float] = time.monotonic
    most: int = MOST
    _until: dict[str, float] = field(default_factory=dict)

    def is_due(self, refusal: str) -> bool:
        """Return whether a refusal is to be written down; says so once a minute."""
        now = self.clock()
        if self._until.get(refusal, now) > now:
            return False
        if len(self._until) >= self.most:
            self._until = {what: until for what, until in self._until.items() if until > now}
        if len(self._until) >= self.most:  # somebody comes from everywhere
            return False
        self._until[refusal] = now + NOTED_EVERY_S
        return True
