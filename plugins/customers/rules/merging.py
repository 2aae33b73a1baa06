"""What becomes of two records of one customer: which rows move, which values win, what speaks against it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admin_core.contributions import Belonging, Question
from admin_core.theme.formats import number
from schema.accounts import CustomerMerge
from schema.customers import Customer, CustomerStatus

MOST_ROWS = 10_000
"""Rows that move at once: they are locked until it is done, and people wait."""
LATER = (
    "candidates", "cv_documents", "ai_decisions", "decision_feedback", "decision_overrides", "usage_events",
    "usage_sessions", "usage_days", "sign_ins", "mail_messages", "campaign_deliveries", "announcement_receipts",
    "in_app_notifications", "error_events",
)  # fmt: skip
"""What a customer can have very many of. A job moves them where there are too many: nothing is decided by them, so
nobody is charged, suspended or written to wrongly meanwhile."""
MOVED = (
    "people", "subscriptions", "subscription_events", "mrr_movements", "invoices", "payments", "refunds",
    "credit_notes", "credit_entries", "redemptions", "promotion_codes", "dunning_steps", "tickets", "customer_notes",
    "suspensions", "password_resets", "impersonations", "sign_ins", "job_roles", "candidates", "cv_documents",
    "ai_decisions",
    "decision_feedback", "decision_overrides", "usage_events", "usage_sessions", "usage_days", "flag_overrides",
    "flag_members", "consents", "objections", "unsubscribes", "subject_requests", "legal_holds", "breach_notices",
    "mail_messages", "campaign_deliveries", "announcement_receipts", "in_app_notifications", "satisfaction_surveys",
    "error_events", "imap_mailboxes", "staff_own_accounts",
)  # fmt: skip
"""Tables whose rows follow the customer; each refers to customers by ``customer_id``."""
STAYING: Mapping[str, str] = {
    "churn_scores": "What was worked out about the duplicate was about the duplicate; scores are made anew each night.",
    "customer_merges": "It says which record became which: it must go on saying so.",
    "told_apart": "The pair was looked at as it was.",
    "customers": "Records merged into the duplicate earlier point on to the one that is kept; see follow_on.",
}
"""Tables that refer to customers and are not moved, each with why."""
FIELDS = (
    "company_name", "person_name", "email", "phone", "legal_name", "vat_number", "registration_number", "billing_email",
    "address_line1", "address_line2", "city", "region", "postal_code", "industry", "account_manager_id",
)  # fmt: skip
"""What may be taken from the duplicate."""
QUESTIONS = (
    Question(
        name="duplicate",
        label="The duplicate's id",
        help="From the top of its page. It is closed and leads here.",
        longest=60,
    ),
    Question(
        name="take",
        label="Fields to take from the duplicate",
        help="By name, separated by commas; comparing the two proposes them. The rest stays as it is here.",
        required=False,
        longest=500,
    ),
    Question(name="reason", label="Why they are one customer", kind="textarea", longest=500),
)
EXPLAINED = (
    "Everything that belongs to the duplicate moves to this record: subscriptions, payments, credits, tickets, notes,"
    " consents and usage. A refusal of either is kept. The duplicate is closed; it can be taken back."
)
EXPLAINED_BACK = "What moved and is still there goes back. What happened since stays with the other record."
MERGES = Belonging(
    rows="customer_merges",
    columns=(
        "created_at",
        "merged_id",
        "merged_by_id",
        "reason",
        "rows_to_move",
        "rows_moved",
        "finished_at",
        "undone_at",
    ),
    newest="created_at",
    owner="kept_id",
)
NOT_MERGED = ("f.merged_into_id.empty", "1")
"""The filter that leaves duplicates out of a list."""
SUSPENDED_STILL = "It was merged into another record, which is suspended."
LIVE = ("active", "past_due", "paused", "trialing")
STANDING = ("active", "past_due", "paused", "trial", "cancelled", "closed")
"""Where a customer stands, the livelier first: what is left of two is the livelier one."""


@dataclass(frozen=True)
class Belongings:
    """What belongs to one of the two, in numbers."""

    rows: Mapping[str, int]
    """By table."""
    live_subscriptions: int = 0
    credits: Mapping[str, int] | None = None
    """Balance by unit."""

    @property
    def total(self) -> int:
        """All rows that would move."""
        return sum(self.rows.values())


def why_not(kept: Customer, merged: Customer) -> str:
    """Return why two records can't become one, in a sentence that says what to do; empty when they can."""
    if kept.id == merged.id:
        return "That is the same record. Choose the other one."
    alone = why_not_this(kept, "record that stays") or why_not_this(merged, "duplicate")
    return alone or why_not_together(kept, merged)


