"""A database, a worker in this process, watched values that tests set, and channels that lead to real receivers."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from admin_core.access.team import add_member
from admin_core.alerts.declaring import declare
from admin_core.alerts.evaluating import Evaluated, evaluate
from admin_core.alerts.registry import AlertRegistry, Offered
from admin_core.alerts.targets import Target, hint, sealed
from admin_core.contributions import Alert, Reading
from admin_core.database import Database
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.settings import Settings
from schema.alerts import (
    AlertChannel,
    AlertIncident,
    AlertNotification,
    AlertRule,
    AlertSilence,
    ChannelKind,
)
from schema.jobs import Job
from schema.mail import MailMessage
from schema.settings import Setting
from schema.staff import Role, StaffMember
from schema.views import SavedView

QUICK = Timing(lease_s=0.5, recover_s=0.2)
START = datetime(2026, 3, 5, 12, tzinfo=UTC)
SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"


def alert(name: str, watch: Callable[[Session, datetime], Reading], **words: Any) -> Alert:
    usual = {"title": "The kettle is empty", "permission": "core:kettle:read", "keep_firing_s": 0, "repeat_s": 0}
    return Alert(name=name, watch=watch, **{**usual, **words})


@dataclass
class World:
    """Everything alerts touch."""

    machine: Machine
    values: dict[str, Any] = field(default_factory=dict)
    """What the next reading of an alert is: a number, a reading, an exception, or a function."""

    @classmethod
    def open(cls, database_url: str) -> "World":
        settings = Settings(
            database_url=database_url, redis_url="redis://localhost:1/0", secret_key="k" * 40, env="production",
            public_url="https://admin.example.com", outgoing_loopback=True,
        )  # fmt: skip
        return cls(Machine.assemble(settings))

    @property
    def database(self) -> Database:
        return self.machine.database

    def empty(self) -> None:
        self.values.clear()
        self.machine = replace(self.machine, alerts=AlertRegistry())
        emptied = (AlertRule, AlertChannel, AlertNotification, AlertSilence, Job, MailMessage, Setting, SavedView)
        with self.database.transaction() as session:
            for model in emptied:
                session.execute(delete(model))
            session.execute(delete(StaffMember))

    def watch(self, name: str = "core.kettle", **words: Any) -> None:
        """Have something watched whose value the test sets."""

        def reading(session: Session, now: datetime) -> Reading:
            value = self.values.get(name, 0)
            if isinstance(value, BaseException):
                raise value
            if callable(value):
                return value(session, now)  # type: ignore[no-any-return]  # whatever a plugin returns
            return value if isinstance(value, Reading) else Reading(value=value, summary=f"It is {value}.")

        offered = Offered("core", alert(name, reading, **{"threshold": 5, **words}))
        known = {**self.machine.alerts.by_name, name: offered}
        self.machine = replace(self.machine, alerts=AlertRegistry(known))
        with self.database.transaction() as session:
            declare(session, self.machine.alerts)

    def look(self, at: datetime = START, name: str = "core.kettle") -> Evaluated:
        """Evaluate one rule as of a moment."""
        with self.database.transaction() as session:
            rule = session.scalars(select(AlertRule).where(AlertRule.name == name).with_for_update()).one()
            return evaluate(self.machine, session, rule, at)

    def channel(self, kind: str, url: str = "", *addresses: str, **values: Any) -> UUID:
        target = Target(addresses, url, SECRET if kind == "webhook" else "")
        words = {"name": uuid4().hex, "is_default": True, "minimum_severity": "info", **values}
        row = AlertChannel(
            kind=ChannelKind(kind), target=sealed(self.machine.cipher, target),
            target_hint=hint(ChannelKind(kind), target), **words,
        )  # fmt: skip
        return self.add(row)

    def add(self, row: Any) -> UUID:
        with self.database.transaction() as session:
            session.add(row)
            session.flush()
            return UUID(str(row.id))

    def owner(self, *permissions: str) -> UUID:
        """Return a new member with these permissions."""
        with self.database.transaction() as session:
            role = Role(name=uuid4().hex, description="", permissions=list(permissions))
            session.add(role)
            return add_member(session, name="Ada", email=f"{uuid4().hex}@example.com", roles=[role]).id

    def route(self, channel: UUID, name: str = "core.kettle") -> None:
        """Let a rule tell a channel of its own."""
        with self.database.transaction() as session:
            rule = session.scalars(select(AlertRule).where(AlertRule.name == name)).one()
            rule.channels = [session.get_one(AlertChannel, channel)]

    def set_rule(self, name: str = "core.kettle", **values: Any) -> None:
        with self.database.transaction() as session:
            session.execute(update(AlertRule).where(AlertRule.name == name).values(values))

    def rule(self, name: str = "core.kettle") -> AlertRule:
        with self.database.sessions() as session:
            return session.scalars(select(AlertRule).where(AlertRule.name == name)).one()

    def incidents(self) -> list[AlertIncident]:
        with self.database.sessions() as session:
            return list(session.scalars(select(AlertIncident).order_by(AlertIncident.opened_at, AlertIncident.id)))

    def said(self) -> list[tuple[str, str]]:
        """Return kind and state of every message, in order."""
        with self.database.sessions() as session:
            wanted = select(AlertNotification.kind, AlertNotification.state).order_by(AlertNotification.id)
            return [(kind.value, state.value) for kind, state in session.execute(wanted)]

    def messages(self) -> list[AlertNotification]:
        with self.database.sessions() as session:
            return list(session.scalars(select(AlertNotification).order_by(AlertNotification.id)))

    # --- The worker

    def ask(self, slug: str = "core.evaluate-alerts") -> UUID:
        with self.database.transaction() as session:
            return enqueue(session, self.machine.jobs[slug])

    def perform(self, job: UUID) -> Job:
        """Run a job as a worker does; twice, since it may be delivered twice."""
        for name in ("worker-1", "worker-2"):
            Runner(self.machine, name, QUICK).perform(job)
        with self.database.sessions() as session:
            return session.get_one(Job, job)

    def waiting(self, *, due: bool = True) -> list[UUID]:
        statement = select(Job.id).where(Job.state == "waiting").order_by(Job.created_at, Job.id)
        with self.database.sessions() as session:
            return list(session.scalars(statement.where(Job.run_at <= datetime.now(UTC)) if due else statement))

    def work(self) -> None:
        """Be a worker until nothing is due."""
        while found := self.waiting():
            for job in found:
                self.perform(job)

    def let_time_pass(self) -> None:
        with self.database.transaction() as session:
            session.execute(update(Job).where(Job.state == "waiting").values(run_at=text("now()")))

    def configure_mail(self, port: int) -> None:
        given = {"host": "localhost", "port": port, "security": "none", "from_email": "us@hireinbox.example"}
        for name, value in given.items():
            self.add(Setting(section="mail", name=name, value={"v": value}))


@dataclass
class Chat:
    """A receiver of incoming webhooks, as chats have it."""

    answers: list[str] = field(default_factory=list)
    """What it answers to the next messages; 200 after that."""
    bodies: list[bytes] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    before_answer: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/T0/B0/secretpath"

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "POST /services/T0/B0/secretpath HTTP/1.1", lines[0]
        self.heads.append({name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])})
        self.bodies.append(body)
        status = self.answers.pop(0) if self.answers else "200 OK"
        status, _, more = status.partition("|")
        self.before_answer()
        extra = f"{more}\r\n" if more else ""
        connection.sendall(f"HTTP/1.1 {status}\r\n{extra}Content-Length: 2\r\n\r\nok".encode())
