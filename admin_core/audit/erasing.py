"""Erases a person from the log: their values, for good; what is sealed stays as it was, and verifies."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.audit.entries import Entry
from admin_core.audit.recording import AuditLog
from schema.audit import ActorKind, AuditCategory

AT_ONCE = 5_000


def erase_subject(session: Session, log: AuditLog, kind: str, key: str, actor: UUID | None = None) -> int:
    """Null values, reasons and addresses of every entry about the person, and their values in the history of records;
    destroy their key. Return how many entries and changed rows lost values.

    In the caller's transaction, with an entry that says so. Safe to repeat.
    """
    connection = session.connection()
    total: int = connection.scalar(select(func.admin.forget_personal(kind, key))) or 0
    while redacted := connection.scalar(select(func.admin.audit_redact(kind, key, AT_ONCE))):
        total += redacted
    if log.subjects.destroy(session, kind, key) or total:
        entry = redaction(actor, total, subject_kind=kind, subject_key=key)
        log.record(session, entry)
    return total


def redact_entry(session: Session, log: AuditLog, entry_id: UUID, actor: UUID | None = None) -> int:
    """Null values, reason and address of one entry, with an entry that says so; return 1, or 0 when it had none."""
    redacted: int = session.connection().scalar(select(func.admin.audit_redact_entry(entry_id))) or 0
    if redacted:
        log.record(session, redaction(actor, 1, object_type="audit_entries", object_key=str(entry_id)))
    return redacted


def redaction(actor: UUID | None, rows: int, **about: str) -> Entry:
    """Return the entry by which a verification knows that values went lawfully."""
    kind = ActorKind.MEMBER if actor else ActorKind.SYSTEM
    return Entry(
        category=AuditCategory.PRIVACY,
        action="audit.redacted",
        actor_kind=kind,
        actor_id=actor,
        row_count=rows,
        **about,  # type: ignore[arg-type]  # names of text fields
    )
