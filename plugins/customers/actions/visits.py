"""Says of visits to customers that somebody else looked them over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from admin_core.contributions import ActionRefused
from admin_core.policy import Person as Member
from plugins.customers.rules.visits import why_not_by
from schema.accounts import Impersonation


def review(record: Impersonation, person: Member, answers: Mapping[str, Any], now: datetime) -> str:
    """Note who looked a visit over; ActionRefused for one's own."""
    if why := why_not_by(record, person.id):
        raise ActionRefused(why)
    record.reviewed_at, record.reviewed_by_id, record.review_note = now, person.id, answers.get("note") or None
    return "Reviewed."


def review_all(rows: Sequence[Impersonation], person: Member, note: str, now: datetime) -> str:
    """Note who looked visits over, all or none."""
    if not rows:
        raise ActionRefused("No visit is chosen.", "Tick those that you looked over.")
    for row in rows:
        review(row, person, {"note": note}, now)
    return f"Reviewed {len(rows)} visit{'s' if len(rows) > 1 else ''}."
