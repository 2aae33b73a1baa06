"""How the product is doing: checks, timings, deployments, mailboxes, sizes, alerts, and one bad day three weeks ago."""

from datetime import datetime, timedelta
from decimal import Decimal

from plugins.demo.clock import liveliness, local_day
from plugins.demo.copying import Book, Pen
from plugins.demo.who import World

ROUTES = (
    ("/api/screen", "POST", 3900, 5), ("/api/candidates", "GET", 120, 22), ("/api/roles", "GET", 80, 12),
    ("/api/upload", "POST", 640, 6), ("/dashboard", "GET", 210, 18), ("/api/checkout", "POST", 480, 1),
)  # fmt: skip
CHECKS = (
    ("app", "http", "https://app.hireinbox.example/health", 240),
    ("api", "http", "https://api.hireinbox.example/health", 90), ("database", "postgres", None, 8),
    ("storage", "storage", None, 130), ("openai", "openai", None, 620), ("smtp", "smtp", None, 210),
    ("yoco", "http", "https://gateway.example/health", 330),
)  # fmt: skip
VENDORS = (
    ("openai", "Chat completions"), ("openai", "Fine-tuning"), ("supabase", "Database"), ("vercel", "Edge network"),
    ("yoco", "Online payments"),
)  # fmt: skip
BOUNDS = (25, 50, 100, 200, 400, 800, 1600, 3200, 6400, 12800)
TABLES = (("usage_events", 61, 300), ("ai_decisions", 74, 20), ("evidence_items", 22, 80), ("candidates", 9, 18))
QUERIES = (
    ("select * from candidates where customer_id = $1 order by created_at desc limit $2", 18_400, 41.0),
    ("update candidates set status = $1 where id = $2", 9_100, 6.2),
    ("select count(*) from usage_events where name = $1", 320, 890.0),
    ("select c.*, r.* from candidates c join roles r on r.id = c.role_id where c.email ilike $1", 410, 512.0),
)  # fmt: skip
SPIKE = 21
OUTCOMES = {"ok": 940, "login_failed": 14, "connect_failed": 18, "timed_out": 12, "fetch_failed": 6}


def write(book: Book, world: World) -> None:
    """Write everything of the last weeks that machines measured."""
    pen = book.pen("health")
    _checks(pen, world)
    _timings(pen, world)
    _deployments(pen, world)
    _mailboxes(pen, world)
    _sizes(pen, world)
    _alerts(pen, world)
    for n, (statement, calls, mean) in enumerate(QUERIES):
        at = world.span.ago(0, 1)
        pen.add(
            "slow_queries", at, database_name="app", query_id=1000 + n, statement=statement, calls=calls,
            total_ms=calls * mean, mean_ms=mean, row_count=calls * 8, hit_ratio=0.97 - n / 50, sampled_at=at,
        )  # fmt: skip


def _checks(pen: Pen, world: World) -> None:
    now = world.span.now
    for n, (name, kind, url, duration) in enumerate(CHECKS):
        state = "degraded" if name == "openai" else "up"
        check = pen.add(
            "health_checks", world.span.ago(400), name=name, kind=kind, url=url, every_s=300, timeout_ms=5_000,
            enabled=True, state=state, state_since=world.span.ago(3 if state == "degraded" else 20), checked_at=now,
            duration_ms=duration, message="Slower than usual." if state == "degraded" else None,
        )  # fmt: skip
        for hour in range(24 * 30):
            at = now - timedelta(hours=hour, minutes=n)
            down = SPIKE * 24 - 6 < hour < SPIKE * 24 and name in {"api", "database"}
            took = int(duration * pen.draw.uniform(0.7, 1.6)) * (6 if down else 1)
            pen.add("health_results", at, check_id=check, state="down" if down else "up", duration_ms=took,
                    message="Too many connections." if down else None, checked_at=at)  # fmt: skip
    for vendor, component in VENDORS:
        state = "degraded" if component == "Fine-tuning" else "up"
        pen.add("vendor_statuses", world.span.ago(300), vendor=vendor, component=component, state=state,
                reported="operational" if state == "up" else "degraded performance", checked_at=now,
                changed_at=world.span.ago(4))  # fmt: skip


def histogram(pen: Pen, count: int, typical: int) -> dict[str, int]:
    """Spread requests over the upper bounds of a histogram."""
    spread: dict[str, int] = {}
    for _ in range(count):
        took = pen.draw.lognormvariate(0, 0.55) * typical
        bound = next((str(b) for b in BOUNDS if took <= b), "inf")
        spread[bound] = spread.get(bound, 0) + 1
    return spread


