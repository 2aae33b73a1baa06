"""A log in a database of its own: people act, a sealer seals, somebody with all rights of the database tampers."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from admin_core.audit.anchors import FILE_NAME, FileSink, anchor_newest, read_anchors
from admin_core.audit.custody import signer_at
from admin_core.audit.entries import Entry, command_entry, run_entry
from admin_core.audit.findings import Report
from admin_core.audit.recording import AuditLog, Look
from admin_core.audit.reports import exported
from admin_core.audit.sealer import Sealer
from admin_core.audit.verifying import Evidence, verify
from admin_core.database import Database, open_database
from admin_core.settings import Settings
from schema import load_models
from schema.access_log import AccessKind
from schema.audit import ActorKind, AuditCategory, AuditOutcome

SECRET = "k" * 40
ADA = {"email": "ada@example.com"}


@dataclass
class Ledger:
    """Everything around one log."""

    url: str
    directory: Path
    database: Database
    log: AuditLog
    sealer: Sealer

    @classmethod
    def open(cls, url: str, directory: Path, *, batch: int = 5_000) -> "Ledger":
        load_models()
        database = open_database(url)
        log = AuditLog.of(Settings(database_url=url, redis_url="redis://localhost:1/0", secret_key=SECRET, env="test"))
        return cls(url, directory, database, log, Sealer(database, signer_at(database, directory / "audit.key"), batch))

    def close(self) -> None:
        self.database.engine.dispose()

    def record(self, entry: Entry) -> uuid.UUID:
        with self.database.transaction() as session:
            return self.log.record(session, entry)

    def act(self, count: int = 1, **words: Any) -> list[uuid.UUID]:
        """Write entries of many kinds in one transaction."""
        with self.database.transaction() as session:
            return [self.log.record(session, sample(number, **words)) for number in range(count)]

    def act_otherwise(self, times: int) -> None:
        """Write entries of all kinds that are no changes of records, and looks with what the access log says."""
        for _ in range(times):
            for entry in of_other_kinds():
                self.record(entry)
            for look in looks():
                self.log.record_read(self.database, look)

    def sealed(self, count: int, batch: int = 10) -> list[uuid.UUID]:
        """Write and seal entries in batches, so that there are several checkpoints; return them by position."""
        for start in range(0, count, batch):
            self.act(min(batch, count - start))
            self.sealer.seal()
        found = self.rows("SELECT entry_id FROM admin.audit_leaves ORDER BY log, position")
        return [row.entry_id for row in found]

    def anchor(self) -> list[str]:
        return anchor_newest(self.database, [FileSink(self.directory)])

    def verify(self, *, anchored: bool = False, since: int | None = None, pinned: tuple[str, ...] = ()) -> Report:
        anchors = tuple(read_anchors(self.directory / FILE_NAME)) if anchored else ()
        pins = pinned or (self.sealer.signer.id,)
        return verify(self.database, Evidence(macs=self.log.keys.macs, anchors=anchors, pinned=pins), since=since)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.database.transaction() as session:
            return list(session.execute(text(sql), values))

    def value(self, sql: str, **values: Any) -> Any:
        return self.rows(sql, **values)[0][0]

    def evidence(self, *, anchored: bool = False) -> Evidence:
        anchors = tuple(read_anchors(self.directory / FILE_NAME)) if anchored else ()
        return Evidence(macs=self.log.keys.macs, anchors=anchors, pinned=(self.sealer.signer.id,))

    @contextmanager
    def tampering(self) -> Iterator[Any]:
        """Yield a function that runs SQL as somebody who has switched off every trigger and constraint."""
        with self.database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))

            def run(sql: str, **values: Any) -> Any:
                return connection.execute(text(sql), values)

            yield run


EMPTIED = ("pending", "leaves", "anchors", "checkpoints", "tiles", "prunes", "keys", "entries")


def empty(url: str) -> None:
    """Forget a log, triggers and all switched off."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in EMPTIED:
            connection.execute(text(f"DELETE FROM admin.audit_{name}"))
        connection.execute(text("DELETE FROM admin.access_key_lists"))
        connection.execute(text("DELETE FROM admin.access_entries"))
        connection.execute(text("DELETE FROM admin.subject_keys"))


