"""What holds of credits: how they are used, named and set up. How a balance stands is in ``schema.credit_ledger``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from admin_core.contributions import Belonging, SettingField, SettingsSection
from admin_core.periods import local_day, start_of
from schema.credit_ledger import Standing
from schema.credits import CreditEntry, CreditKind, CreditUnit
from schema.customers import Customer

ADD, TAKE_BACK, READ = "customers:credits:add", "customers:credits:take_back", "customers:credits:read"
ADD_MANY = "customers:large_credits:add"
"""Lets somebody add more at once than the setting says."""
ENTRIES = Belonging(
    rows="credit_entries",
    columns=("occurred_at", "kind", "amount", "unit", "expires_at", "reason"),
    newest="occurred_at",
)
TAKEN_BACK = frozenset({CreditKind.FREE_GRANT, CreditKind.PROMOTION})
"""What we gave for nothing. What was paid for comes back by a refund, what belongs to a plan by the plan."""
WORDS = {
    CreditUnit.ASSESSMENT: ("assessment", "assessments"),
    CreditUnit.CV_SCREENING: ("CV screening", "CV screenings"),
    CreditUnit.VIDEO_INTERVIEW: ("video interview", "video interviews"),
}
LONGEST_DAYS = 3_650
MOST_AT_ONCE = 100_000
SECTION = SettingsSection(
    name="credits",
    title="Free credits",
    description="How long free credits last, and how many one person may add at once.",
    icon="coin",
    fields=(
        SettingField(
            name="free_days",
            label="Free credits lapse after (days)",
            kind="number",
            default=90,
            least=0,
            most=LONGEST_DAYS,
            help="When whoever adds them says nothing else. 0: never.",
        ),
        SettingField(
            name="most_at_once",
            label="Credits that may be added to a customer at once",
            kind="number",
            default=50,
            least=1,
            most=MOST_AT_ONCE,
            help=f"Roles with the permission {ADD_MANY} may add more.",
        ),
        SettingField(
            name="below_zero",
            label="How far a balance may go below zero",
            kind="number",
            default=0,
            least=0,
            most=MOST_AT_ONCE,
            help="What the customer app reports as used is refused beyond it. What is below zero is taken from the next"
            " credits that come.",
        ),
    ),
)


@dataclass(frozen=True)
class CreditRules:
    """What the settings say."""

    free_days: int = 90
    most_at_once: int = 50
    below_zero: int = 0


@dataclass(frozen=True)
class Part:
    """What is taken from one grant; from none where a balance goes below zero."""

    grant_id: UUID | None
    amount: int


class NotEnough(Exception):
    """More was asked for than can be used."""

    def __init__(self, spendable: int) -> None:
        self.spendable = spendable
        super().__init__(f"{spendable} can be used")


def take(found: Standing, amount: int, below_zero: int = 0) -> list[Part]:
    """Return from which grants an amount is taken; NotEnough when the balance would fall lower than it may."""
    if amount > found.spendable + below_zero:
        raise NotEnough(found.spendable)
    parts: list[Part] = []
    for grant in found.grants:
        taken = min(grant.left, amount - sum(part.amount for part in parts))
        parts += [Part(grant.id, taken)] if taken else []
    uncovered = amount - sum(part.amount for part in parts)
    return [*parts, Part(None, uncovered)] if uncovered else parts


def source_keys(named: UUID, reference: str, parts: Sequence[Part]) -> list[str]:
    """Return under which key each part of a use is written: one reference of a customer is used once."""
    first = source_key(named, reference)
    return [first if number == 1 else f"{first}:{number}" for number, _ in enumerate(parts, start=1)]


def source_key(named: UUID, reference: str) -> str:
    """Return the key of a use's first part: by the record that the app named, whatever that became since.

    By the record it was merged into, the same call would be charged once before the merge and once after.
    """
    return f"use:{named}:{reference}"


def lapses_at(now: datetime, days: int) -> datetime | None:
    """Return the midnight of Johannesburg that ends the last day of so many; None for 0 days: never."""
    return start_of(local_day(now) + timedelta(days=days + 1)) if days else None


def counted(amount: int, unit: CreditUnit) -> str:
    """Return an amount in words: ``1 assessment``, ``2 CV screenings``."""
    one, more = WORDS[unit]
    return f"{amount} {one if abs(amount) == 1 else more}"


def change_words(before: int, after: int, unit: CreditUnit) -> str:
    """Return a balance before and after."""
    return f"Balance: {before} → {counted(after, unit)}."


# --- What does not apply, in sentences
def why_none_added(customer: Customer) -> str:
    """Return why a customer gets no credits, empty when they may."""
    if customer.merged_into_id is not None:
        return "This record was merged into another. Add the credits there."
    return "The account is closed: nobody could use them." if customer.closed_at is not None else ""


def why_not_taken_back(entry: CreditEntry) -> str:
    """Return why an entry can't be taken back, empty when it may be."""
    if entry.kind not in TAKEN_BACK:
        return "Only free credits and promotions are taken back; what was paid for is refunded."
    return ""


def why_not_given_back(entry: CreditEntry) -> str:
    """Return why an entry can't be given back, empty when it may be."""
    return "" if entry.kind is CreditKind.CONSUMPTION else "Only what was used can be given back."
