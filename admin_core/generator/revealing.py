"""A masked value shown in clear for some minutes: to one person, on one record's page, for a reason that is logged.

Lists, searches, labels, exports and forms never show it: what is masked there stays masked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from admin_core.generator import urls
from admin_core.generator.context import Context
from admin_core.generator.detail import load
from admin_core.generator.errors import NotFound
from admin_core.generator.forms.fields import Formdata
from admin_core.generator.ids import record_id
from admin_core.generator.labels import record_label, title_fields
from admin_core.generator.reveals import LASTS, short_key
from admin_core.generator.spec import ColumnSpec, ModelSpec
from admin_core.policy import Refused, limit, may, may_reveal
from admin_core.theme.formats import in_sentence
from schema.access_log import AccessEntry, AccessKind, Reveal

MOST_AN_HOUR = 30
"""Whoever needs more needs a role that sees such values; or is not who they say."""
SHORTEST, LONGEST = 8, 500
TICKETS, NUMBER = "tickets", "number"
UNPROCESSABLE, TOO_MANY = 422, 429


@dataclass(frozen=True)
class RevealPage:
    """The page that asks why."""

    spec: ModelSpec
    column: ColumnSpec
    record_id: str
    label: str
    asks_ticket: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    status: int = 200
    minutes: int = int(LASTS.total_seconds() // 60)
    shortest: int = SHORTEST
    longest: int = LONGEST

    @property
    def title(self) -> str:
        """What the page and its button are called."""
        return f"Show {in_sentence(self.column.label)}"

    @property
    def url(self) -> str:
        """Where the button posts to."""
        return urls.reveal_url(self.spec.key, self.record_id, self.column.key)

    @property
    def back(self) -> str:
        """Where "Cancel" leads."""
        return urls.record_url(self.spec.key, self.record_id)


@dataclass(frozen=True)
class Granted:
    """The value is shown from now on, once the caller has logged it and commits."""

    spec: ModelSpec
    column: ColumnSpec
    record_id: str
    key: tuple[Any, ...]
    reason: str
    ticket_id: UUID | None


def reveal(ctx: Context, spec: ModelSpec, text: str, name: str, form: Formdata | None) -> RevealPage | Granted:
    """Return the page that asks why; with a good reason, show the value to this person for some minutes."""
    column = revealable(ctx, spec, name)
    record = load(ctx, spec, text)
    if getattr(record, column.key) is None:
        raise NotFound(f"{column.label} is empty: there is nothing to show.", "Go back to the record.")
    ctx.reads.note_record(spec, record, title_fields(ctx.person, spec))
    page = RevealPage(spec, column, record_id(spec, record), record_label(ctx, spec, record), asks_ticket(ctx))
    if form is None:
        return page
    if is_limited(ctx):
        return again(page, form, {}, status=TOO_MANY)
    errors: dict[str, str] = {}
    reason, ticket = read_reason(form, errors), read_ticket(ctx, form, errors)
    if errors:
        return again(page, form, errors, status=UNPROCESSABLE)
    show(ctx, spec, page.record_id, column.key)
    key = tuple(getattr(record, part) for part in spec.primary_key)
    return Granted(spec, column, page.record_id, key, reason, ticket)


def revealable(ctx: Context, spec: ModelSpec, name: str) -> ColumnSpec:
    """Return the column, or raise: NotFound when there is none, Refused when this person may not ask for it."""
    column = spec.columns.get(name)
    if column is None or column.pii == "secret":
        raise NotFound(f"{spec.plural} have no such field.", "Go back to the record.")
    if not may_reveal(ctx.person, column):
        sentence = f"You may not reveal {in_sentence(column.label)}: it is shown to you already, or not at all."
        raise Refused(sentence, f"pii:{column.pii}:reveal")
    return column


def again(page: RevealPage, form: Formdata, errors: Mapping[str, str], *, status: int) -> RevealPage:
    """Return the page with what was typed, and why nothing is shown."""
    typed = {name: form.get(name, "")[: 2 * LONGEST] for name in ("reason", "ticket")}
    problem = f"You revealed {MOST_AN_HOUR} values within an hour. Wait a while." if status == TOO_MANY else ""
    words = {"typed": typed, "errors": errors, "problem": problem, "status": status}
    return RevealPage(page.spec, page.column, page.record_id, page.label, page.asks_ticket, **words)  # type: ignore[arg-type]  # by name


def read_reason(form: Formdata, errors: dict[str, str]) -> str:
    """Return the reason, having noted what is wrong with it."""
    reason = " ".join(form.get("reason", "").replace("\x00", "").split())
    if len(reason) < SHORTEST:
        errors["reason"] = f"Say in a few words why you need it: at least {SHORTEST} characters."
    if len(reason) > LONGEST:
        errors["reason"] = f"Use at most {LONGEST} characters; these are {len(reason)}."
    return reason


def asks_ticket(ctx: Context) -> bool:
    """Return whether the person can name a ticket."""
    return TICKETS in ctx.registry and may(ctx.person, "read", ctx.registry.spec(TICKETS))


def read_ticket(ctx: Context, form: Formdata, errors: dict[str, str]) -> UUID | None:
    """Return the ticket of a number or id, None where none was named, having noted when there is none."""
    typed = form.get("ticket", "").strip().removeprefix("#")
    if not typed or not asks_ticket(ctx):
        return None
    model = ctx.registry.model(TICKETS)
    number = typed.isascii() and typed.isdigit() and len(typed) < 16  # noqa: PLR2004 (fits a bigint)
    try:
        which = getattr(model, NUMBER) == int(typed) if number else model.id == UUID(typed)
    except ValueError:
        which = sa.false()
    statement = limit(sa.select(model.id).where(which), ctx.person, ctx.registry.spec(TICKETS))
    found: UUID | None = ctx.session.scalar(statement)
    if found is None:
        errors["ticket"] = "There is no such ticket. Write its number, or leave this empty."
    return found


def is_limited(ctx: Context) -> bool:
    """Return whether the person has revealed as much as anybody may in an hour."""
    mine = (AccessEntry.member_id == ctx.person.id, AccessEntry.kind == AccessKind.REVEAL)
    lately = AccessEntry.occurred_at > ctx.now - timedelta(hours=1)
    found: Sequence[Any] = ctx.session.scalars(sa.select(AccessEntry.id).where(*mine, lately).limit(MOST_AN_HOUR)).all()
    return len(found) >= MOST_AN_HOUR


def show(ctx: Context, spec: ModelSpec, record: str, column: str) -> None:
    """Let the person see the value from now on; what is over of theirs goes."""
    over = sa.delete(Reveal).where(Reveal.member_id == ctx.person.id, Reveal.until < ctx.now)
    ctx.session.execute(over.execution_options(synchronize_session=False))
    place = {"member_id": ctx.person.id, "model_key": spec.key, "record_key": short_key(record), "column_key": column}
    new = insert(Reveal).values(id=uuid7(), until=ctx.now + LASTS, **place)
    ctx.session.execute(new.on_conflict_do_update(index_elements=list(place), set_={"until": new.excluded.until}))


def hide(ctx: Context, spec: ModelSpec, record: str, column: str) -> None:
    """Mask the value again before its time is over."""
    mine = (Reveal.member_id == ctx.person.id, Reveal.model_key == spec.key, Reveal.column_key == column)
    gone = sa.delete(Reveal).where(*mine, Reveal.record_key == short_key(record))
    ctx.session.execute(gone.execution_options(synchronize_session=False))