def _timings(pen: Pen, world: World) -> None:
    """One minute in thirty for six weeks, so that lists and charts have something to show."""
    for step in range(48 * 42):
        at = (world.span.now - timedelta(minutes=30 * step)).replace(second=0, microsecond=0)
        busy = liveliness(local_day(at)) * (1.0 if 5 <= at.hour <= 16 else 0.2)
        bad = local_day(at) == world.span.day(SPIKE)
        for route, method, typical, load in ROUTES:
            count = int(load * busy * pen.draw.uniform(0.5, 1.5))
            if count:
                _minute(pen, at, route, method, count, typical=typical * (4 if bad else 1))
            if (bad and count) or (count and pen.chance(0.01)):
                _errors(pen, at, route, method, max(count // 4, 1), typical=typical)
        done = int(6 * busy * pen.draw.uniform(0.3, 1.6))
        if done:
            pen.add(
                "work_timings", at, minute=at, kind="cv", name="screen", cases=done, failures=int(bad),
                total_ms=3900 * done, maximum_ms=7800, histogram=histogram(pen, done, 3900),
            )  # fmt: skip


def _minute(pen: Pen, at: datetime, route: str, method: str, count: int, *, typical: int) -> None:
    pen.add(
        "request_timings", at, minute=at, source="app", route=route, method=method, status_class=2, requests=count,
        errors=0, total_ms=count * typical, maximum_ms=typical * 3, histogram=histogram(pen, count, typical),
    )  # fmt: skip


def _errors(pen: Pen, at: datetime, route: str, method: str, count: int, *, typical: int) -> None:
    pen.add("request_timings", at, minute=at, source="app", route=route, method=method, status_class=5, requests=count,
            errors=count, total_ms=count * typical, maximum_ms=typical, histogram={str(BOUNDS[5]): count})  # fmt: skip


def _deployments(pen: Pen, world: World) -> None:
    for n in range(64):
        at = world.span.ago(3 * n, 9 + n % 8)
        state = "failed" if n % 13 == 5 else "ready"
        pen.add(
            "deployments", at, provider="vercel", external_id=f"dpl_{pen.key(at)[-18:]}", project="app",
            environment="production", branch="main", commit=f"{pen.draw.getrandbits(160):040x}",
            commit_message=pen.pick(("Faster lists", "Fix upload", "New shortlist page", "Update texts")),
            author="team@hireinbox.example", state=state, build_ms=pen.between(60_000, 160_000),
            url="https://app.hireinbox.example", error="Type error in a page." if state == "failed" else None,
            started_at=at, ready_at=None if state == "failed" else at + timedelta(minutes=2),
        )  # fmt: skip


def _mailboxes(pen: Pen, world: World) -> None:
    takers = [s for s in world.samples if s.line != "b2c" and s.status in {"active", "past_due"}][:24]
    for n, taker in enumerate(takers):
        broken = n in {3, 11}
        now, host = world.span.now, taker.email.split("@")[1]
        box = pen.add(
            "imap_mailboxes", world.span.ago(60), customer_id=taker.id, external_id=f"box_{n}", name="CVs",
            address=f"cv@{host}", host=f"imap.{host}", username=f"cv@{host}", enabled=True,
            state="down" if broken else "up", checked_at=now, last_fetch_at=world.span.ago(2 if broken else 0, 6),
            failures=17 if broken else 0, uid_validity=1, last_uid=400 + n,
            message="The server refused the password." if broken else None,
        )  # fmt: skip
        for hour in range(0, 24 * 14, 4):
            at = now - timedelta(hours=hour, minutes=3 * n)
            outcome = "login_failed" if broken and hour < 48 else pen.weighted(OUTCOMES)
            seen = pen.between(0, 6) if outcome == "ok" else 0
            pen.add(
                "mail_fetch_runs", at, mailbox_id=box, outcome=outcome, seen=seen, taken=seen // 2,
                refused=seen - seen // 2, phases={"connect": 80, "login": 140, "fetch": 60 * seen},
                duration_ms=220 + 60 * seen,
                error=None if outcome == "ok" else "The server did not answer as expected.", started_at=at,
                finished_at=min(at + timedelta(seconds=2), now),
            )  # fmt: skip


def _sizes(pen: Pen, world: World) -> None:
    for ago in range(180):
        share, at = 1 - ago / 260, world.span.ago(ago, 2)
        pen.add("size_samples", at, day=world.span.day(ago), kind="database", name="app", size_bytes=int(3.1e9 * share),
                limit_bytes=8_000_000_000)  # fmt: skip
        pen.add("size_samples", at, day=world.span.day(ago), kind="storage", name="cvs", size_bytes=int(2.1e10 * share),
                file_count=int(41_000 * share), limit_bytes=100_000_000_000)  # fmt: skip
        for name, megabytes, thousands in TABLES:
            pen.add(
                "size_samples", at, day=world.span.day(ago), kind="table", name=name,
                size_bytes=int(megabytes * 1e6 * share), index_bytes=int(megabytes * 4e5 * share),
                row_count=int(thousands * 1000 * share),
            )  # fmt: skip


SPIKED = "340 errors in an hour that usually has 6,0."
DISAGREED = "It agrees with 76,2 % of the blind reviews of 30 days."
FAILED = "31,0 % of 29 payments in 24 hours failed."


def _alerts(pen: Pen, world: World) -> None:
    channels = _channels(pen, world)
    past = (
        ("health.error-spike", "Far more errors than usual", "critical", SPIKE, 1, SPIKED),
        ("ai_quality.accuracy", "The AI agrees less with people", "warning", 118, 4, DISAGREED),
        ("finance.failed-payments", "Many payments fail", "warning", 45, 2, FAILED),
    )
    for name, title, severity, ago, lasts, said in past:
        # Core looks after these from the first minute on: what is declared about them comes then.
        rule = pen.add("alert_rules", world.span.ago(400), name=name, title=title, severity=severity, declared=True,
                       owner_id=world.team.owner)  # fmt: skip
        _incident(pen, world, (rule, title, severity, said), (ago, lasts), channels)
    _watched_view(pen, world, channels)
    pen.add("alert_silences", world.span.ago(21), rule_id=None, reason="Move of the database",
            starts_at=world.span.ago(21, 20), ends_at=world.span.ago(20, 2),
            created_by_id=world.team.owner)  # fmt: skip


def _channels(pen: Pen, world: World) -> list[str]:
    """Add channels that are off: nothing of a demo leaves this machine."""
    span = world.span
    mail = pen.add(
        "alert_channels", span.ago(400), name="Operations", kind="email", target=b"none", is_default=True,
        target_hint="o…@hireinbox.example", enabled=False, last_sent_at=span.ago(3),
    )  # fmt: skip
    chat = pen.add("alert_channels", span.ago(300), name="Team chat", kind="slack", target=b"none",
                   target_hint="chat.example", enabled=False)  # fmt: skip
    return [mail, chat]


def _incident(
    pen: Pen, world: World, about: tuple[str, str, str, str], when: tuple[int, int], channels: list[str]
) -> None:
    """Add an alert that was; one that lasts 0 days still fires."""
    (rule, title, severity, said), (ago, lasts) = about, when
    at, span = world.span.ago(ago, 7), timedelta(days=lasts)
    ended = None if not lasts else at + span
    incident = pen.add(
        "alert_incidents", at, rule_id=rule, title=title, severity=severity, state="resolved" if lasts else "firing",
        value=Decimal(17), message=said, opened_at=at, fired_at=at + timedelta(minutes=5), resolved_at=ended,
        recovering_at=None if ended is None else ended - timedelta(minutes=30), assigned_to_id=world.team.owner,
        acknowledged_at=at + timedelta(hours=1) if lasts else None,
        acknowledged_by_id=world.team.owner if lasts else None,
    )  # fmt: skip
    for channel in channels:
        pen.add("alert_notifications", at, incident_id=incident, channel_id=channel, kind="firing", state="sent",
                payload={"title": title}, attempts=1, sent_at=at + timedelta(minutes=6))  # fmt: skip


def _watched_view(pen: Pen, world: World, channels: list[str]) -> None:
    """Add a saved view of mailboxes that are down, and a rule that counts its rows: it fires while some are."""
    span, owner, title = world.span, world.team.owner, "A customer's mailbox can't be read"
    view = pen.add(
        "saved_views", span.ago(60), owner_id=owner, model_key="imap_mailboxes", name="Down", shared=True, position=9,
        state={"args": [["f.state.eq", "down"]], "columns": []},
    )  # fmt: skip
    rule = pen.add(
        "alert_rules", span.ago(60), name="team.mailboxes-down", title=title, severity="warning", declared=False,
        view_id=view, owner_id=owner, comparison="above", threshold=Decimal(0), for_s=600,
        seen_with=[f"data:{name}:read" for name in ("imap_mailboxes", "@Health")],
    )  # fmt: skip
    _incident(pen, world, (rule, title, "warning", "2 mailboxes in the view “Down”."), (2, 0), channels)
