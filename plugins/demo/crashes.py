"""Errors the product reported, grouped into problems, with stack traces; three weeks ago a day full of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from psycopg.types.json import Jsonb

from plugins.demo import customers
from plugins.demo.clock import local_day, moment
from plugins.demo.copying import Book, Pen
from plugins.demo.health import SPIKE
from plugins.demo.who import World

PROBLEMS = (  # title, culprit, kind, level, state, events
    ("TypeError: Cannot read properties of undefined (reading 'email')", "app/candidates/[id]/page.tsx", "TypeError",
     "error", "open", 210),
    ("Too many connections for role authenticator", "lib/db/pool.ts", "DatabaseError", "fatal", "resolved", 60),
    ("JSON.parse: unexpected end of data", "lib/ai/screen.ts", "SyntaxError", "error", "regressed", 150),
    ("AbortError: The user aborted a request", "lib/upload/client.ts", "AbortError", "warning", "ignored", 260),
    ("IMAP login refused", "jobs/fetch-mail.ts", "ImapError", "error", "open", 120),
    ("Webhook signature does not match", "app/api/webhooks/route.ts", "SignatureError", "warning", "open", 14),
    ("Text layer of the PDF is empty", "lib/cv/read.ts", "CvError", "warning", "open", 330),
    ("RangeError: Invalid time value", "lib/format/date.ts", "RangeError", "error", "resolved", 44),
    ("ECONNRESET while asking the model", "lib/ai/client.ts", "NetworkError", "error", "open", 95),
    ("Hydration failed", "app/dashboard/page.tsx", "HydrationError", "info", "open", 70),
)  # fmt: skip


CRUMBS = [{"category": "navigation", "message": "/dashboard"}, {"category": "fetch", "message": "GET /api/roles 200"}]


@dataclass
class Problem:
    """A problem while its errors are written."""

    id: str
    title: str
    culprit: str
    kind: str
    level: str


def write(book: Book, world: World) -> None:
    """Write projects, releases, problems and their errors of the last ninety days."""
    pen = book.pen("errors")
    project = pen.add(
        "error_projects", world.span.ago(500), number=1, name="web-app", platform="javascript-nextjs", enabled=True,
        sentry_slug="web-app", last_event_at=world.span.now,
    )  # fmt: skip
    pen.add(
        "error_project_keys", world.span.ago(500), project_id=project, public_key=f"{pen.draw.getrandbits(128):032x}",
        label="Production", last_used_at=world.span.now,
    )  # fmt: skip
    releases = [
        pen.add("releases", world.span.ago(30 * n), project_id=project, version=f"2.{12 - n}.0", event_count=100 + n,
                first_seen_at=world.span.ago(30 * n), last_seen_at=world.span.ago(30 * max(n - 1, 0)))
        for n in range(12)
    ]  # fmt: skip
    for n, problem in enumerate(PROBLEMS):
        _problem(pen, world, project, releases, n, *problem)


def _problem(pen: Pen, world: World, project: str, releases: list[str], n: int, *words: Any) -> None:
    title, culprit, kind, level, state, count = words
    problem = Problem(pen.key(world.span.ago(85 - n)), title, culprit, kind, level)
    moments = sorted(_moments(pen, world, n, count))
    affected: set[str] = set()
    hours: dict[datetime, int] = {}
    for at in moments:
        affected.add(_error(pen, world, project, releases, problem, at=at))
        hour = at.replace(minute=0, second=0, microsecond=0)
        hours[hour] = hours.get(hour, 0) + 1
    pen.add(
        "error_issues", moments[0], id=problem.id, project_id=project, title=title, culprit=culprit, kind=kind,
        level=level, state=state, assigned_to_id=world.team.owner if state == "open" and n % 2 else None,
        event_count=len(moments), customer_count=len(affected), first_seen_at=moments[0], last_seen_at=moments[-1],
        first_release_id=releases[3], resolved_at=moments[-1] if state in {"resolved", "regressed"} else None,
        sentry_id=f"{4_000_000 + n}",
    )  # fmt: skip
    digest = sha256(f"{kind}/{culprit}".encode()).hexdigest()
    pen.add("error_issue_hashes", moments[0], project_id=project, method_version=1, digest=digest, issue_id=problem.id)
    for hour, received in hours.items():
        pen.add("error_counts", hour, issue_id=problem.id, hour=hour, project_id=project, received=received)


def _moments(pen: Pen, world: World, n: int, count: int) -> list[datetime]:
    span = world.span
    if n == 1:  # the day on which the database had no connections left
        return [span.ago(SPIKE, 7) + timedelta(seconds=pen.between(0, 20_000)) for _ in range(count * 12)]
    return [min(moment(span.day(pen.between(0, 85)), pen.draw), span.now) for _ in range(count)]


def _error(pen: Pen, world: World, project: str, releases: list[str], problem: Problem, *, at: datetime) -> str:
    someone = pen.pick(world.samples)
    age = (world.span.today - local_day(at)).days // 30
    pen.add(
        "error_events", at, project_id=project, issue_id=problem.id, release_id=releases[min(age, 11)],
        customer_id=someone.id, event_id=f"{pen.draw.getrandbits(128):032x}", level=problem.level,
        message=problem.title, kind=problem.kind, handled=False, environment="production", platform="javascript",
        sdk="sentry.javascript.nextjs/9.1.0", server_name="web-1", route=f"/{problem.culprit.rsplit('/', 1)[0]}",
        trace_id=f"{pen.draw.getrandbits(128):032x}", user_key=someone.person[0], ip=customers.address(pen),
        tags={"runtime": "node", "region": "cpt1"}, exceptions=Jsonb([_stack(pen, problem)]),
        breadcrumbs=Jsonb(CRUMBS), request={"method": "GET", "url": "https://app.hireinbox.example/candidates"},
        contexts={"browser": {"name": "Chrome"}}, scrubbed=["request.headers.cookie"], occurred_at=at,
    )  # fmt: skip
    return str(someone.id)


def _stack(pen: Pen, problem: Problem) -> dict[str, Any]:
    frames = [
        {"filename": "node_modules/next/server.js", "function": "handleRequest", "lineno": 1204, "in_app": False},
        {"filename": "lib/session.ts", "function": "withSession", "lineno": 48, "in_app": True},
        {"filename": problem.culprit, "function": "load", "lineno": 17 + pen.between(0, 3), "in_app": True,
         "context_line": "const { email } = candidate.contact"},
    ]  # fmt: skip
    return {"type": problem.kind, "value": problem.title, "stacktrace": {"frames": frames}}
