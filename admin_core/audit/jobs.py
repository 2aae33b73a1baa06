"""The nightly verification, and the one that somebody asks for: a job, because it reads the whole log."""

from sqlalchemy.orm import Session

from admin_core.audit.commands import evidence
from admin_core.audit.entries import Entry
from admin_core.audit.findings import Report
from admin_core.audit.verifying import verify
from admin_core.jobs.run import JobRun, Json
from schema.audit import ActorKind, AuditCategory, AuditOutcome

OUTCOMES = {"clean": AuditOutcome.OK, "tampered": AuditOutcome.FAILED, "inconclusive": AuditOutcome.REFUSED}
VERIFIED = "audit.verified"


def verify_log(run: JobRun) -> str:
    """The log was verified, and an entry says with what result."""
    report = verify(run.database, evidence(run.settings))

    def note(session: Session) -> Json:
        run.machine.audit.record(session, verification(report, str(run.id)))
        return {"verdict": report.verdict, "findings": report.found}

    run.step("note", note)
    return report.headline


def verification(report: Report, job: str) -> Entry:
    """Return the entry that tells of a verification."""
    return Entry(
        category=AuditCategory.JOB,
        action=VERIFIED,
        actor_kind=ActorKind.SYSTEM,
        actor_key="core.verify-audit",
        object_type="jobs",
        object_key=job,
        row_count=report.entries,
        outcome=OUTCOMES[report.verdict],
    )
