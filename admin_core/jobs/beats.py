"""Each process of ours says that it lives, in one row that the system page reads."""

import os
import secrets
import socket
from dataclasses import dataclass

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from admin_core.database import Database
from admin_core.jobs.errors import is_lost_connection
from schema.schedules import WorkerBeat


@dataclass(frozen=True)
class Beat:
    """The name under which a process reports."""

    name: str
    kind: str
    queues: str | None = None

    @classmethod
    def of(cls, kind: str, queues: str | None = None) -> "Beat":
        """Return a name that no other process has, on this host or another."""
        return cls(f"{kind}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"[:200], kind, queues)

    def write(self, database: Database) -> None:
        """Say that this process lives."""
        row = insert(WorkerBeat).values(
            name=self.name, kind=self.kind, queues=self.queues, host=socket.gethostname()[:200], pid=os.getpid()
        )
        statement = row.on_conflict_do_update(
            index_elements=[WorkerBeat.name], set_={"beat_at": func.clock_timestamp(), "stopped_at": None}
        )
        with database.transaction() as session:
            session.execute(statement)

    def end(self, database: Database) -> None:
        """Say that this process ended in good order; without PostgreSQL the silence says it."""
        try:
            with database.transaction() as session:
                session.execute(
                    update(WorkerBeat).where(WorkerBeat.name == self.name).values(stopped_at=func.now()),
                    execution_options={"synchronize_session": False},
                )
        except DBAPIError as error:
            if not is_lost_connection(error):
                raise
