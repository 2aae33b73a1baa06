"""The built-in outbox: what was kept instead of sent, shown as far as the person may see what stands in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from admin_core.generator.spec import ModelSpec
from admin_core.mail.asking import Mailroom
from admin_core.mail.claims import has_link
from admin_core.mail.composing import Ending, composed
from admin_core.mail.configuration import MailSettings
from admin_core.policy import MASK, Person, Refused, masked, sees
from schema.mail import MailMessage, MailState

PAGE = 50
BODY = ("subject", "body_text", "body_html")
IS_KEPT = (MailMessage.headers["kept_in"].astext == "outbox") & (MailMessage.state == MailState.SENT)


@dataclass(frozen=True)
class Line:
    """A message in the list."""

    id: UUID
    to: object
    subject: object
    mail_class: str
    sent_at: datetime | None


@dataclass(frozen=True)
class OutboxPage:
    """A page of the outbox."""

    lines: tuple[Line, ...]
    older: str = ""
    """The id after which the next page begins; empty on the last one."""


@dataclass(frozen=True)
class Opened:
    """A message as its receiver would see it; what the person may not see is masked."""

    line: Line
    headers: Mapping[str, object]
    text: str
    has_html: bool


def kept(session: Session, before: str) -> Sequence[MailMessage]:
    """Return a page of kept messages and one more, the newest first. Keys are ordered by time."""
    statement = select(MailMessage).options(defer(MailMessage.body_text), defer(MailMessage.body_html)).where(IS_KEPT)
    if key := read_key(before):
        statement = statement.where(MailMessage.id < key)
    return session.scalars(statement.order_by(MailMessage.id.desc()).limit(PAGE + 1)).all()


def read_key(text: str) -> UUID | None:
    """Return the key in a text; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def listed(person: Person, spec: ModelSpec, rows: Sequence[MailMessage]) -> OutboxPage:
    """Return the page of these rows."""
    shown = rows[:PAGE]
    older = str(shown[-1].id) if len(rows) > PAGE else ""
    return OutboxPage(tuple(line_of(person, spec, row) for row in shown), older)


def line_of(person: Person, spec: ModelSpec, row: MailMessage) -> Line:
    """Return a message in the list, masked where the person may not see it."""
    to, subject = (masked(person, spec.columns[name], getattr(row, name)) for name in ("to_email", "subject"))
    return Line(row.id, to, subject, row.mail_class.value, row.sent_at)


def opened(person: Person, spec: ModelSpec, row: MailMessage, room: Mailroom, settings: MailSettings) -> Opened:
    """Return the message, made again exactly as it would have left."""
    assert row.sent_at is not None  # only sent messages are kept
    ending = ending_of(row, room, settings)
    mail = composed(row, settings, unsubscribe_url=ending.unsubscribe_url, now=row.sent_at)
    sees_body = is_readable(person, spec)
    sees_address = sees(person, spec.columns["to_email"]) == "clear"
    hidden = {"Subject": sees_body, "To": sees_address and sees_body, "List-Unsubscribe": sees_address}
    kept_back = {"Content-Type", "MIME-Version"}
    headers = {n: str(v) if hidden.get(n, True) else MASK for n, v in mail.items() if n not in kept_back}
    text = (row.body_text or "") + ending.text
    return Opened(line_of(person, spec, row), headers, text if sees_body else MASK, sees_body)


def ending_of(row: MailMessage, room: Mailroom, settings: MailSettings) -> Ending:
    """Return what stands under the message."""
    return Ending(settings.footer, room.links.url(row.id, row.to_email) if has_link(row) else "")


def is_readable(person: Person, spec: ModelSpec) -> bool:
    """Return whether the person may read what stands in messages."""
    return all(sees(person, spec.columns[name]) == "clear" for name in BODY)


def require_readable(person: Person, spec: ModelSpec) -> None:
    """Raise Refused unless the person may read what stands in messages."""
    if not is_readable(person, spec):
        pii: Any = spec.columns["body_text"].pii
        raise Refused("You may not read what stands in messages.", f"pii:{pii}:read")
