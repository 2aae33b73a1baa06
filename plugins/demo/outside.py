"""Other systems: API keys, webhooks both ways, how rows of the customer app are read; and a few acts of the team."""

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from plugins.demo.copying import Book, Pen
from plugins.demo.who import World

MAPPINGS = (("customers", "public.profiles", "customers"), ("candidates", "public.candidates", "candidates"),
            ("events", "public.events", "usage_events"))  # fmt: skip

COMPANY = {
    "legal_name": "HireInbox Demo (Pty) Ltd", "registration_number": "2023/000000/07", "vat_status": "registered",
    "vat_number": "4000000000", "vat_since": "2024-03-01", "address": "1 Example Street\nCape Town\n8001",
    "email": "accounts@hireinbox.example",
}  # fmt: skip
"""An invented company: nobody has these numbers."""


def write(book: Book, world: World) -> None:
    """Write what other systems did and what the team did about them."""
    pen = book.pen("outside")
    _keys(pen, world)
    _webhooks(pen, world)
    _sources(pen, world)
    _acts(pen, world)
    _company(pen, world)


def _company(pen: Pen, world: World) -> None:
    """Who we are; keys of vendors are left out, for the demo calls nobody."""
    at = world.span.ago(500)
    for name, value in COMPANY.items():
        pen.add("settings", at, section="company", name=name, value={"v": value}, updated_by_id=world.team.owner)
    pen.add("integration_states", at, name="company", configured=True)


def _keys(pen: Pen, world: World) -> None:
    """Keys nobody has: the stored hash is of no key."""
    span, team = world.span, world.team
    for n, (name, scopes) in enumerate(
        (("Customer app", ["events:write", "decisions:write", "flags:read"]), ("Data warehouse", ["read"]))
    ):
        pen.add(
            "api_keys", span.ago(400 - 100 * n), name=name, prefix=f"demo{n}",
            key_hash=sha256(f"no key {n}".encode()).hexdigest(), scopes=scopes, rate_per_minute=600,
            created_by_id=team.owner, last_used_at=span.ago(n, 6), revoked_at=span.ago(30) if n else None,
        )  # fmt: skip


def _webhooks(pen: Pen, world: World) -> None:
    span = world.span
    endpoint = pen.add(
        "webhook_endpoints", span.ago(300), name="Customer app", url="https://app.hireinbox.example/hooks/admin",
        secret=b"demo", events=["customer.suspended", "plan.changed"], enabled=False,
        last_success_at=span.ago(1), created_by_id=world.team.owner,
    )  # fmt: skip
    for n, sample in enumerate(world.samples[:30]):
        at, delivered = span.ago(1 + n % 25, 7 + n % 9), n % 11 != 4
        pen.add(
            "webhook_deliveries", at, endpoint_id=endpoint, event_key=f"evt_{pen.key(at)[-20:]}",
            event_type="plan.changed", payload={"customer": sample.id},
            state="delivered" if delivered else "abandoned", attempts=1 if delivered else 8,
            response_code=200 if delivered else 503, response_ms=84, delivered_at=at if delivered else None,
        )  # fmt: skip
        pen.add(
            "incoming_webhooks", at, source="yoco", external_key=f"msg_{pen.key(at)[-20:]}",
            event_type="payment.succeeded", signature_ok=n != 7,
            payload={"type": "payment.succeeded", "amount": 80_385}, ip="192.0.2.44",
            state="refused" if n == 7 else "processed", attempts=1, processed_at=None if n == 7 else at,
        )  # fmt: skip


def _sources(pen: Pen, world: World) -> None:
    span = world.span
    for name, table, target in MAPPINGS:
        mapping = pen.add(
            "source_mappings", span.ago(400), name=f"demo-{name}", kind="database", source_table=table, target=target,
            columns={"id": "external_id", "email": "email"}, watermark_column="updated_at", enabled=False,
            paused_reason="Demo: there is no other database.", last_run_at=span.ago(0, 6), lag_s=240, rows_total=2_000,
        )  # fmt: skip
        run = ""
        for hour in range(20):
            at = span.now - timedelta(hours=hour, minutes=5)
            rows = pen.between(0, 60)
            run = pen.add("source_runs", at, mapping_id=mapping, state="failed" if hour == 9 else "done", started_at=at,
                          finished_at=at + timedelta(seconds=3), rows_read=rows, inserted=rows // 4, updated=rows // 2,
                          error="The connection was closed." if hour == 9 else None)  # fmt: skip
        pen.add(
            "source_rejects", span.ago(2), mapping_id=mapping, run_id=run, source_key="row-17",
            reason="The e-mail address is missing.", payload={"id": "row-17"}, resolved_at=None,
        )  # fmt: skip


def _acts(pen: Pen, world: World) -> None:
    span, team = world.span, world.team
    pen.add(
        "invitations", span.ago(1, 7), email="new.colleague@hireinbox.example", name="Lindiwe Zwane",
        role_names=["Support"], token_hash=sha256(b"no invitation").hexdigest(), invited_by_id=team.owner,
        expires_at=span.now + timedelta(days=2),
    )  # fmt: skip
    for n, sample in enumerate(world.samples[:12]):
        at = span.ago(3 + 5 * n, 11)
        pen.add(
            "impersonations", at, staff_id=team.agents[n % 3], customer_id=sample.id, person_id=sample.person[0],
            reason="Cannot find the export button; looked together.",
            token_hash=sha256(f"used {n}".encode()).hexdigest(), issued_at=at,
            token_expires_at=at + timedelta(minutes=1), redeemed_at=at + timedelta(seconds=6),
            redeemed_ip="192.0.2.10", ended_at=at + timedelta(minutes=9),
        )  # fmt: skip
        pen.add(
            "credit_entries", at, customer_id=sample.id, kind="free_grant", unit="cv_screening", amount=5,
            occurred_at=at, staff_id=team.agents[n % 3], reason="Apology for a slow import",
        )  # fmt: skip
    for n in range(3):
        at = span.ago(150 - 60 * n)
        export = pen.add(
            "training_exports", at, title=f"Reviewed cases {n + 1}", filters={"consent": True, "reviewed": True},
            seed=f"demo-{n}", row_count=20, refused_count=4, counts={"train": 18, "valid": 2},
            created_by_id=team.owner,
        )  # fmt: skip
        for position, (decision, *_) in enumerate(world.cases[:20]):
            pen.add("training_export_rows", at, export_id=export, position=position, decision_id=decision,
                    split="train" if position < 18 else "valid")  # fmt: skip
    for ago in range(14):
        at = span.ago(ago, 4)
        pen.add(
            "verifications", at, name="invoice numbers without gaps", outcome="agrees", rows_compared=Decimal(6_000),
            differences=0, detail={"by": "demo"}, checked_at=at,
        )  # fmt: skip
