"""Invoices, payments, dunning, refunds and credit notes of one customer.

Numbers are filled in at the very end (``numbering``): only then is the order of all documents known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from plugins.demo.catalog import SUPPLIER, VAT_RATE, Catalog
from plugins.demo.clock import Span, local_day
from plugins.demo.copying import Pen
from plugins.demo.who import Customer

GRACE = timedelta(days=14)
FAILS = 0.05
RECOVERS = 0.72
REFUNDED = 0.014
REASONS = ("insufficient_funds", "card_expired", "do_not_honour", "3ds_failed", "card_blocked")
SENTENCES = {
    "insufficient_funds": "Not enough money in the account.",
    "card_expired": "The card has expired.",
    "do_not_honour": "The bank declined without a reason.",
    "3ds_failed": "The payer did not confirm in the banking app.",
    "card_blocked": "The card is blocked.",
}
REFUND_REASONS = ("customer_request", "billing_error", "duplicate", "service_failure", "goodwill")
NOTE_REASONS = {"billing_error": "billing_error", "duplicate": "duplicate", "goodwill": "goodwill"}


@dataclass(frozen=True)
class Line:
    """One line of an invoice before VAT; a proration's credit is negative."""

    text: str
    amount: int
    plan: str | None = None
    price: str | None = None
    discount: int = 0
    is_proration: bool = False

    @property
    def net(self) -> int:
        """What is billed for it."""
        return self.amount - self.discount


@dataclass(frozen=True)
class Bill:
    """What is billed at one moment."""

    at: datetime
    lines: tuple[Line, ...]
    until: datetime | None = None
    subscription: str | None = None
    kind: str = "subscription"
    vat: int | None = None
    """VAT of a price that includes it; none: added on top."""
    may_fail: bool = True


@dataclass(frozen=True)
class Outcome:
    """What became of a bill: paid at once, late, lost at the end of grace, or still open."""

    paid_at: datetime | None
    failed: bool = False
    lost_at: datetime | None = None
    payment: str | None = None


def vat_of(net: int) -> int:
    """Return VAT on a net amount, half a cent rounded away from zero."""
    cents = (abs(net) * 30 + 100) // 200
    return cents if net >= 0 else -cents


def vat_within(gross: int) -> int:
    """Return the VAT inside a price that includes it, half a cent rounded up."""
    return (gross * 30 + 115) // 230


