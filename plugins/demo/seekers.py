"""Job seekers: they buy assessments once, use them up, and are gone when they have found work."""

from datetime import datetime, timedelta

from plugins.demo.catalog import Catalog, Pack
from plugins.demo.clock import Span
from plugins.demo.copying import Pen
from plugins.demo.customers import purchases
from plugins.demo.money import Bill, Line, Till, vat_within
from plugins.demo.who import Customer, Standing, Stretch

POPULAR = (0.48, 0.26, 0.17, 0.09)


def live(pen: Pen, span: Span, catalog: Catalog, customer: Customer) -> Standing:
    """Write what a job seeker bought and used; return where that led."""
    till = Till(pen, span, catalog, customer)
    standing = Standing("active")
    standing.stretches.append(Stretch(customer.signup, min(customer.signup + timedelta(days=2), span.now), None))
    for at in purchases(pen, span, customer):
        pack = pen.draw.choices(catalog.packs, POPULAR)[0]
        vat = vat_within(pack.amount)
        outcome = till.bill(Bill(at, (Line(pack.name, pack.amount - vat),), kind="credits", vat=vat, may_fail=False))
        if outcome.payment:
            standing.assessments_used += _ledger(pen, span, customer, pack, at, payment=outcome.payment)
        standing.stretches.append(Stretch(at, min(at + timedelta(days=24), span.now), None))
    if standing.stretches[-1].ends < span.now - timedelta(days=180) and pen.chance(0.25):
        standing.status = "cancelled"
        standing.closed_at = standing.stretches[-1].ends
    return standing


def _ledger(pen: Pen, span: Span, customer: Customer, pack: Pack, at: datetime, *, payment: str) -> int:
    """Write the purchase and how it was used up; return how many assessments were used."""
    expires = at + timedelta(days=365)
    words = {"customer_id": customer.id, "unit": "assessment", "payment_id": None, "credit_pack_id": None,
             "expires_at": None, "grant_id": None, "source_key": None}  # fmt: skip
    grant = pen.key(at)
    pen.add("credit_entries", at, **{**words, "payment_id": payment, "credit_pack_id": pack.id, "expires_at": expires},
            id=grant, kind="purchase", amount=pack.credits, occurred_at=at)  # fmt: skip
    used, when = 0, at
    while used < pack.credits and pen.chance(0.88):
        when += timedelta(minutes=pen.between(3, 5_000))
        if when > min(span.now, expires):
            return used
        used += 1
        pen.add("credit_entries", when, **{**words, "grant_id": grant}, id=pen.key(when), kind="consumption", amount=-1,
                occurred_at=when)  # fmt: skip
    if used < pack.credits and expires <= span.now:
        pen.add("credit_entries", expires, **{**words, "grant_id": grant}, id=pen.key(expires), kind="expiry",
                amount=used - pack.credits, occurred_at=expires)  # fmt: skip
    return used
