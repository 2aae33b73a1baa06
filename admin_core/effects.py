"""What an action or a page may ask to happen after its commit: jobs, written in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.jobs.arguments import Argument
from admin_core.jobs.declared import JobRegistry
from admin_core.jobs.enqueue import Origin, enqueue


@dataclass(frozen=True)
class JobEffects:
    """Writes jobs into the caller's transaction, in the name of who asked."""

    session: Session
    jobs: JobRegistry
    origin: Origin

    def enqueue(self, job: str, args: Mapping[str, Argument] | None = None, *, key: str | None = None) -> UUID:
        """Ask for a job by its slug; under one ``key`` it exists once. Returns the job's id."""
        return enqueue(self.session, self.jobs[job], args, idempotency_key=key, origin=self.origin)
