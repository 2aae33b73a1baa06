"""What the audit page shows, read through the person's own session: a few rows each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_core.audit.jobs import VERIFIED
from admin_core.generator.history import colleague
from admin_core.policy import Person
from schema.audit import AuditAnchor, AuditCheckpoint, AuditEntry, AuditOutcome, AuditPending
from schema.staff import StaffMember

SHOWN = 10
MOST_MEMBERS = 500
LATE_S = 60
"""An entry that waits longer than this is worth a word."""
Tone = Literal["success", "warning", "danger", "neutral"]
VERDICTS: dict[AuditOutcome, tuple[str, Tone]] = {
    AuditOutcome.OK: ("Clean", "success"),
    AuditOutcome.FAILED: ("Tampered: run admin audit verify for the places", "danger"),
    AuditOutcome.REFUSED: ("Inconclusive: run admin audit verify for the reason", "warning"),
}


@dataclass(frozen=True)
class Overview:
    """The state of the log."""

    checkpoints: list[AuditCheckpoint]
    anchors: list[AuditAnchor]
    waiting: int
    waiting_since: datetime | None
    verified: AuditEntry | None

    @property
    def verdict(self) -> tuple[str, Tone]:
        """The last verification in words, and its tone."""
        return VERDICTS[self.verified.outcome] if self.verified else ("Never verified", "warning")

    def is_late(self, now: datetime) -> bool:
        """Return whether the sealer seems not to run."""
        return self.waiting_since is not None and (now - self.waiting_since).total_seconds() > LATE_S


def overview(session: Session) -> Overview:
    """Return the state of the log: four statements."""
    newest = select(AuditCheckpoint).order_by(AuditCheckpoint.sealed_at.desc(), AuditCheckpoint.number.desc())
    anchors = select(AuditAnchor).order_by(AuditAnchor.created_at.desc(), AuditAnchor.id.desc())
    queue = select(func.count(AuditPending.entry_id), func.min(AuditEntry.occurred_at)).join(AuditPending.entry)
    last = select(AuditEntry).where(AuditEntry.action == VERIFIED).order_by(AuditEntry.occurred_at.desc()).limit(1)
    waiting, since = session.execute(queue).one()
    return Overview(
        checkpoints=list(session.scalars(newest.limit(SHOWN))),
        anchors=list(session.scalars(anchors.limit(SHOWN))),
        waiting=waiting,
        waiting_since=since,
        verified=session.scalars(last).one_or_none(),
    )


def members(session: Session, person: Person) -> list[tuple[str, str]]:
    """Return the members of the team to choose from: id, and name for those who may see names."""
    found = session.execute(select(StaffMember.id, StaffMember.name).order_by(StaffMember.name).limit(MOST_MEMBERS))
    return [(str(member_id), colleague(person, name)) for member_id, name in found]