class Till:
    """Writes the documents of one customer."""

    def __init__(self, pen: Pen, span: Span, catalog: Catalog, customer: Customer) -> None:
        self.pen = pen
        self.span = span
        self.catalog = catalog
        self.customer = customer
        self.by_transfer = customer.line == "b2b" and pen.chance(0.12)
        self.card = f"{pen.pick(('visa', 'mastercard'))} •••• {pen.between(0, 9999):04d}"

    def bill(self, bill: Bill) -> Outcome:
        """Write the invoice with its lines and whatever happened to it."""
        invoice = self.pen.key(bill.at)
        outcome = self._collect(bill, invoice)
        credited = self._refund(bill, invoice, outcome)
        self._invoice(bill, invoice, outcome, credited)
        return outcome

    def _totals(self, bill: Bill) -> tuple[int, int]:
        net = sum(line.net for line in bill.lines)
        return net, bill.vat if bill.vat is not None else sum(vat_of(line.net) for line in bill.lines)

    def _collect(self, bill: Bill, invoice: str) -> Outcome:
        total = sum(self._totals(bill))
        if self.by_transfer and bill.kind == "subscription":
            paid = bill.at + timedelta(days=self.pen.between(2, 12), hours=self.pen.between(0, 8))
            return self._paid(paid) if paid <= self.span.now else Outcome(None)
        if not (bill.may_fail and self.pen.chance(FAILS)):
            return self._paid(bill.at + timedelta(seconds=self.pen.between(2, 40)))
        return self._late(bill, invoice, total)

    def _late(self, bill: Bill, invoice: str, total: int) -> Outcome:
        code = self.pen.pick(REASONS)
        failed = bill.at + timedelta(seconds=9)
        failed = min(failed, self.span.now)
        self._payment(invoice, total, failed, status="failed", failed_at=failed, failure_code=code,
                      failure_reason=SENTENCES[code], gateway="yoco")  # fmt: skip
        first = self._attempt(invoice, total, 1, failed, "charge", status="failed", failure_reason=SENTENCES[code],
                              finished_at=failed)  # fmt: skip
        paid = bill.at + timedelta(days=self.pen.between(1, 12), hours=self.pen.between(1, 9))
        recovers = self.pen.chance(RECOVERS)
        over = paid if recovers else bill.at + GRACE
        self._dun(invoice, bill.at, min(over, self.span.now), first, is_over=over <= self.span.now)
        if recovers and paid <= self.span.now:
            outcome = self._paid(paid)
            self._attempt(invoice, total, 2, paid - timedelta(hours=1), "link", status="succeeded",
                          payment_id=outcome.payment, opened_at=paid, finished_at=paid)  # fmt: skip
            return Outcome(paid, failed=True, payment=outcome.payment)
        return Outcome(None, failed=True, lost_at=over if not recovers and over <= self.span.now else None)

    def _attempt(self, invoice: str, total: int, number: int, at: datetime, kind: str, **more: Any) -> str:
        words = {"payment_id": None, "opened_at": None, "finished_at": None, "failure_reason": None, **more}
        return self.pen.add(
            "payment_attempts", at, invoice_id=invoice, number=number, kind=kind, gateway="yoco", amount_cents=total,
            idempotency_key=f"{invoice}/{number}", checkout_reference=f"ch_{invoice[-14:]}{number}", sent_at=at,
            **words,
        )  # fmt: skip

    def _dun(self, invoice: str, at: datetime, until: datetime, attempt: str, *, is_over: bool) -> None:
        for number, (rule, days, act) in enumerate(self.catalog.rules, 1):
            due = at + timedelta(days=days, minutes=5)
            if due > until and is_over:
                return
            done = due <= until
            self.pen.add(
                "dunning_steps", min(due, self.span.now), invoice_id=invoice, customer_id=self.customer.id,
                rule_id=rule, attempt_id=attempt if act == "new_link" else None, number=number, act=act,
                state="done" if done else "scheduled", due_at=due, done_at=due if done else None,
            )  # fmt: skip
            if not done:
                return

    def _paid(self, at: datetime) -> Outcome:
        at = min(at, self.span.now)
        return Outcome(at, payment=self.pen.key(at))

    def _payment(self, invoice: str, total: int, at: datetime, **words: Any) -> None:
        given = {"id": None, "paid_at": None, "failed_at": None, "failure_code": None, "failure_reason": None,
                 "refunded_cents": 0, **words}  # fmt: skip
        given["id"] = given["id"] or self.pen.key(at)
        by_card = given["gateway"] == "yoco"
        fee = (total * 295 + 5_000) // 10_000 if by_card and given["paid_at"] else None
        reference = f"p_{given['id'][-18:]}"
        self.pen.add(
            "payments", at, **given, customer_id=self.customer.id, invoice_id=invoice, amount_cents=total,
            fee_cents=fee, gateway_reference=reference, checkout_reference=f"ch_{given['id'][-16:]}",
            method="card" if by_card else "transfer", card=self.card if by_card else None,
            payer_email=self.customer.email,
        )  # fmt: skip
        if by_card and at > self.span.now - timedelta(days=120):
            self._event(given, reference, total, at)

    def _event(self, payment: dict[str, Any], reference: str, total: int, at: datetime) -> None:
        kind = "payment.succeeded" if payment["paid_at"] else "payment.failed"
        self.pen.add(
            "gateway_events", at, gateway="yoco", event_key=f"evt_{payment['id'][-20:]}", kind=kind,
            checkout_reference=f"ch_{payment['id'][-16:]}", payment_id=payment["id"],
            payload={"id": reference, "amount": total, "currency": "ZAR", "type": kind},
            body_sha256=sha256(reference.encode()).hexdigest(), state="applied", sent_at=at, processed_at=at,
            received_at=at,
        )  # fmt: skip

    def _refund(self, bill: Bill, invoice: str, outcome: Outcome) -> int:
        """Write payment, refund and credit note of a paid bill; return what was credited."""
        if outcome.paid_at is None or outcome.payment is None:
            return 0
        net, vat = self._totals(bill)
        total, given, status = net + vat, 0, "succeeded"
        back = outcome.paid_at + timedelta(days=self.pen.between(1, 9), hours=3)
        refunded = self.pen.chance(REFUNDED) and net > 0
        recent = outcome.paid_at > self.span.now - timedelta(days=6)
        if refunded and back <= self.span.now:
            given = total if self.pen.chance(0.6) else total // 2
            status = "refunded" if given == total else "partly_refunded"
        gateway = "eft" if self.by_transfer and bill.kind == "subscription" else "yoco"
        self._payment(invoice, total, outcome.paid_at, id=outcome.payment, status=status, paid_at=outcome.paid_at,
                      refunded_cents=given, gateway=gateway)  # fmt: skip
        if given:
            self._give_back(invoice, outcome.payment, given, total, vat, at=back)
        elif recent and net > 0 and self.pen.chance(0.06):
            self._ask_back(outcome.payment, total, vat)
        return given

    def _give_back(self, invoice: str, payment: str, given: int, total: int, vat: int, *, at: datetime) -> None:
        part = vat if given == total else vat_within(given) if vat else 0
        reason = self.pen.pick(REFUND_REASONS)
        note = self.pen.add(
            "credit_notes", at, number=f"new-{self.pen.key(at)}", invoice_id=invoice, customer_id=self.customer.id,
            reason=NOTE_REASONS.get(reason, "refund"), explanation="Agreed with the customer by e-mail.",
            issued_on=local_day(at), issued_at=at, net_cents=given - part, vat_cents=part, total_cents=given,
            vat_rate=VAT_RATE, supplier=SUPPLIER, recipient=self.customer.billing,
        )  # fmt: skip
        key = self.pen.key(at)
        self.pen.add(
            "refunds", at, id=key, payment_id=payment, customer_id=self.customer.id, credit_note_id=note,
            status="succeeded", amount_cents=given, vat_cents=part, reason=reason, idempotency_key=f"refund-{key}",
            gateway_reference=f"rf_{key[-18:]}", submitted_at=at, completed_at=at + timedelta(minutes=4),
        )  # fmt: skip

    def _ask_back(self, payment: str, total: int, vat: int) -> None:
        at = self.span.now - timedelta(hours=self.pen.between(1, 30))
        key = self.pen.key(at)
        self.pen.add(
            "refunds", at, id=key, payment_id=payment, customer_id=self.customer.id, status="requested",
            amount_cents=total, vat_cents=vat, reason="customer_request", idempotency_key=f"refund-{key}",
            explanation="Did not need the period any more.",
        )  # fmt: skip

    def _invoice(self, bill: Bill, invoice: str, outcome: Outcome, credited: int) -> None:
        net, vat = self._totals(bill)
        total = net + vat
        lost = outcome.lost_at is not None and outcome.lost_at + timedelta(days=30) <= self.span.now
        paid = outcome.paid_at is not None
        status = "credited" if credited == total else "paid" if paid else "uncollectible" if lost else "open"
        day = local_day(bill.at)
        self.pen.add(
            "invoices", bill.at, id=invoice, customer_id=self.customer.id, subscription_id=bill.subscription,
            number=f"new-{invoice}", kind=bill.kind, status=status, is_tax_invoice=True, issued_on=day,
            issued_at=bill.at, due_on=day + timedelta(days=14 if self.by_transfer else 0), period_start=bill.at,
            period_end=bill.until, discount_cents=sum(line.discount for line in bill.lines), net_cents=net,
            vat_cents=vat, total_cents=total, vat_rate=VAT_RATE, paid_cents=total if paid else 0,
            credited_cents=credited, paid_at=outcome.paid_at,
            written_off_at=outcome.lost_at + timedelta(days=30) if lost and outcome.lost_at else None,
            supplier=SUPPLIER, recipient=self.customer.billing, sent_at=bill.at,
        )  # fmt: skip
        self._lines(bill, invoice, vat)

    def _lines(self, bill: Bill, invoice: str, vat: int) -> None:
        shares: Sequence[int] = [vat_of(line.net) for line in bill.lines] if bill.vat is None else [vat]
        for position, (line, share) in enumerate(zip(bill.lines, shares, strict=True), 1):
            self.pen.add(
                "invoice_lines", bill.at, invoice_id=invoice, position=position, description=line.text,
                unit_amount_cents=line.amount, discount_cents=line.discount, net_cents=line.net, vat_cents=share,
                total_cents=line.net + share, vat_rate=VAT_RATE, plan_id=line.plan, price_id=line.price,
                period_start=bill.at, period_end=bill.until, is_proration=line.is_proration, account_code="4000",
            )  # fmt: skip
