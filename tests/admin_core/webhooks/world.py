"""A database, a worker in this process, and other programs that speak the protocol and check what they receive."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook

from admin_core.contributions import Handled, IncomingHook, WebhookEvent
from admin_core.database import Database
from admin_core.jobs.errors import JobError, JobFailed
from admin_core.jobs.perform import Runner
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.settings import Settings
from admin_core.webhooks.emitting import emit
from admin_core.webhooks.keys import sealed
from admin_core.webhooks.registry import Webhooks
from admin_core.webhooks.signing import new_secret
from schema.api import IncomingWebhook, WebhookDelivery, WebhookEndpoint
from schema.jobs import Job
from schema.settings import Setting
from schema.support import Ticket
from tests.admin_core.outgoing.receivers import Receiver, receiver

QUICK = Timing(lease_s=0.5, recover_s=0.2)
MADE = WebhookEvent("order.made", "An order was made.", {"order": "1"})
SECRET = new_secret()


def handle(session: Session, webhook: IncomingWebhook) -> Handled:
    """Do what the message's data say; the effect is a settings row, so that doing it twice would raise."""
    match webhook.payload["data"]:
        case {"do": "ignore"}:
            return Handled("ignored", "Nothing to do.")
        case {"do": "refuse"}:
            raise JobFailed("There is no such order.")
        case {"do": "later"}:
            raise JobError("The order is locked.")
        case {"do": "raise"}:
            session.add(Setting(section="effect", name=webhook.external_key, value={"v": 1}))
            session.flush()
            raise LookupError("nomsa@example.com")
        case _:
            session.add(Setting(section="effect", name=webhook.external_key, value={"v": 1}))
    return Handled()


SHOP = IncomingHook(source="shop", title="The shop", secret=("shop", "webhook_secret"), handle=handle)
HOOKS = Webhooks.of([SHOP], [MADE])


def settings_for(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url="redis://localhost:1/0",
        secret_key="k" * 40,
        env="test",
        public_url="http://localhost",
        outgoing_loopback=True,
    )


@dataclass
class World:
    """Everything webhooks touch."""

    machine: Machine

    @classmethod
    def open(cls, database_url: str) -> "World":
        return cls(replace(Machine.assemble(settings_for(database_url)), webhooks=HOOKS))

    @property
    def database(self) -> Database:
        return self.machine.database

    def empty(self) -> None:
        with self.database.transaction() as session:
            for model in (WebhookDelivery, WebhookEndpoint, IncomingWebhook, Job, Setting, Ticket):
                session.execute(delete(model))
            stored = self.machine.cipher.seal("setting shop.webhook_secret", SECRET).encode()
            session.add(Setting(section="shop", name="webhook_secret", secret=stored))

    def endpoint(self, url: str, secret: str = SECRET, **values: Any) -> UUID:
        with self.database.transaction() as session:
            words = {"name": "Shop", "events": ["order.made"], **values}
            row = WebhookEndpoint(url=url, secret=sealed(self.machine.cipher, secret), **words)
            session.add(row)
            session.flush()
            return row.id

    def emit(self, key: str = "evt_1", event_type: str = "order.made", **data: Any) -> list[UUID]:
        with self.database.transaction() as session:
            return emit(session, self.machine.webhooks, (event_type, data), key=key)

    def delivery(self, delivery_id: UUID) -> WebhookDelivery:
        with self.database.sessions() as session:
            return session.get_one(WebhookDelivery, delivery_id)

    def endpoint_row(self, endpoint_id: UUID) -> WebhookEndpoint:
        with self.database.sessions() as session:
            return session.get_one(WebhookEndpoint, endpoint_id)

    def jobs(self, *, due: bool = True) -> list[UUID]:
        """Return the waiting jobs; with ``due=False`` those too that wait for their moment."""
        statement = select(Job.id).where(Job.state == "waiting").order_by(Job.created_at)
        with self.database.sessions() as session:
            if due:
                statement = statement.where(Job.run_at <= datetime.now(UTC))
            return list(session.scalars(statement))

    def work(self, machine: Machine | None = None) -> None:
        """Be a worker until nothing is due. Every job is delivered twice."""
        while found := self.jobs():
            for job in found:
                for name in ("worker-1", "worker-2"):
                    Runner(machine or self.machine, name, QUICK).perform(job)

    def let_time_pass(self) -> None:
        """Make every planned try due."""
        with self.database.transaction() as session:
            session.execute(update(Job).where(Job.state == "waiting").values(run_at=text("now()")))

    def rows(self, statement: Any) -> list[Any]:
        with self.database.sessions() as session:
            return list(session.scalars(statement))


@dataclass
class Program:
    """A receiver of somebody else: it verifies with the reference library, and knows a repeat by its id."""

    running: Receiver
    secret: str
    answers: list[str] = field(default_factory=list)
    """What it answers to the next messages; 200 after that."""
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    timestamps: list[int] = field(default_factory=list)
    before_answer: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.running.port}/hooks?from=admin"

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        assert lines[0] == "POST /hooks?from=admin HTTP/1.1", lines[0]
        assert headers["content-type"] == "application/json"
        self.got.append(Webhook(self.secret).verify(body, headers))
        assert json.loads(body) == self.got[-1]
        self.ids.append(headers["webhook-id"])
        self.timestamps.append(int(headers["webhook-timestamp"]))
        status = self.answers.pop(0) if self.answers else "200 OK"
        self.before_answer()
        content = f"said {status}".encode()
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)


@contextmanager
def program(secret: str = SECRET) -> Iterator[Program]:
    """Yield a running receiver."""
    made = Program(Receiver([], 0), secret)
    with receiver(made) as made.running:
        yield made
