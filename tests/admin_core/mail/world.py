"""A database, a machine and mail settings: asks for messages and is the worker that sends them."""

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import text

from admin_core.contributions import Contact, Letter, MailTemplate, Manifest
from admin_core.database import Database
from admin_core.hookspecs import hookimpl
from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.perform import Runner
from admin_core.jobs.reconcile import reconcile
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.mail.asking import Mailroom, queue_mail
from admin_core.mail.templates import OfferedTemplate, Templates
from admin_core.plugin_manager import Plugins
from admin_core.settings import Settings
from schema.settings import Setting

QUICK = Timing(lease_s=0.3, backoff_s=0.02, recover_s=0.2, report_s=5)
CLASSES = ("transactional", "service", "marketing", "internal")
TEMPLATES = [
    OfferedTemplate(
        "shop",
        MailTemplate(
            key=f"shop.{mail_class}",
            title=mail_class,
            mail_class=mail_class,
            subject="Hello {{ name }}",
            text="Dear {{ name }}\n\n.starts with a dot\nSee https://example.com/a?b=1&c=2.",
            variables={"name": "Zoë"},
        ),
    )
    for mail_class in CLASSES
]
TEMPLATES.append(
    OfferedTemplate("shop", replace(TEMPLATES[1].template, key="shop.digest", unsubscribe=True)),
)
EMPTIED = ("mail_events", "suppressions", "mail_messages", "jobs", "settings")


def plugins_with(**hooks: Any) -> Plugins:
    """Return plugins with these implementations of ``may_contact``, by plugin name."""
    plugins = Plugins()
    for name, may_contact in hooks.items():
        module = ModuleType(name)
        module.MANIFEST = Manifest(name=name, title=name, description=name)
        module.may_contact = hookimpl(may_contact, specname="may_contact")
        plugins.load(name, lambda module=module: module)
        assert all(not found.error for found in plugins)
    return plugins


@dataclass
class Post:
    """Everything mail touches."""

    machine: Machine

    @classmethod
    def open(cls, database_url: str, env: str = "production") -> "Post":
        settings = Settings(
            database_url=database_url,
            redis_url="redis://localhost:1/0",
            secret_key="k" * 40,
            env=env,
            public_url="https://admin.example.com",
        )
        machine = Machine.assemble(settings)
        room = Mailroom.of(settings, Templates.of(TEMPLATES), machine.jobs)
        return cls(replace(machine, mailroom=room, plugins=plugins_with(shop=no())))

    @property
    def database(self) -> Database:
        return self.machine.database

    @property
    def room(self) -> Mailroom:
        return self.machine.mailroom

    def with_plugins(self, **hooks: Any) -> "Post":
        return Post(replace(self.machine, plugins=plugins_with(**hooks)))

    def with_keys(self, secret_key: str, *old: str) -> "Post":
        """Return the installation after its key was changed."""
        settings = replace(self.machine.settings, secret_key=secret_key, old_secret_keys=old)
        room = Mailroom.of(settings, self.room.templates, self.machine.jobs)
        return Post(replace(self.machine, settings=settings, mailroom=room))

    def empty(self) -> None:
        for table in EMPTIED:
            self.run(f"DELETE FROM admin.{table}")

    def run(self, sql: str, **values: Any) -> None:
        with self.database.transaction() as session:
            session.execute(text(sql), values)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.database.transaction() as session:
            return list(session.execute(text(sql), values))

    def configure(self, port: int, **values: Any) -> None:
        """Set mail up as the settings page does."""
        given = {"host": "localhost", "port": port, "security": "none", "from_email": "us@hireinbox.example"} | values
        with self.database.transaction() as session:
            for name, value in given.items():
                row = Setting(section="mail", name=name, value={"v": value})
                if name == "password":
                    sealed = self.machine.cipher.seal("setting mail.password", value).encode()
                    row = Setting(section="mail", name=name, secret=sealed)
                session.add(row)

    def ask(self, template: str = "shop.transactional", to: str = "nomsa@example.com", **words: Any) -> UUID:
        letter = Letter(template=template, to=to, variables={"name": "Zoë"}, **words)
        with self.database.transaction() as session:
            return queue_mail(session, self.room, letter)

    def message(self, message: UUID) -> Any:
        return self.rows("SELECT * FROM admin.mail_messages WHERE id = :id", id=message)[0]

    def states(self) -> list[str]:
        return [row.state for row in self.rows("SELECT state FROM admin.mail_messages ORDER BY id")]

    def job_of(self, message: UUID) -> UUID:
        found = self.rows("SELECT id FROM admin.jobs WHERE args->>'message' = :id ORDER BY id DESC", id=str(message))
        return UUID(str(found[0].id))

    def job(self, job: UUID) -> Any:
        return self.rows("SELECT * FROM admin.jobs WHERE id = :id", id=job)[0]

    def perform(self, job: UUID) -> Any:
        """Run a job as a worker does; twice, since it may be delivered twice. Returns its row."""
        runner = Runner(self.machine, "worker-1", QUICK)
        runner.perform(job)
        runner.perform(job)
        return self.job(job)

    def send(self, message: UUID) -> Any:
        """Run a message's own job and return the message."""
        self.perform(self.job_of(message))
        return self.message(message)

    def due_job(self) -> UUID:
        with self.database.transaction() as session:
            return enqueue(session, self.machine.jobs["core.send-due-mail"])

    def send_due(self) -> Any:
        """Run the minute's job and return it."""
        return self.perform(self.due_job())

    def reconcile(self) -> int:
        return reconcile(self.database, QUICK, self.machine.audit)

    def a_minute_passes(self) -> None:
        """Let a minute pass for the messages."""
        self.run(
            "UPDATE admin.mail_messages SET send_at = send_at - interval '61 s', sent_at = sent_at - interval '61 s'"
        )

    def an_hour_passes(self) -> None:
        self.run("UPDATE admin.mail_messages SET send_at = send_at - interval '61 min'")


def no(*reasons: str) -> Any:
    def may_contact(contact: Contact) -> list[str]:
        return list(reasons)

    return may_contact
