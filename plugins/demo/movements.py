"""How a change of a customer's recurring revenue is booked."""

from collections.abc import Iterator
from dataclasses import dataclass

POLICY = "house-1"


@dataclass(frozen=True)
class Movement:
    """One row of the ledger of recurring revenue: signed cents on one plan."""

    kind: str
    plan: str
    amount: int


def movements(before: int, after: int, old: str, new: str, *, paid_before: bool) -> Iterator[Movement]:
    """Yield the rows for a change from ``before`` on plan ``old`` to ``after`` on plan ``new``.

    A change of plan first carries what was there over to the new plan, so that each plan adds up for itself.
    """
    if old != new and before and after:
        yield Movement("transfer_out", old, -before)
        yield Movement("transfer_in", new, before)
    if before == 0 < after:
        yield Movement("reactivation" if paid_before else "new", new, after)
    elif after == 0 < before:
        yield Movement("churn", old, -before)
    elif after > before:
        yield Movement("expansion", new, after - before)
    elif after < before:
        yield Movement("contraction", new, after - before)
