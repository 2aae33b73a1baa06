"""What an action or a page may ask to happen after its commit: jobs, e-mails and webhooks, in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from admin_core.contributions import ActionRefused, Letter
from admin_core.jobs.arguments import Argument
from admin_core.jobs.enqueue import Origin, enqueue
from admin_core.machine import Machine
from admin_core.mail.addresses import MailRefused
from admin_core.mail.asking import queue_mail
from admin_core.webhooks.emitting import emit


@dataclass(frozen=True)
class JobEffects:
    """Writes jobs into the caller's transaction, in the name of who asked."""

    session: Session
    machine: Machine
    origin: Origin
    whose: tuple[str, str] | None = None
    """Whom jobs are about. Not e-mails and webhooks: those stand in a timeline themselves."""

    def enqueue(
        self,
        job: str,
        args: Mapping[str, Argument] | None = None,
        *,
        key: str | None = None,
        rows: int = 0,  # noqa: ARG002 (whoever plans the deed counts them)
    ) -> UUID:
        """Ask for a job by its slug; under one ``key`` it exists once. Returns the job's id."""
        kind, subject = self.whose or (None, None)
        origin = replace(self.origin, subject_kind=kind, subject_key=subject)
        return enqueue(self.session, self.machine.jobs[job], args, idempotency_key=key, origin=origin)

    def about(self, kind: str, key: str) -> "JobEffects":
        """Return the same for jobs about a person or company."""
        return replace(self, whose=(kind, key))

    def mail(self, letter: Letter) -> UUID:
        """Ask for an e-mail; under one ``key`` it exists once. Returns the message's id, or raises ActionRefused."""
        return self.asked(letter, is_test=False)

    def test_mail(self, letter: Letter) -> UUID:
        """Ask for a message that says it is a test and goes to a member of the team, whatever its class."""
        return self.asked(letter, is_test=True)

    def asked(self, letter: Letter, *, is_test: bool) -> UUID:
        """Write the message; what is wrong with it is told to the person."""
        try:
            return queue_mail(self.session, self.machine.mailroom, letter, origin=self.origin, is_test=is_test)
        except MailRefused as refusal:
            raise ActionRefused(str(refusal)) from None

    def webhook(self, event_type: str, data: Mapping[str, Any], *, key: str) -> int:
        """Tell the endpoints that asked for this type; under one ``key`` each is told once. Returns how many."""
        return len(emit(self.session, self.machine.webhooks, (event_type, data), key=key, origin=self.origin))

    def call(self, service: str, /, **values: Any) -> Any:
        """Have another plugin's service do its part now; return what it returns, or raise ActionRefused."""
        found = self.machine.services.get(service)
        if found is None:
            raise self.without(service)
        return found.run(**{"session": self.session, "effects": self, **values})

    def without(self, service: str) -> ActionRefused:
        """Return why a service can't be had: its plugin is switched off, or no plugin has it."""
        if service in self.machine.all_services:
            sentence = f"A part of the admin that this needs is switched off: {service}."
            return ActionRefused(sentence, "An Owner sees the plugins under System, Plugins.")
        hint = "Its plugin does not run, or the name is mistyped. An Owner sees the plugins under System, Plugins."
        return ActionRefused(f"There is no service {service}.", hint)
