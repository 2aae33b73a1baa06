"""The way of one customer through trial, plans, discounts, pauses, failed payments and cancellation.

What happens is drawn period by period; each change writes its event and, where recurring revenue changed, movements.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugins.demo.catalog import Catalog, Code, Plan, Price
from plugins.demo.clock import Span, local_day, month_of, months_later
from plugins.demo.copying import Pen
from plugins.demo.money import GRACE, Bill, Line, Till
from plugins.demo.movements import POLICY, movements
from plugins.demo.who import Customer, Standing, Stretch

CONVERTS = 0.56
REASONS = {
    "too_expensive": 30,
    "not_used": 22,
    "hiring_ended": 20,
    "missing_feature": 12,
    "quality": 8,
    "competitor": 8,
}
COMMENTS = {
    "too_expensive": "We have to cut costs this quarter.",
    "not_used": "Nobody in the team has logged in for weeks.",
    "hiring_ended": "All positions are filled for now.",
    "missing_feature": "We need an integration with our HR system.",
    "quality": "Too many good candidates were rejected.",
    "competitor": "Our group has chosen another tool.",
}


@dataclass
class Subscription:
    """The agreement that is running, as it will be written."""

    id: str
    plan: Plan
    price: Price
    started_at: datetime
    words: dict[str, Any]
    status: str = "active"
    code: Code | None = None
    discount_ends_at: datetime | None = None

    def net(self, amount: int) -> int:
        """Return an amount after the discount in force."""
        return amount - self.off(amount)

    def off(self, amount: int) -> int:
        """Return what the discount takes off, half a cent rounded up."""
        return (amount * self.code.percent + 50) // 100 if self.code else 0


class Life:
    """Writes the subscriptions of one customer."""

    def __init__(self, pen: Pen, span: Span, catalog: Catalog, customer: Customer) -> None:
        self.pen, self.span, self.catalog, self.customer = pen, span, catalog, customer
        self.till = Till(pen, span, catalog, customer)
        self.standing = Standing("trial")
        self.mrr = 0
        self.paid_before = False
        self.sub: Subscription | None = None

    def run(self) -> Standing:
        """Let the customer live until today and return where that led."""
        plan = self._first_plan()
        at = self._trial(plan) if self.pen.chance(0.8) else self._begin(self.customer.signup, plan, "started")
        while at is not None and at < self.span.now:
            at = self._period(at)
        self._write()
        return self.standing

    def _first_plan(self) -> Plan:
        weights = (0.5, 0.32, 0.14, 0.04) if self.customer.line == "b2b" else (0.5, 0.36, 0.14)
        plans = self.catalog.of_line(self.customer.line)
        return self.pen.draw.choices(plans, weights)[0]

    def _open(self, at: datetime, plan: Plan) -> Subscription:
        self._write()
        interval = "year" if self.pen.chance(0.14) else "month"
        price = plan.old if interval == "month" and at < self.catalog.raised_at else plan.price(interval)
        self.sub = Subscription(self.pen.key(at), plan, price, at, {})
        self.standing.plan = plan.id
        return self.sub

    def _trial(self, plan: Plan) -> datetime | None:
        at = self.customer.signup
        sub = self._open(at, plan)
        ends = at + timedelta(days=14 if plan.line == "b2b" else 7)
        if self.pen.chance(0.06):
            ends += timedelta(days=7)
            self._event("trial_extended", min(ends - timedelta(days=8), self.span.now), actor="staff")
        sub.words.update(trial_started_at=at, trial_ends_at=ends)
        self._event("trial_started", at, actor="customer")
        self.standing.stretches.append(Stretch(at, min(ends, self.span.now), plan))
        self.standing.trial_ends_at = ends
        if ends > self.span.now:
            sub.status = "trialing"
            return None
        if self.pen.chance(CONVERTS):
            sub.words["trial_converted_at"] = ends
            self._start_paying("trial_converted", ends, "trial_converted")
            return ends
        self._close("trial_lapsed", ends, "trial_lapsed")
        return self._return(ends, 0.06)

    def _begin(self, at: datetime, plan: Plan, kind: str) -> datetime:
        self._open(at, plan)
        self._start_paying(kind, at, "started")
        return at

    def _start_paying(self, kind: str, at: datetime, reason: str) -> None:
        sub = self._running()
        if kind != "reactivated" and sub.price.interval == "month" and self.pen.chance(0.1):
            sub.code = self.pen.pick(self.catalog.codes)
            sub.discount_ends_at = months_later(at, sub.code.months)
            self._redeem(sub, at)
        self.standing.status = "active"
        self._change(kind, at, sub.net(sub.price.mrr), reason, actor="customer")

    def _redeem(self, sub: Subscription, at: datetime) -> None:
        code = sub.code
        if code is None or sub.discount_ends_at is None:
            return
        redemption = self.pen.add(
            "redemptions", at, code_id=code.id, customer_id=self.customer.id, redeemed_at=at,
            discount_cents=sub.off(sub.price.amount) * code.months, idempotency_key=f"{sub.id}/code",
        )  # fmt: skip
        sub.words["redemption_id"] = redemption

    def _period(self, at: datetime) -> datetime | None:
        """Bill one period that begins at ``at``; return when the next begins, none when there is none (yet)."""
        sub = self._running()
        if at > sub.started_at and "current_period_start" in sub.words:
            self._boundary(sub, at)
        end = months_later(at, sub.price.months)
        sub.words.update(current_period_start=at, current_period_end=end)
        line = Line(
            f"{sub.plan.name}, {local_day(at)} to {local_day(end)}", sub.price.amount, sub.plan.id, sub.price.id,
            sub.off(sub.price.amount),
        )  # fmt: skip
        outcome = self.till.bill(Bill(at, (line,), end, sub.id))
        if outcome.failed:
            self._event("payment_failed", min(at + timedelta(seconds=10), self.span.now), actor="gateway")
        if outcome.lost_at is not None:
            self._use(at, outcome.lost_at)
            return self._lose(outcome.lost_at)
        if outcome.failed and outcome.paid_at is None:
            sub.status = self.standing.status = "past_due"
            sub.words.update(past_due_since=at, grace_ends_at=at + GRACE)
            self._use(at, self.span.now)
            return None
        if outcome.failed and outcome.paid_at:
            self._event("payment_recovered", outcome.paid_at, actor="customer")
        self._use(at, min(end, self.span.now))
        return self._what_next(sub, at, end)

    def _boundary(self, sub: Subscription, at: datetime) -> None:
        """Renew, and carry out what was waiting for the end of the period."""
        if sub.code and sub.discount_ends_at and at >= sub.discount_ends_at:
            sub.code = None
            self._change("discount_ended", at, sub.price.mrr, "discount")
            return
        moved_over = self.catalog.raised_at + timedelta(days=90)
        if sub.price is sub.plan.old and sub.plan.rank == 1 and at >= moved_over:
            sub.price = sub.plan.month
            self._change("price_migrated", at, sub.net(sub.price.mrr), "price_migration")
        elif self.pen.chance(0.012 * sub.price.months) and sub.plan.rank not in {1, 5}:
            self._switch(sub, at, -1, "downgraded")
        else:
            self._event("renewed", at)

    def _what_next(self, sub: Subscription, at: datetime, end: datetime) -> datetime | None:
        share = min(sub.plan.churn * (sub.price.months if sub.price.months == 1 else 5), 0.5)
        if at - sub.started_at < timedelta(days=62):
            share *= 1.5
        if end.month == 1:
            share *= 1.3
        asked = at + (end - at) * self.pen.draw.uniform(0.1, 0.95)
        if self.pen.chance(share) and asked <= self.span.now:
            return self._cancel(sub, asked, end)
        if self.pen.chance(0.006) and end <= self.span.now:
            return self._pause(sub, end)
        if self.pen.chance(0.022) and asked <= self.span.now and sub.code is None:
            self._upgrade(sub, at, end, asked)
        return end

    def _cancel(self, sub: Subscription, asked: datetime, end: datetime) -> datetime | None:
        reason = self.pen.weighted(REASONS)
        comment = COMMENTS[reason] if self.pen.chance(0.5) else None
        sub.words.update(cancel_requested_at=asked, cancel_reason=reason, cancel_comment=comment)
        self._event("cancel_requested", asked, actor="customer", reason=comment)
        if end > self.span.now:
            sub.words["cancel_at_period_end"] = True
            return None
        self._change("cancelled", end, 0, "voluntary", actor="customer", reason=comment)
        self._close("cancelled", end)
        return self._return(end, 0.14)

    def _lose(self, at: datetime) -> datetime | None:
        sub = self._running()
        sub.words["cancel_reason"] = "non_payment"
        self._change("grace_ended", at, 0, "involuntary")
        self._close("cancelled", at)
        return self._return(at, 0.2)

    def _return(self, at: datetime, share: float) -> datetime | None:
        back = at + timedelta(days=self.pen.between(25, 160))
        if not self.pen.chance(share) or back >= self.span.now:
            return None
        return self._begin(back, self._running().plan, "reactivated" if self.paid_before else "started")

    def _pause(self, sub: Subscription, at: datetime) -> datetime | None:
        resumes = months_later(at, self.pen.between(1, 2))
        self._change("paused", at, 0, "paused", actor="customer", reason="No hiring until then.")
        sub.words.update(paused_at=at, resumes_at=resumes)
        sub.code = None
        if resumes > self.span.now:
            sub.status = self.standing.status = "paused"
            return None
        sub.words.pop("paused_at")
        sub.words.pop("resumes_at")
        self._change("resumed", resumes, sub.price.mrr, "resumed", actor="customer")
        sub.words.pop("current_period_start")
        return resumes

    def _upgrade(self, sub: Subscription, at: datetime, end: datetime, when: datetime) -> None:
        """Move to the next larger plan within a paid period: the rest of it is settled by day."""
        old_plan, old_price = sub.plan, sub.price
        total, left = (end - at).days, (end - when).days
        if left < 2 or not self._switch(sub, when, 1, None):
            return
        back = (2 * old_price.amount * left + total) // (2 * total)
        due = (2 * sub.price.amount * left + total) // (2 * total)
        lines = (
            Line(f"Unused time on {old_plan.name}", -back, old_plan.id, old_price.id, is_proration=True),
            Line(f"Remaining time on {sub.plan.name}", due, sub.plan.id, sub.price.id, is_proration=True),
        )
        self.till.bill(Bill(when, lines, end, sub.id, may_fail=False))
        self._change("upgraded", when, sub.price.mrr, "plan_change", actor="customer", old=(old_plan, old_price),
                     proration_cents=due - back)  # fmt: skip

    def _switch(self, sub: Subscription, at: datetime, step: int, kind: str | None) -> bool:
        plans = self.catalog.of_line(sub.plan.line)
        place = plans.index(sub.plan) + step
        if not 0 <= place < len(plans):
            return False
        old = (sub.plan, sub.price)
        sub.plan = plans[place]
        sub.price = sub.plan.price(sub.price.interval)
        self.standing.plan = sub.plan.id
        if kind:
            self._change(kind, at, sub.net(sub.price.mrr), "plan_change", actor="customer", old=old)
        return True

    def _use(self, begins: datetime, ends: datetime) -> None:
        self.standing.stretches.append(Stretch(begins, ends, self._running().plan))

    def _running(self) -> Subscription:
        if self.sub is None:
            raise LookupError("no subscription is running")
        return self.sub

    def _close(self, status: str, at: datetime, event: str | None = None) -> None:
        sub = self._running()
        sub.status = status
        sub.words["ended_at"] = at
        self.standing.status = "cancelled"
        self.standing.closed_at = at
        if event:
            self._event(event, at)

    def _event(self, kind: str, at: datetime, **words: Any) -> str:
        return self._record(kind, at, self.mrr, **words)

    def _record(self, kind: str, at: datetime, before: int, **words: Any) -> str:
        sub = self._running()
        old_plan, old_price = words.pop("old", (sub.plan, sub.price))
        given = {"actor": "system", "reason": None, "proration_cents": None, **words}
        return self.pen.add(
            "subscription_events", at, subscription_id=sub.id, customer_id=self.customer.id, kind=kind, occurred_at=at,
            from_plan_id=old_plan.id, to_plan_id=sub.plan.id, from_price_id=old_price.id, to_price_id=sub.price.id,
            mrr_before_cents=before, mrr_after_cents=self.mrr, list_mrr_after_cents=sub.price.mrr if self.mrr else 0,
            **given,
        )  # fmt: skip

    def _change(self, kind: str, at: datetime, mrr: int, cause: str, **words: Any) -> None:
        """Write an event that changes recurring revenue, and its movements."""
        sub, before = self._running(), self.mrr
        old_plan = words.get("old", (sub.plan, sub.price))[0]
        self.mrr = self.standing.mrr = mrr
        event = self._record(kind, at, before, **words)
        for row in movements(before, mrr, old_plan.id, sub.plan.id, paid_before=self.paid_before):
            self.pen.add(
                "mrr_movements", at, policy_version=POLICY, customer_id=self.customer.id, subscription_id=sub.id,
                subscription_event_id=event, plan_id=row.plan, product_line=sub.plan.line, occurred_at=at,
                month=month_of(at), kind=row.kind, reason=cause, amount_cents=row.amount,
            )  # fmt: skip
        self.paid_before = self.paid_before or mrr > 0

    def _write(self) -> None:
        sub = self.sub
        if sub is None:
            return
        mrr = self.mrr if sub.status in {"active", "past_due"} else 0
        percent = sub.code.percent if sub.code else None
        self.pen.add(
            "subscriptions", sub.started_at, id=sub.id, customer_id=self.customer.id, plan_id=sub.plan.id,
            price_id=sub.price.id, status=sub.status, interval=sub.price.interval, amount_cents=sub.price.amount,
            list_mrr_cents=sub.price.mrr, mrr_cents=mrr, started_at=sub.started_at, discount_percent=percent,
            discount_ends_at=sub.discount_ends_at if percent else None, **sub.words,
        )  # fmt: skip