def why_not_together(kept: Customer, merged: Customer) -> str:
    """Return in what two records differ that can't become one; empty when in nothing."""
    if kept.product_line is not merged.product_line:
        return "They use different products, and one address in two products is normal. Keep both."
    if kept.currency != merged.currency:
        return f"One is billed in {kept.currency}, the other in {merged.currency}: their money can't be added up."
    if kept.is_internal != merged.is_internal:
        return "One of them is a house account, which no figure counts. Make both the same first."
    if merged.status is CustomerStatus.SUSPENDED and kept.status is not CustomerStatus.SUSPENDED:
        return "The duplicate is suspended. Keep the suspended one, or end its suspension first."
    return ""


def why_not_this(customer: Customer, name: str) -> str:
    """Return why a record can have no part in a merge; empty when it can."""
    if customer.merged_into_id is not None:
        return f"The {name} was merged into another one before. Use that one."
    if customer.restricted_at is not None:
        return f"Processing of the {name} is restricted (POPIA section 14(6)): it stays as it is until that is lifted."
    if customer.erased_at is not None:
        return f"The {name} was erased: there is nothing left to merge."
    return ""


def told(kept: Belongings, merged: Belongings) -> list[str]:
    """Return what somebody should know before they merge, in sentences."""
    said = []
    if kept.live_subscriptions and merged.live_subscriptions:
        count = kept.live_subscriptions + merged.live_subscriptions
        said.append(f"Both have a running subscription: {count} will run side by side until you end one.")
    if later := moved_later(merged.rows):
        many = number(sum(merged.rows[name] for name in later))
        said.append(f"{many} rows are too many to move at once: a job moves them afterwards, and says how far it is.")
    return said


def moved_later(rows: Mapping[str, int]) -> tuple[str, ...]:
    """Return the tables whose rows a job moves; none when all rows can move at once."""
    return tuple(name for name in LATER if rows.get(name)) if sum(rows.values()) > MOST_ROWS else ()


def too_many(rows: Mapping[str, int]) -> str:
    """Return why so many rows can't move, and what to do; empty when they can."""
    later = moved_later(rows)
    at_once = sum(count for name, count in rows.items() if name not in later)
    if at_once <= MOST_ROWS:
        return ""
    return (
        f"{number(at_once)} rows of the duplicate have to move at once; {number(MOST_ROWS)} can. Keep the record that"
        " has more, and merge the other one into it."
    )


STILL_MOVING = "Rows of an earlier merge are still moving. Wait until its job is done."
RETRY = "Retry it under System, Jobs and schedule"


def why_not_all_moved(note: CustomerMerge, *, is_moving: bool) -> str:
    """Return why a merge whose rows have not all moved keeps both records from another one, and what to do."""
    if is_moving:
        return STILL_MOVING
    if note.undone_at is not None:
        return f"Rows of a merge that was taken back have not all moved back, and its job has stopped. {RETRY}."
    return f"Rows of an earlier merge have not all moved, and its job has stopped. {RETRY}, or take that merge back."