def sample(number: int, **words: Any) -> Entry:
    """An entry; every third has values of a subject, every second an address and a reason."""
    given: dict[str, Any] = {
        "category": AuditCategory.WRITE,
        "action": "customers.edited",
        "actor_kind": ActorKind.SYSTEM,
        "actor_key": "tests",
        "object_type": "customers",
        "object_key": str(number),
        "field_names": ("email", "name") if number % 2 else (),
        "row_count": number,
        "request_id": f"req-{number}",
    }
    if number % 2:
        given |= {"ip": "2001:db8::1" if number % 4 == 1 else "192.0.2.7", "reason": f'Asked by "phone", É {number}\n'}
    if number % 3 == 0:
        given |= {
            "subject_kind": "customer",
            "subject_key": f"c-{number % 5}",
            "values": {"before": None, "after": ADA},
        }
    return Entry(**{**given, **words})


def of_other_kinds() -> list[Entry]:
    """One entry of each shape that the product writes besides changes of records."""
    member = {"actor_kind": ActorKind.MEMBER, "session_id": uuid.uuid4(), "request_id": "req-o", "ip": "192.0.2.9"}
    refused = {"category": AuditCategory.AUTH, "outcome": AuditOutcome.REFUSED, "ip": "2001:db8::7"}
    as_customer = {"impersonation_id": uuid.uuid4(), "ticket_id": uuid.uuid4(), "reason": "Asked to look."}
    settings = {"before": {"smtp_host": "a.example"}, "after": {"smtp_host": "b.example"}}
    return [
        run_entry("failed", "core.expire-files", uuid.uuid4(), failed=True),
        command_entry("jobs.cancelled", "jobs", str(uuid.uuid4())),
        exported(12_480, "jobs", str(uuid.uuid4())),
        Entry(action="api.refused", object_type="scope-missing", actor_kind=ActorKind.PUBLIC, **refused),
        Entry(action="permission.refused", object_type="data:*:read", actor_kind=ActorKind.API_KEY, **refused),
        Entry(action="network.refused", actor_kind=ActorKind.PUBLIC, **refused),
        Entry(category=AuditCategory.AUTH, action="staff.signed-in", **member),
        Entry(
            category=AuditCategory.AUTH, action="staff.see-as-begun", object_type="roles", object_key="Viewer", **member
        ),
        Entry(category=AuditCategory.IMPERSONATE, action="customers.impersonated", **member, **as_customer),
        Entry(
            category=AuditCategory.CONFIG, action="settings.changed", object_type="settings", values=settings, **member
        ),
        Entry(
            category=AuditCategory.WRITE,
            action="api.feedback-give",
            actor_kind=ActorKind.API_KEY,
            actor_key=str(uuid.uuid4()),
            object_type="api",
            change_set_id=uuid.uuid4(),
        ),
        Entry(
            category=AuditCategory.JOB,
            action="jobs.summed-up",
            object_type="jobs",
            object_key=f"2026-03-05/{'ab' * 32}",
        ),
    ]


def looks() -> Iterator[Look]:
    """Yield one look of each kind: at somebody alone, or at many."""
    for kind in AccessKind:
        alone = kind not in {AccessKind.LIST, AccessKind.SEARCH, AccessKind.EXPORT, AccessKind.REPORT}
        whose = {"subject_key": "c-7", "record_key": "c-7"} if alone else {"people": ("c-7", "c-8"), "row_count": 2}
        words = {"reason": "Asked by telephone", "ticket_id": uuid.uuid4()} if kind is AccessKind.REVEAL else {}
        yield Look(
            kind=kind,
            model_key="customers",
            subject_kind="customer",
            field_names=("email", "name"),
            request_id="req-l",
            ip="192.0.2.10",
            **whose,  # type: ignore[arg-type]  # by name
            **words,  # type: ignore[arg-type]  # by name
        )
