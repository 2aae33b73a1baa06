"""Takes a chunk of their rows: new ones are inserted, changed ones written, refused ones kept with the reason.

Everything happens in the transaction that also keeps how far the reading is. A row that is read twice finds its link
and, when nothing in it changed, writes nothing.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.sources import keeping
from admin_core.sources.asking import watched
from admin_core.sources.keeping import Refusal
from admin_core.sources.mapping import Feed
from admin_core.sources.theirs import Theirs
from admin_core.sources.ties import Tied, tied
from admin_core.sources.values import Unfit, value_of
from admin_core.sources.writing import write
from schema.sources import SourceLink, SourceWrite, WriteState

Deed = Literal["insert", "update", "link"]


@dataclass(frozen=True)
class Taking:
    """What taking rows of one mapping needs to know."""

    feed: Feed
    registry: Registry
    mappings: Mapping[str, UUID]
    """Keys of all mappings, by name."""
    newer: Sequence[UUID]
    """Mappings that win where they have the same row."""
    run_id: UUID
    secret: bytes = field(repr=False)

    @property
    def id(self) -> UUID:
        """Key of the mapping."""
        return self.mappings[self.feed.name]

    @property
    def spec(self) -> ModelSpec:
        """Our table."""
        return self.registry.spec(self.feed.to)


@dataclass(frozen=True)
class Fitted:
    """A row of theirs as ours: what is to be written, and where."""

    key: str
    values: Mapping[str, Any]
    digest: str
    target: UUID
    deed: Deed


def take(session: Session, taking: Taking, rows: Sequence[Theirs]) -> tuple[Counter[str], list[Refusal]]:
    """Take some rows; return how many were inserted, updated, unchanged and rejected, and why any was not taken.

    Among the refusals are those that somebody set aside; they are not counted.
    """
    if not rows:
        return Counter(), []
    single, refusals = told_apart(rows)
    ties = tied(session, taking.feed, taking.registry, taking.mappings, single)
    fitting: list[tuple[Theirs, dict[str, Any]]] = []
    for row in single:
        values, refusal = fitted(taking, ties, row)
        refusals += [refusal] if refusal else []
        fitting += [] if refusal else [(row, values)]
    known = links_of(session, taking, [row.key for row, _ in fitting])
    found = [placed(taking, ties, known, row, values) for row, values in fitting]
    changed = [each for each in found if known.get(each.key, (None, ""))[1] != each.digest]
    plans, held = settled(session, taking, changed)
    written, refused = write(session, taking.spec, plans)
    refusals += [*held, *refused]
    keeping.link(session, taking.id, [(each.key, each.target, each.digest) for each in written])
    same = sorted({each.key for each in found} - {each.key for each in changed})
    keeping.seen(session, taking.id, sorted({row.key for row in rows} - {each.key for each in written}))
    keeping.resolve(session, taking.id, [*same, *(each.key for each in written)])
    kept = keep_refused(session, taking, single, refusals)
    counts = Counter({"insert": 0}) + Counter(each.deed for each in written)
    counts.update(rows_read=len(rows), unchanged=len(same), rejected=len(kept))
    return counts, refusals


def keep_refused(
    session: Session, taking: Taking, rows: Sequence[Theirs], refusals: Sequence[Refusal]
) -> list[Refusal]:
    """Keep what is refused with how the row is now; return all but those that somebody set aside as they are."""
    digests = {row.key: digest_of(taking.secret, row.values) for row in rows} if refusals else {}
    kept = keeping.without_aside(session, taking.id, [replace(each, digest=digests.get(each.key)) for each in refusals])
    keeping.refuse(session, taking.id, taking.run_id, kept)
    return kept


def told_apart(rows: Sequence[Theirs]) -> tuple[list[Theirs], list[Refusal]]:
    """Return the rows with keys of their own; of keys that stand there twice the first row counts."""
    long = [row.key for row in rows if len(row.key) > LONGEST_KEY]
    single = {row.key: row for row in reversed(rows) if len(row.key) <= LONGEST_KEY}
    twice = sorted(key for key, count in Counter(row.key for row in rows).items() if count > 1)
    refusals = [Refusal(key, READ_TWICE if single[key].sent is None else SENT_TWICE) for key in twice if key in single]
    refusals += [
        Refusal(short(key), f"Its key has {len(key)} characters; {LONGEST_KEY} fit.") for key in sorted(set(long))
    ]
    return [row for row in single.values() if row.key not in twice], refusals


def short(key: str) -> str:
    """Return the beginning of a key that is too long, still different from that of any other."""
    return f"{key[:SHORT_KEY]}…{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def fitted(taking: Taking, ties: Tied, row: Theirs) -> tuple[dict[str, Any], Refusal | None]:
    """Return our values of a row, or why it is refused; every reason is said at once. What it has not is left out."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for ours, theirs in row.values.items():
        column, drawn = taking.spec.columns[ours], taking.feed.columns[ours]
        try:
            given = ties.reference(ours, drawn, theirs) if column.reference else theirs
            values[ours] = value_of(column, drawn if column.reference is None else NOTHING, given, taking.feed.zone)
        except Unfit as unfit:
            wrong[ours] = f"{column.label} {unfit}."
    if not wrong:
        return values, None
    shown = {ours: shown_value(taking.spec, ours, row.values[ours]) for ours in wrong}
    return values, Refusal(row.key, " ".join(wrong.values()), shown)