def proposed(kept: Customer, merged: Customer) -> list[str]:
    """Return the fields to take from the duplicate: those that are empty in the record that stays.

    Where both hold something, the record that was active last is right about it.
    """
    newer = seen(merged) > seen(kept)
    found = []
    for name in FIELDS:
        ours, theirs = getattr(kept, name), getattr(merged, name)
        if theirs is not None and ours != theirs and (ours is None or newer):
            found.append(name)
    return found


def seen(customer: Customer) -> datetime:
    """Return when a customer was there last."""
    return max(customer.signup_at, customer.last_active_at or customer.signup_at)


def fields_in(text: str, labels: Mapping[str, str]) -> list[str]:
    """Return the fields that were written down, by label or name; ValueError with a sentence for an unknown one."""
    known = {label.casefold(): key for key, label in labels.items() if key in FIELDS}
    known |= {key: key for key in FIELDS}
    found = []
    for word in (part.strip() for part in text.split(",")):
        if word and word.casefold() not in known:
            names = ", ".join(labels.get(key, key) for key in FIELDS)
            raise ValueError(f"“{word[:60]}” can't be taken from a duplicate. What can: {names}.")
        if word:
            found.append(known[word.casefold()])
    return list(dict.fromkeys(found))


def together(kept: Customer, merged: Customer) -> dict[str, Any]:
    """Return what the two come to: the sums, the first and the last of what happened, the livelier standing."""
    return {
        "status": livelier(kept.status, merged.status),
        "plan_id": kept.plan_id or merged.plan_id,
        "mrr_cents": kept.mrr_cents + merged.mrr_cents,
        "assessments_used": kept.assessments_used + merged.assessments_used,
        "activated_at": min(filter(None, (kept.activated_at, merged.activated_at)), default=None),
        "last_active_at": max(filter(None, (kept.last_active_at, merged.last_active_at)), default=None),
        "trial_ends_at": kept.trial_ends_at or merged.trial_ends_at,
        "closed_at": None if merged.status in alive() else kept.closed_at,
    }


def left_over(now: datetime) -> dict[str, Any]:
    """Return what the duplicate is afterwards: closed, and counted nowhere."""
    return {"status": CustomerStatus.CLOSED, "plan_id": None, "mrr_cents": 0, "assessments_used": 0, "closed_at": now}


def livelier(kept: CustomerStatus, merged: CustomerStatus) -> CustomerStatus:
    """Return where the customer stands; a suspension stays one."""
    if CustomerStatus.SUSPENDED in {kept, merged}:
        return CustomerStatus.SUSPENDED
    return min(kept, merged, key=lambda status: STANDING.index(status.value))


def alive() -> frozenset[CustomerStatus]:
    """Return where a customer stands who has not left."""
    return frozenset(CustomerStatus) - {CustomerStatus.CLOSED}


def stricter(last_words: Sequence[tuple[str, str, datetime]]) -> list[str]:
    """Return the purposes for which one record said no and a later yes of the other would undo it.

    ``last_words`` are the purpose, the act and its moment of each record's last word. A refusal outlives a merge: the
    yes was given on another record, perhaps by somebody who did not know of the no.
    """
    by_purpose: dict[str, list[tuple[datetime, str]]] = {}
    for purpose, act, moment in last_words:
        by_purpose.setdefault(purpose, []).append((moment, act))
    return sorted(
        purpose
        for purpose, words in by_purpose.items()
        if max(words)[1] == "given" and any(act in {"refused", "withdrawn"} for _, act in words)
    )


def why_not_erased(merged: Customer) -> str:
    """Return why a duplicate can't come back; empty when it can."""
    return "The duplicate was erased since: there is nothing to bring back." if merged.erased_at else ""


def why_not_kept(customer: Customer) -> str:
    """Return why nothing can be merged into a record; empty when something can."""
    return why_not_this(customer, "record")


def why_not_merged(customer: Customer) -> str:
    """Return why there is no merge to take back; empty when there is one."""
    return "" if customer.merged_into_id else "It was not merged into another record."
