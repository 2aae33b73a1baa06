"""A file's row, written with the step of the job that made it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.artifacts.storage import Stored
from schema.artifacts import Artifact
from schema.jobs import Job

KEPT_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """What a job says about a file it makes."""

    name: str
    """Offered for the download; no personal data."""
    kind: str
    """One word: export, report, certificate …"""
    media_type: str
    permission: str = ""
    """Lets others than the owner download it, too; empty: nobody else."""
    owner_id: UUID | None = None
    """None: whoever asked for the job."""
    personal: bool = True
    """Every download of such a file is written into the access log."""
    encrypted: bool = False
    """True: what is stored is not what is offered; only whoever holds its key opens it."""
    days: int = KEPT_DAYS


@dataclass(frozen=True)
class Placed:
    """Where a file's content lies."""

    storage: str
    location: str
    stored: Stored


def write_row(session: Session, job_id: UUID | None, about: NewFile, placed: Placed) -> UUID:
    """Write the row that makes a stored file exist, and return its id; a file that no job made names its owner."""
    made = uuid7()
    owner = about.owner_id or select(Job.actor_id).where(Job.id == job_id).scalar_subquery()
    session.execute(
        insert(Artifact).values(
            id=made,
            job_id=job_id,
            owner_id=owner,
            name=about.name,
            kind=about.kind,
            media_type=about.media_type,
            size_bytes=placed.stored.size_bytes,
            sha256=placed.stored.sha256,
            storage=placed.storage,
            location=placed.location,
            permission=about.permission or None,
            personal=about.personal,
            encrypted=about.encrypted,
            expires_at=func.now() + timedelta(days=about.days),
        )
    )
    return made
