"""One acceptable row of each model of the business, and what makes them with their parents."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from schema.accounts import Impersonation, Suspension
from schema.base import Base
from schema.billing import Payment, PaymentAttempt, Refund
from schema.catalog import CreditPack, Plan, Price
from schema.costs import FxRate, ProviderCost
from schema.credits import CreditEntry
from schema.customers import Customer, Person
from schema.flags import FeatureFlag
from schema.invoicing import CreditNote, Invoice, InvoiceLine, NumberSequence, VatPeriod
from schema.messaging import CampaignDelivery, EmailCampaign
from schema.password_resets import PasswordReset
from schema.promotions import PromotionCode, Redemption
from schema.reconciliation import GatewayEvent, ReconciliationFinding
from schema.service_levels import SatisfactionSurvey
from schema.staff import StaffMember
from schema.subscriptions import MrrMovement, Subscription, SubscriptionEvent
from schema.support import Ticket, TicketMessage
from schema.usage import UsageEvent

NOON = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
BEFORE = NOON - timedelta(days=1)

WORDS: dict[type[Base], dict[str, Any]] = {
    StaffMember: {"name": "Ada", "email": "ada@hireinbox.test", "fs_uniquifier": "ada"},
    Customer: {
        "product_line": "b2b",
        "company_name": "Otto Staffing",
        "email": "otto@example.test",
        "status": "active",
        "signup_at": NOON,
    },
    Person: {"name": "Nomsa", "email": "nomsa@example.test"},
    Plan: {"key": "growth", "name": "Growth", "product_line": "b2b"},
    Price: {
        "nickname": "Growth 2026",
        "amount_cents": 149_900,
        "interval": "month",
        "includes_vat": False,
        "valid_from": NOON,
    },
    CreditPack: {"key": "ten", "name": "Ten", "product_line": "b2c", "credits": 10, "amount_cents": 9_900},
    Subscription: {
        "status": "active",
        "interval": "month",
        "amount_cents": 149_900,
        "list_mrr_cents": 149_900,
        "mrr_cents": 149_900,
        "started_at": NOON,
    },
    SubscriptionEvent: {"kind": "started", "occurred_at": NOON, "source_key": "evt-1"},
    MrrMovement: {
        "policy_version": "house-1",
        "product_line": "b2b",
        "occurred_at": NOON,
        "month": date(2026, 3, 1),
        "kind": "new",
        "reason": "started",
        "amount_cents": 149_900,
    },
    NumberSequence: {"key": "invoice"},
    VatPeriod: {"valid_from": date(2018, 4, 1), "rate": Decimal("0.15"), "vat_number": "4000000000"},
    Invoice: {
        "number": "INV-000001",
        "status": "open",
        "is_tax_invoice": True,
        "issued_at": NOON,
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 9),
        "net_cents": 149_900,
        "vat_cents": 22_485,
        "total_cents": 172_385,
        "vat_rate": Decimal("0.15"),
    },
    InvoiceLine: {
        "position": 1,
        "description": "Growth, March",
        "unit_amount_cents": 149_900,
        "net_cents": 149_900,
        "vat_cents": 22_485,
        "total_cents": 172_385,
        "vat_rate": Decimal("0.15"),
    },
    CreditNote: {
        "number": "CN-000001",
        "reason": "refund",
        "explanation": "Billed twice",
        "issued_on": date(2026, 3, 3),
        "issued_at": NOON,
        "net_cents": 10_000,
        "vat_cents": 1_500,
        "total_cents": 11_500,
        "vat_rate": Decimal("0.15"),
        "supplier": {},
        "recipient": {},
    },
    Payment: {"status": "succeeded", "amount_cents": 172_385, "gateway_reference": "p_1", "paid_at": NOON},
    PaymentAttempt: {"number": 1, "amount_cents": 172_385, "idempotency_key": "inv-1/1"},
    Refund: {"amount_cents": 11_500, "vat_cents": 1_500, "reason": "billing_error", "idempotency_key": "r-1"},
    GatewayEvent: {
        "event_key": "evt_1",
        "kind": "payment.succeeded",
        "payload": {},
        "body_sha256": "0" * 64,
        "received_at": NOON,
        "gateway": "yoco",
    },
    ReconciliationFinding: {"gateway": "yoco", "kind": "missing_here", "reference": "p_9", "found_at": NOON},
    CreditEntry: {"kind": "purchase", "amount": 10, "occurred_at": NOON, "source_key": "pack-1"},
    PromotionCode: {"code": "WELCOME", "kind": "percent", "percent": Decimal(20)},
    Redemption: {"redeemed_at": NOON},
    Suspension: {"category": "abuse", "reason": "Scraping", "previous_status": "active", "started_at": NOON},
    PasswordReset: {"kind": "email", "requested_at": NOON},
    Impersonation: {
        "reason": "Cannot see a candidate",
        "token_hash": "abc",
        "issued_at": NOON,
        "token_expires_at": NOON + timedelta(minutes=1),
    },
    ProviderCost: {
        "provider": "openai",
        "category": "ai",
        "day": date(2026, 3, 1),
        "amount": Decimal("1.2345678901"),
        "currency": "USD",
    },
    FxRate: {"day": date(2026, 3, 2), "base": "USD", "quote": "ZAR", "rate": Decimal("18.2"), "source": "typed"},
    FeatureFlag: {"key": "video", "name": "Video"},
    UsageEvent: {"event_key": "m-1", "name": "cv_screened", "occurred_at": NOON},
    Ticket: {"subject": "Invoice", "opened_at": NOON},
    TicketMessage: {
        "direction": "inbound",
        "sender": "otto@example.test",
        "body": "Hello",
        "message_id": "<1@example.test>",
        "occurred_at": NOON,
    },
    SatisfactionSurvey: {"token_hash": "s", "sent_at": NOON, "expires_at": LATER},
    EmailCampaign: {"name": "March", "audience": {}},
    CampaignDelivery: {},
}
"""One acceptable row of each model, but for what it points to."""

PARENTS: dict[type[Base], dict[str, type[Base]]] = {
    Person: {"customer": Customer},
    Price: {"plan": Plan},
    Subscription: {"customer": Customer, "plan": Plan, "price": Price},
    SubscriptionEvent: {"subscription": Subscription, "customer": Customer},
    MrrMovement: {"customer": Customer, "plan": Plan},
    Invoice: {"customer": Customer},
    InvoiceLine: {"invoice": Invoice},
    CreditNote: {"customer": Customer, "invoice": Invoice},
    Payment: {"customer": Customer, "invoice": Invoice},
    PaymentAttempt: {"invoice": Invoice},
    Refund: {"customer": Customer, "payment": Payment},
    CreditEntry: {"customer": Customer},
    Redemption: {"customer": Customer, "code": PromotionCode},
    Suspension: {"customer": Customer},
    PasswordReset: {"customer": Customer},
    Impersonation: {"customer": Customer, "staff": StaffMember},
    UsageEvent: {"customer": Customer},
    Ticket: {"customer": Customer},
    TicketMessage: {"ticket": Ticket},
    SatisfactionSurvey: {"ticket": Ticket},
    CampaignDelivery: {"campaign": EmailCampaign, "customer": Customer},
}


class Maker:
    """Makes rows; of each parent there is one, made when first needed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.made: dict[type[Base], Base] = {}

    def one(self, model: type[Base]) -> Any:
        """Return the row of that model."""
        if model not in self.made:
            self.made[model] = self.add(model)
        return self.made[model]

    def add(self, model: type[Base], **changes: Any) -> Any:
        """Insert one more row with some values changed."""
        wanted = PARENTS.get(model, {}).items()
        parents = {name: self.one(parent) for name, parent in wanted if name not in changes}
        row = model(**{**WORDS[model], **parents, **changes})
        self.session.add(row)
        self.session.flush()
        return row
