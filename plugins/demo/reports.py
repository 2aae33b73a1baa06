"""Reports with their schedules and runs, churn scores, funnels, figures as they were reported, and saved views."""

from datetime import timedelta
from decimal import Decimal

from plugins.demo.copying import Book, Pen
from plugins.demo.who import World

REPORTS = (
    ("demo-new-customers", "New customers by channel", "customers", {"group": ["signup_channel"], "measure": "count"}),
    ("demo-revenue-by-plan", "Revenue by plan", "invoices", {"group": ["plan"], "measure": "sum:net_cents"}),
    (
        "demo-accuracy",
        "Accuracy by prompt version",
        "ai_decisions",
        {"group": ["prompt_version"], "measure": "agreement"},
    ),
    ("demo-slow-tickets", "Tickets over their target", "tickets", {"filter": {"overdue": True}, "measure": "count"}),
)
FUNNELS = (
    ("first-screening", "From sign-up to the first CV", None,
     (("Signs up", "signed_up"), ("Signs in", "signed_in"), ("Uploads a CV", "cv_uploaded"),
      ("Has it screened", "cv_screened"))),
    ("hiring", "From role to shortlist", "b2b",
     (("Creates a role", "role_created"), ("Has a CV screened", "cv_screened"), ("Views it", "candidate_viewed"),
      ("Shortlists", "candidate_shortlisted"))),
)  # fmt: skip
VIEWS = (
    ("customers", "Past due", "f.status.eq", "past_due"),
    ("customers", "Trials", "f.status.eq", "trial"),
    ("payments", "Failed", "f.status.eq", "failed"),
    ("tickets", "Open", "f.status.eq", "open"),
    ("ai_decisions", "Invented quotes", "f.grounding.eq", "invented"),
)


def write(book: Book, world: World) -> None:
    """Write reports and what was watched."""
    pen = book.pen("reports")
    _reports(pen, world)
    _funnels(pen, world)
    _scores(pen, world)
    for ago in range(24):
        day = world.span.day(30 * ago)
        begins = world.span.ago(30 * (ago + 1), 0)
        pen.add(
            "figure_snapshots", world.span.ago(30 * ago, 6), figure="signups", period_start=begins,
            period_end=world.span.ago(30 * ago, 0), amount=Decimal(pen.between(60, 120)), cases=day.day,
            unit="customers", detail={"by": "demo"}, reported_at=world.span.ago(30 * ago, 6),
        )  # fmt: skip


def _reports(pen: Pen, world: World) -> None:
    span, team = world.span, world.team
    for name_key, title, source, definition in REPORTS:
        report = pen.add(
            "reports", span.ago(200), key=name_key, title=title, description=f"{title}, month by month.",
            source=source, definition=definition, owner_id=team.owner, shared_with_all=True,
            last_run_at=span.ago(0, 6),
        )  # fmt: skip
        schedule = pen.add(
            "report_schedules", span.ago(200), report_id=report, owner_id=team.owner, cron="0 6 1 * *",
            period="month", formats=["csv"], recipients=["ada.nkosi@hireinbox.example"], enabled=False,
            paused_reason="Demo: nothing is sent by itself.",
        )  # fmt: skip
        for month in range(6):
            at = span.ago(30 * month, 6)
            run = pen.add(
                "report_runs", at, report_id=report, schedule_id=schedule, slot=at,
                period_start=at - timedelta(days=30), period_end=at, state="failed" if month == 4 else "done",
                definition=definition, definition_version=1, row_count=None if month == 4 else pen.between(6, 80),
                duration_ms=pen.between(80, 900),
                error="The database needed longer than a report may take." if month == 4 else None, finished_at=at,
            )  # fmt: skip
            pen.add("report_deliveries", at, run_id=run, member_id=team.owner, recipient="ada.nkosi@hireinbox.example",
                    outcome="failed" if month == 4 else "sent", sent_at=None if month == 4 else at)  # fmt: skip


def _funnels(pen: Pen, world: World) -> None:
    for name_key, name, line, steps in FUNNELS:
        funnel = pen.add(
            "funnels", world.span.ago(400), key=name_key, name=name, product_line=line, window_hours=168, is_active=True
        )
        for position, (label, event) in enumerate(steps, 1):
            pen.add(
                "funnel_steps", world.span.ago(400), funnel_id=funnel, position=position, label=label, event_name=event
            )


def _scores(pen: Pen, world: World) -> None:
    for sample in world.samples:
        if sample.status not in {"active", "past_due", "trial"} or sample.line == "b2c":
            continue
        risk = pen.draw.betavariate(1.4, 4)
        for week in range(8):
            score = min(max(risk + pen.draw.gauss(0, 0.03), 0), 1) * 100
            parts = {
                "inactivity": round(score * 0.5, 1),
                "decline": round(score * 0.3, 1),
                "billing": round(score * 0.2, 1),
            }
            pen.add(
                "churn_scores", world.span.ago(7 * week, 4), customer_id=sample.id, day=world.span.day(7 * week),
                score=Decimal(f"{score:.4f}"), parts=parts, days_inactive=int(score / 4), policy_version="demo-1",
            )  # fmt: skip


def views(book: Book, world: World) -> None:
    """Write a few saved views that everybody sees."""
    pen = book.pen("views")
    for position, (model, name, column, value) in enumerate(VIEWS):
        state = {"args": [[column, value]], "columns": []}
        pen.add("saved_views", world.span.ago(90), owner_id=world.team.owner, model_key=model, name=name, shared=True,
                position=position, state=state)  # fmt: skip
