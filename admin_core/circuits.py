"""A circuit breaker per part of a plugin: what fails again and again is left alone for a while, then tried once.

The state machine is pure; ``Circuits`` keeps one machine per part, counts failures for the Plugins page, and is shared
by the threads of a process. Processes don't know of each other's circuits.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from admin_core.traces import origin_of

WINDOW_S = 60.0
OPENS_AFTER = 5
"""So many failures within the window open the circuit."""
REST_S = 60.0
"""An open circuit admits one trial after this long."""

State = Literal["closed", "open", "half-open"]
Key = tuple[str, str]
"""Plugin, and which part of it: a hook's name, or a figure's."""


@dataclass(frozen=True)
class Circuit:
    """How one part has fared lately. Every moment is a number of seconds on the caller's clock."""

    failures: tuple[float, ...] = ()
    """When it failed, within the window."""
    rests_until: float | None = None
    """None: closed."""
    failed_last: bool = False

    def state(self, now: float) -> State:
        """Return whether calls pass, are refused, or one may try."""
        if self.rests_until is None:
            return "closed"
        return "open" if now < self.rests_until else "half-open"

    def admitted(self, now: float) -> "Circuit | None":
        """Return the circuit with a call under way, or None when the call must not be made."""
        state = self.state(now)
        if state == "open":
            return None
        # Until the trial has ended, others are refused; one that never ends is followed by another after the rest.
        return replace(self, rests_until=now + REST_S) if state == "half-open" else self

    def failed(self, now: float, *, opens: bool = False) -> "Circuit":
        """Return the circuit after a failed call; ``opens``: once was enough."""
        recent = (*(at for at in self.failures if now - at < WINDOW_S), now)
        opens = opens or self.rests_until is not None or len(recent) >= OPENS_AFTER
        return Circuit(recent, now + REST_S if opens else None, failed_last=True)

    def succeeded(self) -> "Circuit":
        """Return the circuit after a call that worked: a trial closes it, failures of a closed one still count."""
        return Circuit(() if self.rests_until is not None else self.failures)


@dataclass(frozen=True)
class Failures:
    """What a plugin's row has not been told yet."""

    count: int = 0
    last_error: str = ""
    """Kind and place, never the message."""
    last_at: datetime | None = None
    worked: bool = False
    """True: everything that had failed worked in between; ``count`` is since then."""


@dataclass
class Circuits:
    """The circuits of a process."""

    clock: Callable[[], float] = time.monotonic
    _known: dict[Key, Circuit] = field(default_factory=dict)
    _untold: dict[str, Failures] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self, plugin: str, part: str) -> bool:
        """Return whether the part may be called now; say afterwards how it went."""
        if (plugin, part) not in self._known:
            return True  # the usual case takes no lock
        with self._lock:
            known = self._known.get((plugin, part))
            if known is None:
                return True  # forgotten meanwhile
            admitted = known.admitted(self.clock())
            if admitted is not None:
                self._known[plugin, part] = admitted
            return admitted is not None

    def succeeded(self, plugin: str, part: str) -> None:
        """Note a call that worked."""
        if (plugin, part) not in self._known:
            return
        with self._lock:
            before = self._known.get((plugin, part))
            if before is None:
                return
            self._known[plugin, part] = before.succeeded()
            if before.failed_last and not any(c.failed_last for (name, _), c in self._known.items() if name == plugin):
                self._untold[plugin] = replace(self._untold.get(plugin, Failures()), count=0, worked=True)

    def failed(self, plugin: str, part: str, error: BaseException, *, opens: bool = False) -> None:
        """Note a call that raised; ``opens``: it must not be made again soon."""
        with self._lock:
            known = self._known.get((plugin, part), Circuit())
            self._known[plugin, part] = known.failed(self.clock(), opens=opens)
            before = self._untold.get(plugin, Failures())
            self._untold[plugin] = replace(
                before, count=before.count + 1, last_error=origin_of(error), last_at=datetime.now(UTC)
            )

    def states(self, plugin: str) -> list[tuple[str, State]]:
        """Return the parts of a plugin that have failed in this process, and how their circuits stand."""
        now = self.clock()
        with self._lock:
            known = list(self._known.items())
        return sorted((part, circuit.state(now)) for (name, part), circuit in known if name == plugin)

    def is_untold(self) -> bool:
        """Return whether there is anything to write down."""
        return bool(self._untold)

    def take_untold(self) -> dict[str, Failures]:
        """Return what has not been written down, by plugin, and forget it."""
        with self._lock:
            taken, self._untold = self._untold, {}
            return taken

    def give_back(self, taken: dict[str, Failures]) -> None:
        """Remember again what could not be written down."""
        with self._lock:
            for plugin, older in taken.items():
                newer = self._untold.get(plugin)
                self._untold[plugin] = older if newer is None else both(older, newer)

    def forget(self, plugin: str) -> None:
        """Close every circuit of a plugin: somebody has switched it on again."""
        with self._lock:
            self._known = {key: circuit for key, circuit in self._known.items() if key[0] != plugin}
            self._untold.pop(plugin, None)


def both(older: Failures, newer: Failures) -> Failures:
    """Return two notes as one."""
    if newer.worked:
        return replace(newer, last_error=newer.last_error or older.last_error, last_at=newer.last_at or older.last_at)
    return replace(newer, count=older.count + newer.count, worked=older.worked)
