"""What accuracy means: agreement of the AI with blind human reviews, never without its interval and its n."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import sqrt

from admin_core.contributions import Filters, Value
from admin_core.periods import TO
from admin_core.sources.intake import Intake, members
from admin_core.sources.mapping import Drawn
from admin_core.theme import formats

Z_95 = 1.959963984540054
APP = "app"
"""Where decisions come from, as far as we know it."""
DECISION_ROWS = Intake(
    model="ai_decisions",
    columns=members(
        *("external_id", "call_site", "provider", "model", "parameters", "raw_output", "model_score"),
        *("model_recommendation", "parse_failed", "repaired", "is_fallback", "attempts", "rule_name", "rule_score"),
        *("rule_recommendation", "rule_reason", "score", "recommendation", "confidence", "reason"),
        *("exception_applied", "result", "explanation", "inputs", "tokens_in", "tokens_out", "tokens_cached"),
        *("latency_ms", "cost", "currency", "decided_at"),
        source=Drawn(value=APP),
        customer_id=Drawn(sql="customer", find="external_id"),
        candidate_id=Drawn(sql="candidate", find="external_id"),
        job_role_id=Drawn(sql="vacancy", find="external_id"),
    ),
    appends=True,
)


@dataclass(frozen=True)
class Tally:
    """Blind reviews: how many count, how many of those agree, how many cases the AI did not decide by itself."""

    counted: int = 0
    agreed: int = 0
    left_out: int = 0
    newest: datetime | None = None


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


def accuracy(tally: Tally) -> Value:
    """Return the share that agrees with its interval and n; not defined without a single review."""
    interval = wilson(tally.agreed, tally.counted)
    if interval is None:
        return Value(amount=None, note="Nobody has reviewed blind in this time.")
    low, high = (Decimal(str(bound)) for bound in interval)
    left_out = f"{formats.number(tally.left_out)} left out." if tally.left_out else ""
    share = Decimal(tally.agreed) / tally.counted
    return Value(amount=share, n=tally.counted, low=low, high=high, fresh_at=tally.newest, note=left_out)


def share_of(part: Decimal, whole: Decimal) -> Value:
    """Return a share with its interval and n; not defined of nothing."""
    interval = wilson(int(part), int(whole))
    if interval is None:
        return Value(amount=None, note="The AI decided nothing in this time.")
    low, high = (Decimal(str(bound)) for bound in interval)
    return Value(amount=part / whole, n=int(whole), low=low, high=high)


def agreement(pairs: Mapping[tuple[str, str], int]) -> list[tuple[str, list[float | None]]]:
    """Return as rows of a heat map how often the AI said what (columns) where a reviewer said what (rows)."""
    return [(human.capitalize(), [pairs.get((human, ai)) for ai in SAID]) for human in SAID]


def spread(counts: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return counts by tens of the score as the bars of a distribution, empty ones included."""
    tens = [float(counts.get(str(ten), 0)) for ten in range(11)]
    names = [f"0{TO}9", *(f"{ten}0{TO}{ten}9" for ten in range(1, 10)), "100"]
    return [*zip(names, tens, strict=True)]


SAID = ("shortlist", "consider", "reject")
"""What a recommendation may be, the best first."""
