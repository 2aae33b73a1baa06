"""Changes of the list, each judged under a lock: none shortens the time for which its maker gets in. Nobody commits."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from admin_core.generator.forms.times import show_moment
from admin_core.networks.allow_list import Entries, entries_in, lock
from admin_core.networks.form import Wish, version_of
from admin_core.networks.rules import Allowed, why_not
from schema.sign_in import IpAllowEntry


class ChangeRefused(Exception):
    """The list must not be changed so; the message is for the editor."""


class ChangedMeanwhile(ChangeRefused):
    """Somebody else was quicker; the message says what is so now."""


@dataclass(frozen=True)
class Seen:
    """A line as the editor had it before them."""

    id: UUID
    version: str


@dataclass(frozen=True)
class Editor:
    """Who changes the list, and from where."""

    id: UUID
    address: str | None


def add(session: Session, editor: Editor, wish: Wish) -> UUID:
    """Put a line on the list and return its id."""
    before = locked(session)
    refuse_twice(before, wish, None)
    added = wish.line(uuid4())
    judge(before, (*before, added), editor)
    session.add(IpAllowEntry(id=added.id, created_by_id=editor.id, **columns(wish)))
    session.flush()
    return added.id


def edit(session: Session, editor: Editor, seen: Seen, wish: Wish) -> bool:
    """Change a line; return whether anything is different now."""
    before, entry_id = locked(session), seen.id
    was = as_seen(before, seen)
    refuse_twice(before, wish, entry_id)
    wanted = wish.line(entry_id)
    if same_minute(was, wanted):
        return False
    judge(before, tuple(wanted if line.id == entry_id else line for line in before), editor)
    row = session.get_one(IpAllowEntry, entry_id)
    for name, value in columns(wish).items():
        setattr(row, name, value)
    session.flush()
    return True


def remove(session: Session, editor: Editor, seen: Seen) -> Allowed:
    """Take a line off the list and return what it was."""
    before, entry_id = locked(session), seen.id
    gone = as_seen(before, seen)
    judge(before, tuple(line for line in before if line.id != entry_id), editor)
    session.delete(session.get_one(IpAllowEntry, entry_id))
    session.flush()
    return gone


def locked(session: Session) -> Entries:
    """Return the list, held against other changes until the transaction ends."""
    lock(session)
    return entries_in(session)


def line_in(entries: Entries, entry_id: UUID) -> Allowed:
    """Return the line with this id; ChangeRefused when somebody has removed it meanwhile."""
    found = next((line for line in entries if line.id == entry_id), None)
    if found is None:
        raise ChangeRefused("This network is no longer on the list: somebody has removed it.")
    return found


def as_seen(entries: Entries, seen: Seen) -> Allowed:
    """Return the line, unless it is not any more what the editor saw."""
    found = line_in(entries, seen.id)
    if version_of(found) != seen.version:
        state = "enabled" if found.enabled else "disabled"
        end = f"until {show_moment(found.expires_at).replace('T', ' ')}" if found.expires_at else "without an end"
        raise ChangedMeanwhile(
            f"Somebody else changed it while you did: it is {found.network} now, “{found.label}”, {state}, {end}."
            " Sending this again overwrites that."
        )
    return found


def refuse_twice(entries: Entries, wish: Wish, entry_id: UUID | None) -> None:
    """Raise ChangeRefused when another line names the same network."""
    for line in entries:
        if line.network == wish.network and line.id != entry_id:
            raise ChangeRefused(f"{line.network} is on the list already, as “{line.label}”.")


def judge(before: Entries, after: Entries, editor: Editor) -> None:
    """Raise ChangeRefused when the editor would lock themselves out, now or later."""
    if sentence := why_not(before, after, editor.address, datetime.now(UTC)):
        raise ChangeRefused(sentence)


def columns(wish: Wish) -> dict[str, object]:
    """Return a wish as columns."""
    return {
        "network": str(wish.network),
        "label": wish.label,
        "enabled": wish.enabled,
        "expires_at": wish.expires_at,
    }


def same_minute(was: Allowed, wanted: Allowed) -> bool:
    """Return whether both say the same; an end is typed to the second, and kept more exactly."""
    ends = [end and end.replace(microsecond=0) for end in (was.expires_at, wanted.expires_at)]
    return ends[0] == ends[1] and replace(was, expires_at=None) == replace(wanted, expires_at=None)
