"""How often: sliding windows in Redis, per key, and per address for requests without a good key.

Redis may be slow, hung or gone: a request waits for it 50 ms at most, then goes on without a limit, and that is
counted. After a failure this process does not ask again for ``SILENT_S``: a hung Redis costs few requests anything.
"""

import hashlib
import hmac
import logging
import time
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from admin_core.addresses import line_of
from admin_core.settings import Settings

log = logging.getLogger(__name__)

TOTAL_S = 0.05
SILENT_S = 1.0
PER_MINUTE = 60
FAILURES_PER_MINUTE = 30


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit."""

    allowed: bool
    limit: int
    remaining: int | None
    """None: there was no time left to ask."""
    reset_s: int = PER_MINUTE
    """Seconds until something is free again."""

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF draft on rate limit headers writes them."""
        words = {"RateLimit-Policy": f'"minute";q={self.limit};w={PER_MINUTE}'}
        if self.remaining is not None:
            words["RateLimit"] = f'"minute";r={self.remaining};t={self.reset_s}'
        return words if self.allowed else {**words, "Retry-After": str(max(1, self.reset_s))}


@dataclass
class Uncounted:
    """How many requests went on without a limit since this process started, because Redis did not answer."""

    requests: int = 0
    failures: int = 0
    """Times it was asked in vain."""


@dataclass
class Limiter:
    """The limits of one deployment, as one process asks for them."""

    settings: Settings
    uncounted: Uncounted = field(default_factory=Uncounted)
    _silent_until: float = 0.0
    _windows: Any = None

    def hit(self, kind: str, whose: str, per_minute: int) -> Allowance | None:
        """Count one request; None when Redis does not say, and then the request goes on."""
        if time.monotonic() < self._silent_until:
            self.uncounted.requests += 1
            return None
        windows, redis_errors = self._opened()
        try:
            return asked(windows, per_minute, (kind, self._hidden(whose)))
        except redis_errors as error:
            self._silent_until = time.monotonic() + SILENT_S
            self.uncounted.requests += 1
            self.uncounted.failures += 1
            log.warning("API rate limits are not counted: Redis does not answer (%s)", type(error).__name__)
            return None

    def hit_stranger(self, address: str | None) -> Allowance | None:
        """Count one request without a good key against its address, of IPv6 the line."""
        return self.hit("stranger", str(line_of(address)), FAILURES_PER_MINUTE)

    def _opened(self) -> tuple[Any, tuple[type[Exception], ...]]:
        """Return the windows and what they raise; importing Redis costs 0.3 s: the first call of a process pays it."""
        from redis.exceptions import RedisError

        if self._windows is None:
            from limits.storage import RedisStorage
            from limits.strategies import SlidingWindowCounterRateLimiter
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            options: dict[str, Any] = {
                "socket_connect_timeout": TOTAL_S / 2,
                "socket_timeout": TOTAL_S / 2,
                "retry": Retry(NoBackoff(), 0),
            }
            storage = RedisStorage(self.settings.redis_url, key_prefix=self._prefix(), **options)
            self._windows = SlidingWindowCounterRateLimiter(storage)
        return self._windows, (RedisError, OSError)

    def _prefix(self) -> str:
        """Return the beginning of our names in Redis: several deployments may share one."""
        return f"admin-api-{digest(self.settings.secret_key, self.settings.database_url)[:12]}"

    def _hidden(self, whose: str) -> str:
        """Return a name for an address or key that tells neither: Redis is no place for personal data."""
        return digest(self.settings.secret_key, whose)[:32]


def asked(windows: Any, per_minute: int, who: tuple[str, str]) -> Allowance:
    """Ask twice at most, the second time only while half of the time is left."""
    from limits import RateLimitItemPerMinute

    began, item = time.monotonic(), RateLimitItemPerMinute(per_minute)
    allowed = windows.hit(item, *who)
    if time.monotonic() - began > TOTAL_S / 2:
        return Allowance(allowed, per_minute, None)
    stats = windows.get_window_stats(item, *who)
    return Allowance(
        allowed, per_minute, max(0, stats.remaining), min(PER_MINUTE, max(1, ceil(stats.reset_time - time.time())))
    )


def digest(secret: str, text: str) -> str:
    """Return a keyed hash."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
