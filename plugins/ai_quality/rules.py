"""What accuracy means: agreement of the AI with blind human reviews, never without its interval and its n."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt

from admin_core.contributions import Filters
from admin_core.periods import Days

Z_95 = 1.959963984540054
WEEK = 7


@dataclass(frozen=True)
class Tally:
    """Blind reviews: how many count, how many of those agree, how many cases the AI did not decide by itself."""

    counted: int = 0
    agreed: int = 0
    left_out: int = 0

    @property
    def share(self) -> float | None:
        """The share that agrees; None when nothing was reviewed."""
        return self.agreed / self.counted if self.counted else None


def waiting_reviews(_now: datetime) -> Filters:
    """Return the filters for reviews that nobody has begun."""
    return (("f.state.eq", "waiting"),)


def asked_for_a_human(_now: datetime) -> Filters:
    """Return the filters for requests of candidates that have no answer yet."""
    return (("f.state.eq", "open"), ("f.state.eq", "in_review"))


def wilson(agreed: int, counted: int, z: float = Z_95) -> tuple[float, float] | None:
    """Return the Wilson interval of a share; None without a single case."""
    if counted == 0:
        return None
    share = agreed / counted
    weight = 1 + z * z / counted
    middle = (share + z * z / (2 * counted)) / weight
    reach = z * sqrt(share * (1 - share) / counted + z * z / (4 * counted * counted)) / weight
    return max(0.0, middle - reach), min(1.0, middle + reach)


def added(tallies: Iterable[Tally]) -> Tally:
    """Return the sum."""
    parts = list(tallies)
    return Tally(*(sum(getattr(part, name) for part in parts) for name in ("counted", "agreed", "left_out")))


def within(by_day: Mapping[date, Tally], days: Days) -> Tally:
    """Return the sum of a half-open range of days."""
    return added(tally for day, tally in by_day.items() if days[0] <= day < days[1])


def rolling(by_day: Mapping[date, Tally], days: Sequence[date]) -> list[float]:
    """Return the share of the seven days that end with each day, leaving out days without any: few cases a day jump."""
    windows = (within(by_day, (day - timedelta(days=WEEK - 1), day + timedelta(days=1))) for day in days)
    return [window.share for window in windows if window.share is not None]
