"""The jobs of mail. A message's own job rings the bell; the rows are the queue; a minute's clock finds what is left.

A job that has a connection sends what else is due over it, as far as the minute's limit goes. Nobody waits in a
worker: over the limit, or without a mail server, the messages stay in their queue and a later job takes them.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from admin_core.jobs.enqueue import enqueue
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.run import JobRun
from admin_core.mail import claims
from admin_core.mail.answers import Outcome
from admin_core.mail.claims import Desk, Full, Taken, Withheld
from admin_core.mail.composing import composed
from admin_core.mail.configuration import keeps_mail
from admin_core.mail.secret_links import opened
from admin_core.mail.section import read_mail_settings
from admin_core.mail.transport import Connection

SEND_DUE = "core.send-due-mail"
BATCH = 200
BATCH_S = 120.0
"""A batch ends after this time, so that a slow server holds no worker for long."""
KEPT = Outcome("kept", "", "Kept in the built-in outbox: it did not leave this machine.")


@dataclass
class Batch:
    """What one job sends over one connection."""

    run: JobRun
    desk: Desk
    connection: Connection
    keeps: bool
    counts: Counter[str] = field(default_factory=Counter)
    problem: str = ""

    def go(self, only: UUID | None = None) -> bool:
        """Take one message and hand it over; False when the batch is at its end."""
        self.run.pause_point()
        with self.run.transaction() as session:
            found = claims.take(session, self.desk, only)
            if isinstance(found, Full):
                later = self.desk.room.jobs[SEND_DUE]
                key = f"mail-due:{found.until:%Y%m%dT%H%M%S}"
                enqueue(session, later, run_at=found.until, idempotency_key=key)
        if isinstance(found, Withheld):
            self.counts["withheld"] += 1
        elif isinstance(found, Taken):
            self.hand_over(found)
        return isinstance(found, Taken | Withheld) and not self.problem

    def hand_over(self, taken: Taken) -> None:
        """Send one message and write down what became of it."""
        failpoint("mail.taken")
        outcome = self.delivered(taken)
        failpoint("mail.answered")
        # Not under the claim of the job: what the server said stays true when the lease was lost meanwhile.
        with self.run.database.transaction() as session:
            if claims.settle(session, self.desk, taken.message, outcome):
                self.counts[outcome.kind] += 1
            if outcome.kind == "unready":
                claims.hold_back_all(session)
                self.problem = outcome.sentence

    def delivered(self, taken: Taken) -> Outcome:
        """Return what became of handing the message over."""
        message, settings = taken.message, self.desk.settings
        if self.keeps:
            return KEPT
        assert message.sent_at is not None  # set when it was taken
        link = opened(self.run.machine.cipher, message.headers)
        mail = composed(message, settings, unsubscribe_url=taken.unsubscribe_url, now=message.sent_at, secret_link=link)
        sender = settings.bounce_email or settings.from_email
        return self.connection.deliver(sender, message.to_email, mail.as_bytes())

    def summary(self) -> str:
        """Return what was done, in a sentence."""
        words = {"sent": "sent", "kept": "kept in the outbox", "withheld": "withheld", "later": "to try again"}
        counts = [f"{self.counts[kind]} {said}" for kind, said in words.items() if self.counts[kind]]
        failed = sum(self.counts[kind] for kind in ("refused", "bounced", "unknown"))
        counts += [f"{failed} failed"] if failed else []
        return f"Messages: {', '.join(counts) or 'none due'}."


def send_mail(run: JobRun) -> str:
    """The message of this job is sent, withheld, or waits for its turn; so is what else was due."""
    return work(run, UUID(run.args["message"]))


def send_due_mail(run: JobRun) -> str:
    """What was due is sent, and what a dead process left half done is decided."""
    return work(run, None)


def work(run: JobRun, first: UUID | None) -> str:
    """Send this message and others over one connection; JobFailed says why nothing can be sent at present."""
    with run.transaction() as session:
        claims.take_up_interrupted(session, run.id)
        settings = read_mail_settings(session, run.machine.cipher)
    desk = Desk(run.machine.mailroom, run.machine.plugins, settings, run.id)
    until = time.monotonic() + BATCH_S
    with Connection(settings) as connection:
        batch = Batch(run, desk, connection, keeps_mail(run.settings.env, settings))
        if first is not None and not batch.go(first) and not batch.problem:
            return batch.summary()  # it was sent by another job, or must wait: the queue is looked after
        for _ in range(BATCH):
            if batch.problem or time.monotonic() > until or not batch.go():
                break
    if batch.problem:
        raise JobFailed(f"{batch.problem} Messages wait in their queue and are tried again.")
    return batch.summary()
