"""Which entries somebody wants to see or take along: read from an address or a form, and turned into criteria."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from admin_core.addresses import plain_address
from admin_core.audit.entries import KEY
from admin_core.periods import start_of, whole_day
from schema.audit import AuditCategory, AuditEntry, AuditOutcome


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is asked for; everything empty: all entries."""

    who: UUID | None = None
    """A member of the team."""
    by: str = ""
    """What acted when it was no member: a job, an API key, the command line."""
    action: str = ""
    type: str = ""
    object: str = ""
    subject_kind: str = ""
    subject: str = ""
    category: AuditCategory | None = None
    outcome: AuditOutcome | None = None
    since: date | None = None
    until: date | None = None
    """The last day that belongs to it, on our wall clock."""
    request: str = ""
    change: UUID | None = None
    ip: str = ""
    """Personal: it never stands in an address in clear."""

    def criteria(self) -> list[ColumnElement[bool]]:
        """Return the conditions, each of which an index serves."""
        e = AuditEntry
        equal = {
            e.actor_id: self.who,
            e.actor_key: self.by,
            e.action: self.action,
            e.object_type: self.type,
            e.object_key: self.object,
            e.subject_kind: self.subject_kind,
            e.subject_key: self.subject,
            e.category: self.category,
            e.outcome: self.outcome,
            e.request_id: self.request,
            e.change_set_id: self.change,
            e.ip: self.ip,
        }
        found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
        if self.since:
            found.append(e.occurred_at >= start_of(self.since))
        if self.until:
            found.append(e.occurred_at < start_of(self.until + timedelta(days=1)))
        return found

    def words(self) -> dict[str, str]:
        """Return what is set, as it stands in an address; without what is personal."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "ip"}
        return {name: str(value) for name, value in values.items() if value}


@dataclass(frozen=True)
class Read:
    """A filter as it was typed, and what is wrong with it."""

    wanted: Filter
    errors: Mapping[str, str]


SENTENCES = {
    "who": "Choose somebody from the list.",
    "change": "This is no id of a change.",
    "category": "Choose from the list.",
    "outcome": "Choose from the list.",
    "since": "Write a day like 2026-11-26.",
    "until": "Write a day like 2026-11-26.",
    "ip": "Write one address, such as 196.25.1.7.",
}
PLAIN = "No entry holds this: use at most 200 letters, digits and . _ : / + -"


def read_filter(args: Mapping[str, str]) -> Read:
    """Return the filter of an address or a form; what cannot be read is left out and said."""
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in args.items():
        if name not in READERS or not (text := text.strip()):
            continue
        try:
            found[name] = READERS[name](text)
        except ValueError:
            errors[name] = SENTENCES.get(name, PLAIN)
    if found.get("since") and found.get("until") and found["until"] < found["since"]:
        errors["until"] = "This is before the first day."
        del found["until"]
    return Read(Filter(**found), errors)


def key(text: str) -> str:
    """Return a text that can stand in a sealed entry; ValueError otherwise."""
    if not KEY.fullmatch(text):
        raise ValueError(text)
    return text


def address(text: str) -> str:
    """Return an address in its one spelling; ValueError when it is none."""
    found = plain_address(text)
    if found is None:
        raise ValueError(text)
    return str(found)


READERS: Mapping[str, Any] = {
    "who": UUID,
    "by": key,
    "action": key,
    "type": key,
    "object": key,
    "subject_kind": key,
    "subject": key,
    "category": AuditCategory,
    "outcome": AuditOutcome,
    "since": whole_day,
    "until": whole_day,
    "request": key,
    "change": UUID,
    "ip": address,
}