def shown_value(spec: ModelSpec, ours: str, value: Any) -> Any:
    """Return a value as it is kept with a refusal; secrets are not."""
    return None if value is None else "(secret)" if spec.columns[ours].pii == "secret" else str(value)[:LONGEST_SHOWN]


def links_of(session: Session, taking: Taking, keys: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    """Return the rows that were taken before, with the digest they had."""
    wanted = select(SourceLink.source_key, SourceLink.target_id, SourceLink.digest).where(
        SourceLink.mapping_id == taking.id, keeping.among(SourceLink.source_key, keys)
    )
    return {key: (target, digest) for key, target, digest in session.execute(wanted)}


def placed(
    taking: Taking, ties: Tied, known: Mapping[str, tuple[UUID, str]], row: Theirs, values: Mapping[str, Any]
) -> Fitted:
    """Return a row with its place: the row it became, the one it continues, one that is recognised, else a new one."""
    target = known[row.key][0] if row.key in known else ties.earlier.get(row.continues or "")
    if target is None and taking.feed.match:
        target = ties.matched.get(str(values.get(taking.feed.match)))
    digest = digest_of(taking.secret, values if row.sent is None else row.sent)
    return Fitted(row.key, values, digest, target or uuid7(), "update" if target else "insert")


def digest_of(secret: bytes, values: Mapping[str, Any]) -> str:
    """Return a hash that tells whether a row changed; without our key nobody can guess values by it."""
    text = json.dumps(dict(sorted(values.items())), default=str)
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def settled(session: Session, taking: Taking, rows: Sequence[Fitted]) -> tuple[list[Fitted], list[Refusal]]:
    """Return what is really to be done, and which rows have to wait.

    Rows that are gone here are made again, a newer generation's are left.
    """
    targets = [each.target for each in rows if each.deed == "update"]
    there = found_here(session, taking.spec, targets) if targets else set()
    wanted = select(SourceLink.target_id).where(
        SourceLink.target_id.in_(targets), SourceLink.mapping_id.in_(taking.newer)
    )
    theirs = set(session.scalars(wanted)) if targets and taking.newer else set()
    plans = list(deeds(rows, there, there if is_final(taking.spec) else theirs))
    waits = held(session, taking, [each.target for each in plans if each.deed == "update"])
    return [each for each in plans if each.target not in waits], [
        Refusal(each.key, waits[each.target]) for each in plans if each.target in waits
    ]


def found_here(session: Session, spec: ModelSpec, targets: Sequence[UUID]) -> set[UUID]:
    """Return which rows of ours are there, locked: until we wrote them nobody decides anything else about them."""
    key = spec.table.c.id
    wanted = select(key).where(key.in_(targets)).order_by(key)  # in one order, so that two takings never wait in a ring
    return set(session.scalars(wanted if is_final(spec) else wanted.with_for_update(key_share=True)))


def held(session: Session, taking: Taking, targets: Sequence[UUID]) -> dict[UUID, str]:
    """Return the rows of ours that theirs would put back to before a decision, and why: they must be told it first."""
    names = undone_by(session, taking.feed)
    if not (names and targets):
        return {}
    # What was written since this transaction began may be newer than their row, which was read after it began.
    untold = or_(SourceWrite.state != WriteState.DONE, SourceWrite.written_at >= func.now())
    mine = (SourceWrite.name.in_(names), SourceWrite.target_id.in_(targets))
    found = session.execute(select(SourceWrite.target_id, SourceWrite.name).where(*mine, untold))
    return {target: HELD.format(name) for target, name in found}


def undone_by(session: Session, feed: Feed) -> list[str]:
    """Return the statements in force that tell theirs of columns which the mapping fills."""
    found = watched(session)
    writes = found.writes if found else ()
    return [each.name for each in writes if each.on == feed.to and feed.columns.keys() & set(each.columns)]


def is_final(spec: ModelSpec) -> bool:
    """Return whether rows of a table are never changed: what changed over there is only remembered as read."""
    return spec.options.writes == "append" and "updated_at" not in spec.columns


def deeds(rows: Iterable[Fitted], there: set[UUID], theirs: set[UUID]) -> Iterator[Fitted]:
    """Yield each row with its deed."""
    for row in rows:
        deed: Deed = "insert" if row.target not in there else "link" if row.target in theirs else "update"
        yield Fitted(row.key, row.values, row.digest, row.target, deed)


NOTHING = keeping.AS_IT_IS
LONGEST_SHOWN, LONGEST_KEY, SHORT_KEY = 500, 200, 100
READ_TWICE = "The mapping gives more than one row for this key: the join is too wide, or key is no key."
SENT_TWICE = "More than one row of the request has this key. Send it once."
HELD = (
    "What was decided here does not stand over there yet, and theirs would undo it: the row waits for the statement"
    " {!r}. Look under Values written back."
)
