"""What core has watched of itself: jobs, the log, disks, connections, health checks, and the alerts themselves."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from admin_core.alerts.full_disks import fullest
from admin_core.audit.jobs import VERIFIED
from admin_core.contributions import Alert, Reading
from admin_core.generator.urls import list_url
from admin_core.jobs_screen.overview import queue_lines
from admin_core.plugin_manager import Plugins
from admin_core.settings import Settings
from admin_core.sources.watching import source_alerts
from admin_core.system.checkups import checkups
from schema.alerts import AlertRule, RuleState
from schema.audit import AuditEntry, AuditOutcome
from schema.jobs import Job, JobState
from schema.rollups import Verification, VerificationOutcome

SYSTEM = "page:system:read"
ENDED_BADLY = (JobState.FAILED, JobState.QUARANTINED)
A_DAY = timedelta(days=1)
MOST = 1_000
"""Counted at most."""


def core_alerts(settings: Settings, plugins: Plugins) -> tuple[Alert, ...]:
    """Return core's own alerts."""
    checks, disks = failing_checks(plugins), fullest(settings)
    return (
        *OF_JOBS,
        *OF_THE_REST,
        *source_alerts(SYSTEM),
        of_system("health-checks", "A health check fails", checks, threshold=0, for_s=120),
        of_system("disks-full", "A disk is nearly full", disks, threshold=90, for_s=300),
    )


def of_system(name: str, title: str, watch: Callable[[Session, datetime], Reading], **words: Any) -> Alert:
    """Return an alert for who may see the system page."""
    return Alert(name=f"core.{name}", title=title, permission=SYSTEM, watch=watch, **words)


def jobs_given_up(session: Session, now: datetime) -> Reading:
    """Return how many jobs of the last day failed for good or are in quarantine."""
    found = select(Job.id).where(Job.state.in_(ENDED_BADLY), Job.finished_at >= now - A_DAY).limit(MOST)
    count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = [("f.state.eq", state.value) for state in ENDED_BADLY]
    url = list_url("jobs", [*rows, ("f.created_at.within", "last_7_days")])
    return Reading(value=count, summary=f"{count} jobs were given up in the last 24 hours.", url=url)


def figures_differing(session: Session, now: datetime) -> Reading:
    """Return how many self-checks of the last day found numbers that differ from their rows."""
    found = select(Verification.id).where(
        Verification.outcome == VerificationOutcome.DIFFERS, Verification.checked_at >= now - A_DAY
    )
    count = session.scalar(select(func.count()).select_from(found.limit(MOST).subquery())) or 0
    url = list_url("verifications", {"f.outcome.eq": "differs", "f.checked_at.within": "last_7_days"})
    said = f"{count} self-checks of the last 24 hours found numbers that differ from their rows: admin rollups rebuild."
    return Reading(value=count, summary=said, url=url)


def jobs_late(session: Session, now: datetime) -> Reading:
    """Return for how many seconds the job waits that should have begun longest ago."""
    waiting = [queue.oldest_at for queue in queue_lines(session, now) if queue.oldest_at and not queue.paused]
    late = max(0, int((now - min(waiting)).total_seconds())) if waiting else 0
    summary = f"A job waits for {late // 60} min: look whether workers run." if late else "No job waits."
    return Reading(value=late, summary=summary, url="/admin/system/jobs")


def failing_checks(plugins: Plugins) -> Callable[[Session, datetime], Reading]:
    """Return the watch over the health checks of plugins."""

    def watch(session: Session, now: datetime) -> Reading:
        found = checkups(session, plugins, now)
        failing = [each for each in found if each.health.state == "failing"]
        known = [each for each in found if each.health.state != "unknown"]
        said = " ".join(f"{each.title}: {each.health.sentence}" for each in failing)
        value = len(failing) if known or not found else None
        return Reading(value=value, n=len(known), summary=said or "No check fails.", url="/admin/system")

    return watch


def last_verification(session: Session, _now: datetime) -> Reading:
    """Return whether the last verification of the audit log found anything; no data before the first."""
    newest = select(AuditEntry.outcome).where(AuditEntry.action == VERIFIED).order_by(AuditEntry.occurred_at.desc())
    outcome = session.scalar(newest.limit(1))
    if outcome is None:
        return Reading(value=None, summary="It was never verified.", url="/admin/system/audit")
    bad = outcome is not AuditOutcome.OK
    said = "The last verification did not end clean: read its findings." if bad else "The last verification was clean."
    return Reading(value=int(bad), firing=bad, summary=said, url="/admin/system/audit/integrity")


def connections_used(session: Session, _now: datetime) -> Reading:
    """Return how many of a hundred connections of the database are in use."""
    row = session.execute(text(CONNECTIONS)).one()
    share = round(100 * row.used / row.allowed, 1)
    return Reading(value=share, summary=f"{row.used} of {row.allowed} connections are in use.", url="/admin/system")


CONNECTIONS = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       current_setting('max_connections')::int AS allowed
"""


def rules_in_error(session: Session, _now: datetime) -> Reading:
    """Return how many rules could not be evaluated the last time."""
    found = select(AlertRule.title).where(AlertRule.enabled, AlertRule.state == RuleState.ERROR)
    titles = list(session.scalars(found.where(AlertRule.name != "core.alerts-blind").limit(MOST)))
    return Reading(value=len(titles), summary=named(titles), url="/admin/alerts")


def named(titles: Iterable[str]) -> str:
    """Return a few titles in a sentence."""
    known = list(titles)
    if not known:
        return "Every rule can be evaluated."
    rest = f" and {len(known) - 3} more" if len(known) > 3 else ""  # noqa: PLR2004 (a few)
    return f"{'; '.join(known[:3])}{rest}."


OF_JOBS = (
    of_system("jobs-given-up", "Jobs were given up", jobs_given_up, severity="critical", threshold=0, keep_firing_s=0),
    of_system("jobs-late", "Jobs wait too long", jobs_late, threshold=600, for_s=120),
)
OF_THE_REST = (
    of_system("figures-differ", "Numbers differ from their rows", figures_differing, threshold=0, keep_firing_s=0),
    of_system(
        "audit-log", "The audit log could not be verified", last_verification, severity="critical", keep_firing_s=0
    ),
    of_system(
        "connections",
        "The database is nearly out of connections",
        connections_used,
        severity="critical",
        threshold=90,
        for_s=120,
    ),
    Alert(
        name="core.alerts-blind",
        title="Alert rules can't be evaluated",
        permission="page:alerts:read",
        watch=rules_in_error,
        threshold=0,
        for_s=900,
    ),
)
