"""Who looked at whose data: what is asked of the access log, and its answer a page at a time, the newest first.

Somebody is found where a look was at them alone and where they stood in a list or an export; both by an index.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from admin_core.generator.errors import BadRequest
from admin_core.periods import start_of, whole_day
from schema.access_log import AccessEntry, AccessKeyList, AccessKind
from schema.api import ApiKey

PAGE = 50
HELD = "held"
"""Only lists and exports that held the person."""
LONGEST = 200
PLACE = re.compile(r"(?P<at>[0-9T:.+-]{19,40})_(?P<id>[0-9a-f-]{36})")


@dataclass(frozen=True)
class Asked:
    """What is asked: everything as it stands in an address, no word of which is personal."""

    kind: str = ""
    key: str = ""
    """Whose data: a customer's id, say."""
    model: str = ""
    record: str = ""
    """Which record, where it is not about somebody."""
    member: str = ""
    how: str = ""
    since: str = ""
    until: str = ""
    before: str = ""
    """Place in the answer behind which the page begins."""

    @property
    def pairs(self) -> dict[str, str]:
        """What is asked, as arguments of an address, without the place."""
        names = (each.name for each in fields(self) if each.name != "before")
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True)
class Looks:
    """A page of the answer."""

    entries: tuple[AccessEntry, ...]
    older: str = ""
    """Place behind which the next page begins; empty on the last one."""


def asked_in(args: Mapping[str, str]) -> Asked:
    """Return what an address asks."""
    return Asked(**{each.name: args.get(each.name, "").strip()[:LONGEST] for each in fields(Asked)})


def looks(session: Session, asked: Asked, most: int = PAGE) -> Looks:
    """Return a page of looks in one statement; BadRequest when the question can't be understood."""
    key = joinedload(AccessEntry.api_key).load_only(ApiKey.name)
    wanted = sa.select(AccessEntry).options(joinedload(AccessEntry.member), key)
    found = session.scalars(newest(matching(wanted, asked, most), most)).all()
    shown = tuple(found[:most])
    return Looks(shown, place_of(shown[-1]) if len(found) > len(shown) else "")


def lists_with(session: Session, kind: str, key: str) -> list[AccessEntry]:
    """Return the newest lists and exports that held somebody."""
    return list(looks(session, Asked(kind=kind, key=key, how=HELD)).entries)


def matching(statement: sa.Select[Any], asked: Asked, most: int) -> sa.Select[Any]:
    """Return the statement restricted to what is asked."""
    conditions = conditions_of(asked)
    if not asked.key:
        return statement.where(*conditions)
    ids = sa.select(AccessEntry.id).where(*conditions)
    alone = ids.where(AccessEntry.subject_kind == asked.kind, AccessEntry.subject_key == asked.key)
    lists = ids.join(AccessEntry.key_lists).where(
        AccessKeyList.subject_kind == asked.kind,
        AccessKeyList.subject_keys.op("@>", is_comparison=True)(sa.literal([asked.key], sa.ARRAY(sa.Text))),
    )
    both = [newest(lists, most)] if asked.how == HELD else [newest(alone, most), newest(lists, most)]
    return statement.where(AccessEntry.id.in_(sa.union_all(*both)))


def newest(statement: sa.Select[Any], most: int) -> sa.Select[Any]:
    """Return the first rows of a statement and one more, the newest first."""
    return statement.order_by(AccessEntry.occurred_at.desc(), AccessEntry.id.desc()).limit(most + 1)


def conditions_of(asked: Asked) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that hold whoever is asked about."""
    found: list[sa.ColumnElement[bool]] = []
    if asked.model:
        found.append(AccessEntry.model_key == asked.model)
    if asked.record:
        found.append(AccessEntry.record_key == asked.record)
    if asked.member:
        found.append(AccessEntry.member_id == read(UUID, asked.member, "member"))
    if asked.how and asked.how != HELD:
        found.append(AccessEntry.kind == read(AccessKind, asked.how, "kind of look"))
    if asked.since:
        found.append(AccessEntry.occurred_at >= read(day_begins, asked.since, "day"))
    if asked.until:
        found.append(AccessEntry.occurred_at < read(day_ends, asked.until, "day"))
    if asked.before:
        found.append(sa.tuple_(AccessEntry.occurred_at, AccessEntry.id) < sa.tuple_(*place_in(asked.before)))
    return found


def read(reader: Any, text: str, what: str) -> Any:
    """Return a value, or raise BadRequest naming what it should have been."""
    try:
        return reader(text)
    except (ValueError, OverflowError):
        raise BadRequest(f"The address names a {what} that is none.", "Ask again with the form.") from None


def day_begins(text: str) -> datetime:
    """Return when a day begins on our wall clock."""
    return start_of(whole_day(text))


def day_ends(text: str) -> datetime:
    """Return when a day is over on our wall clock."""
    return start_of(whole_day(text) + timedelta(days=1))


def place_of(entry: AccessEntry) -> str:
    """Return where an entry stands in the order."""
    return f"{entry.occurred_at.isoformat()}_{entry.id}"


def place_in(text: str) -> tuple[Any, Any]:
    """Return the moment and id of a place; BadRequest when it is none."""
    found = PLACE.fullmatch(text)
    at = read(datetime.fromisoformat, found["at"] if found else "", "place")
    if at.tzinfo is None:
        raise BadRequest("The address names a place that is none.", "Ask again with the form.")
    return sa.literal(at, sa.DateTime(timezone=True)), sa.literal(read(UUID, found["id"] if found else "", "place"))
