"""Anchors of the audit log by mail: once a day the newest checkpoint goes to people outside, who only have to keep it.

An anchor counts as done when a mail server took it from us; until then it is pending, and the next hour looks again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_core import settings_store as store
from admin_core.audit.anchors import Anchor, armoured, intend, newest
from admin_core.audit.tables import ANCHORS
from admin_core.contributions import Letter
from admin_core.jobs.enqueue import Origin
from admin_core.jobs.run import JobRun
from admin_core.jobs.slots import ZONE
from admin_core.mail.anchor_section import AUDIT, addresses
from admin_core.mail.asking import queue_mail
from schema.audit import AnchorState
from schema.mail import MailMessage, MailState

SINK = "mail"
UNDER_WAY = frozenset({MailState.QUEUED, MailState.SENDING})


def mail_anchors(run: JobRun) -> str:
    """What was mailed is known to have left, and today's anchor is on its way."""
    with run.transaction() as session:
        settled = sum(settle(session, row) for row in pending(session))
        asked = ask(run, session)
    return f"{asked or 'No'} messages were asked for; {settled} earlier anchors are settled."


def ask(run: JobRun, session: Session) -> int:
    """Ask for today's messages unless that was done; return how many."""
    room, now = run.machine.mailroom, session.scalars(select(func.now())).one()
    values = store.read(session, run.machine.cipher, AUDIT)
    to, anchor = addresses(str(values["anchor_addresses"] or "")), newest(session)
    if anchor is None or not to or was_asked(session, now):
        return 0
    if intend(session, anchor, SINK):
        for number, each in enumerate(to, 1):
            queue_mail(session, room, letter(anchor, each, number, now), origin=Origin(title=None))
    return len(to)


def was_asked(session: Session, now: datetime) -> bool:
    """Return whether an anchor was mailed on this day already."""
    last = select(func.max(ANCHORS.c.created_at)).where(ANCHORS.c.sink == SINK)
    found: datetime | None = session.connection().scalar(last)
    return found is not None and found.astimezone(ZONE).date() == now.astimezone(ZONE).date()


def letter(anchor: Anchor, to: str, number: int, now: datetime) -> Letter:
    """Return the message to one address."""
    s = anchor.statement
    return Letter(
        template="core.audit-anchor",
        to=to,
        key=f"{key_of(s.log, s.number)}{number}",
        variables={
            "day": f"{now.astimezone(ZONE):%Y-%m-%d}",
            "log": s.log,
            "size": s.size,
            "root": s.root.hex(),
            "anchor": armoured(anchor.line()),
        },
    )


def key_of(log: str, number: int) -> str:
    """Return how the keys of a checkpoint's messages begin."""
    return f"audit-anchor:{log}:{number}:"


def pending(session: Session) -> Sequence[Any]:
    """Return the anchors of which it is not known yet whether they left."""
    waiting = (ANCHORS.c.sink == SINK) & (ANCHORS.c.state == AnchorState.PENDING)
    return session.connection().execute(select(ANCHORS).where(waiting).order_by(ANCHORS.c.created_at)).all()


def settle(session: Session, row: Any) -> bool:
    """Note what became of an anchor's messages; False while one is on its way."""
    mine = MailMessage.key.startswith(key_of(row.log, row.checkpoint_number), autoescape=True)
    found = session.execute(select(MailMessage.state, MailMessage.headers).where(mine)).all()
    if not found or any(state in UNDER_WAY for state, _ in found):
        return False
    left = sum(state is MailState.SENT and "kept_in" not in (headers or {}) for state, headers in found)
    words: dict[str, Any] = {"state": AnchorState.FAILED, "receipt": " ".join(why_not(found, left))}
    if left:
        words |= {"state": AnchorState.DONE, "done_at": func.now()}
    done = update(ANCHORS).where(ANCHORS.c.id == row.id)
    session.connection().execute(done.values(words | {"attempts": ANCHORS.c.attempts + 1}))
    return True


def why_not(found: Sequence[Any], left: int) -> Iterator[str]:
    """Yield what became of the messages, in sentences."""
    yield f"The mail server took {left} of {len(found)} messages."
    if any("kept_in" in (headers or {}) for _, headers in found):
        yield "The outbox of this machine kept the others: nothing of them left it."
