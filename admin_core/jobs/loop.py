"""How relay and scheduler keep going: a tick, a pause, and a longer pause after an outage."""

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from types import FrameType

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from admin_core.jobs.errors import is_lost_connection, readable

log = logging.getLogger(__name__)


@dataclass
class Every:
    """Says yes at most once per ``seconds``, and at the first call."""

    seconds: float
    _next: float = 0.0

    def is_due(self) -> bool:
        """Return whether it is time again."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self.seconds
        return True


def stop_on_signals() -> Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


def keep_going(tick: Callable[[], bool], *, every_s: float, recover_s: float, stop: Event) -> None:
    """Call ``tick`` until stopped; at once again when it returns True, meaning that there is more to do.

    An outage of Redis or PostgreSQL is waited out. Any other error ends the process: its supervisor starts a new one.
    """
    while not stop.is_set():
        try:
            pause = 0.0 if tick() else every_s
        except (RedisError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_lost_connection(error):
                raise
            log.warning("Waiting for a service that cannot be reached: %s", readable(error))
            pause = recover_s
        stop.wait(pause)
