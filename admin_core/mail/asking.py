"""Ask for a message: a row in words and a job with its id, in the caller's own transaction."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_core.ciphers import Cipher
from admin_core.contributions import Letter, MailTemplate
from admin_core.jobs.declared import JobRegistry
from admin_core.jobs.enqueue import SCHEDULE, Origin, enqueue
from admin_core.mail.addresses import AddressHashes, readable_address
from admin_core.mail.secret_links import sealed
from admin_core.mail.templates import Templates
from admin_core.mail.unsubscribing import UnsubscribeLinks
from admin_core.mail.words import Words, one_line, rendered
from admin_core.settings import Settings
from schema.mail import MailClass, MailMessage

SEND = "core.send-mail"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Mailroom:
    """What asking and sending need of a process."""

    templates: Templates
    jobs: JobRegistry
    hashes: AddressHashes
    links: UnsubscribeLinks
    settings: Settings
    cipher: Cipher = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, templates: Templates, jobs: JobRegistry) -> "Mailroom":
        """Return the mailroom of a process with these settings."""
        keys = (settings.secret_key, *settings.old_secret_keys)
        hashes = AddressHashes.of(keys)
        return cls(
            templates, jobs, hashes, UnsubscribeLinks.of(keys, hashes, settings.public_url), settings, Cipher(keys)
        )


def queue_mail(
    session: Session, room: Mailroom, letter: Letter, *, origin: Origin = SCHEDULE, is_test: bool = False
) -> UUID:
    """Write the message and its job; return the message's id, the former one when the key was used before.

    Raises MailRefused when the template, a variable or the address is not right; then nothing was written.
    """
    template = room.templates[letter.template]
    if is_test:
        template = replace(template, mail_class="internal", subject=f"[Test] {template.subject}")
    words = rendered(template, letter.variables, room.settings.product_name)
    row = row_of(room, template, letter, words)
    statement = insert(MailMessage).values(row).on_conflict_do_nothing(index_elements=[MailMessage.key])
    made: UUID | None = session.scalar(statement.returning(MailMessage.id))
    if made is None:
        return session.scalars(select(MailMessage.id).where(MailMessage.key == letter.key)).one()
    job = enqueue(session, room.jobs[SEND], {"message": made}, run_at=letter.send_at, origin=origin)
    session.execute(
        update(MailMessage).where(MailMessage.id == made).values(job_id=job),
        execution_options={"synchronize_session": False},
    )
    return made


def row_of(room: Mailroom, template: MailTemplate, letter: Letter, words: Words) -> dict[str, Any]:
    """Return the columns of a new message. What is written stands in the row alone, where erasure finds it."""
    address, secret = readable_address(letter.to), sealed(room.cipher, letter.secret_link)
    row = {
        "mail_class": MailClass(template.mail_class),
        "key": letter.key,
        "template_key": template.key,
        "batch_id": letter.batch_id,
        "customer_id": letter.customer_id,
        "member_id": letter.member_id,
        "to_email": address,
        "to_name": one_line(letter.name)[:LONGEST_NAME] or None,
        "from_email": f"no-reply@{urlsplit(room.settings.public_url).hostname}",  # the true one is set when it leaves
        "subject": words.subject,
        "body_text": words.text,
        "body_html": words.html,
        "rendered_digest": digest(words),
        "headers": headers_of(template, letter) | secret,
    }
    return row | ({"send_at": letter.send_at} if letter.send_at else {})


def headers_of(template: MailTemplate, letter: Letter) -> dict[str, Any]:
    """Return what decides about the headers when the message leaves."""
    unsubscribe = {"unsubscribe": True} if template.has_unsubscribe_link else {}
    return {**unsubscribe, **({"thread": letter.thread} if letter.thread else {})}


def digest(words: Words) -> str:
    """Return a hash of what is sent, which proves the words when the body is gone."""
    parts = (words.subject, words.text, words.html)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
