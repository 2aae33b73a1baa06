"""The audit log: written with what it tells of, sealed in batches, verified from outside. See docs/audit.md."""

from admin_core.audit.entries import Entry
from admin_core.audit.erasing import erase_subject, redact_entry
from admin_core.audit.recording import AuditLog, Look
from admin_core.audit.subject_keys import KeyDestroyed, SubjectKeys

__all__ = ["AuditLog", "Entry", "KeyDestroyed", "Look", "SubjectKeys", "erase_subject", "redact_entry"]
