"""What happened to a record, merged from everything that plugins know of, newest first, page by page.

Each kind is one range of one index, as long as a page: a hundred thousand entries cost what ten do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from admin_core.circuits import Circuits
from admin_core.contained import PartFailed, attempt
from admin_core.generator import urls
from admin_core.generator.belonging import Ranges, belonging_rows, newest_keys, note_belonging, shown_columns
from admin_core.generator.context import Context
from admin_core.generator.core_entries import core_kinds
from admin_core.generator.counting import time_box
from admin_core.generator.detail import load
from admin_core.generator.errors import BadRequest
from admin_core.generator.ids import decode_key, record_id
from admin_core.generator.record_parts import OfferedEntries, RecordParts
from admin_core.generator.related import cell_of
from admin_core.generator.spec import ModelSpec
from admin_core.policy import may

SIZE = 20
PART_MS = 1_000
"""How long one kind may take."""
BETWEEN = "~"
BESIDE = Markup(" · ")


@dataclass(frozen=True)
class Place:
    """The last entry of a page: its moment, its kind, its id. The next page goes on behind it."""

    at: datetime
    kind: str
    id: str

    def __str__(self) -> str:
        return BETWEEN.join((self.at.isoformat(), self.kind, self.id))


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened."""

    at: datetime
    kind: str
    id: str
    title: str
    text: Markup
    url: str
    icon: str
    who: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class KindChoice:
    """A kind one may narrow the timeline down to."""

    label: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class TimelinePage:
    """A page of a record's timeline."""

    spec: ModelSpec
    record_url: str
    entries: tuple[TimelineEntry, ...]
    kinds: tuple[KindChoice, ...]
    problems: tuple[str, ...]
    """Kinds that could not be read, in sentences."""
    older_url: str
    is_first: bool


@dataclass(frozen=True)
class Asked:
    """Which part of whose timeline."""

    owner: Any
    before: Place | None


def timeline_page(ctx: Context, spec: ModelSpec, text: str, args: Any, parts: RecordParts) -> TimelinePage:
    """Return a page of a record's timeline; kinds that the person may not read are not there."""
    offered = [*parts.kinds_on(spec.key, ctx.person), *core_kinds(ctx.registry, spec)]
    kinds = [each for each in offered if is_readable(ctx, each)]
    wanted, before = args.get("kind", ""), read_place(args.get("before", ""))
    chosen = [each for each in kinds if each.name == wanted or not (wanted or each.entries.apart)]
    asked = Asked(getattr(load(ctx, spec, text), spec.primary_key[0]), before)
    found: list[TimelineEntry] = []
    problems: list[str] = []
    for each in chosen:
        try:
            found += entries_of(ctx, each, asked, parts.circuits)
        except PartFailed as failure:
            problems.append(f"{each.entries.label}: {failure.sentence}")
    merged = in_order(found)
    more = {"kind": wanted} if wanted else {}
    older = {**more, "before": str(place_of(merged[SIZE - 1]))} if len(merged) > SIZE else {}
    return TimelinePage(
        spec,
        urls.record_url(spec.key, text),
        entries=tuple(merged[:SIZE]),
        kinds=tuple(choices(spec, text, kinds, wanted)),
        problems=tuple(problems),
        older_url=urls.timeline_url(spec.key, text, older) if older else "",
        is_first=before is None,
    )


def is_readable(ctx: Context, offered: OfferedEntries) -> bool:
    """Return whether the person may read the records behind a kind."""
    return may(ctx.person, "read", ctx.registry.spec(offered.entries.belonging.rows))


def choices(spec: ModelSpec, text: str, kinds: Iterable[OfferedEntries], wanted: str) -> Iterable[KindChoice]:
    """Return the ways to narrow the timeline down."""
    yield KindChoice("Everything", urls.timeline_url(spec.key, text), not wanted)
    for each in kinds:
        url = urls.timeline_url(spec.key, text, {"kind": each.name})
        yield KindChoice(each.entries.label, url, wanted == each.name)


def entries_of(ctx: Context, offered: OfferedEntries, asked: Asked, circuits: Circuits) -> list[TimelineEntry]:
    """Return a page's worth of one kind and one more, those behind the place that was asked for."""
    shown = replace(offered.entries.belonging, first="")  # by time alone
    part = f"timeline {offered.entries.slug}"
    other = ctx.registry.spec(shown.rows)
    ranges = behind(offered.name, newest_keys(other, shown), asked.before, other)
    with attempt(circuits, offered.plugin, part, PART_MS), time_box(ctx.session, PART_MS):
        records = belonging_rows(ctx, shown, asked.owner, SIZE + 1, ranges)
        note_belonging(ctx, shown, records)
        return [entry_of(ctx, offered, other, record) for record in records]


def behind(name: str, keys: list[Any], place: Place | None, other: ModelSpec) -> Ranges:
    """Return the range of one kind behind a place: at the same moment kinds follow each other by name. Never an OR."""
    if place is None:
        return []
    at = sa.literal(place.at, keys[0].type)
    if name != place.kind:
        return [keys[0] < at if name < place.kind else keys[0] <= at]
    values = decode_key(other, place.id)
    if values is None:
        raise BadRequest("The timeline has no such place.", "Start again from the record.")
    bound = [at, *(sa.literal(value, key.type) for key, value in zip(keys[1:], values, strict=True))]
    return [sa.tuple_(*keys) < sa.tuple_(*bound)]


def entry_of(ctx: Context, offered: OfferedEntries, other: ModelSpec, record: Any) -> TimelineEntry:
    """Return one record as an entry, its values masked as everywhere."""
    entries, found = offered.entries, record_id(other, record)
    newest = entries.belonging.newest
    told = [c for c in shown_columns(ctx, entries.belonging) if c.key != newest and getattr(record, c.key) is not None]
    text = BESIDE.join(cell_of(ctx, other, column, record) for column in told)
    at: datetime = getattr(record, newest)
    return TimelineEntry(at, offered.name, found, entries.label, text, urls.record_url(other.key, found), entries.icon)


def in_order(found: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Return entries newest first; at the same moment by the name of their kind, within one as they came."""
    return sorted(sorted(found, key=lambda entry: entry.kind), key=lambda entry: entry.at, reverse=True)


def place_of(entry: TimelineEntry) -> Place:
    """Return where an entry stands."""
    return Place(entry.at, entry.kind, entry.id)


def read_place(text: str) -> Place | None:
    """Return the place an address names; BadRequest when it names none."""
    if not text:
        return None
    try:
        moment, kind, found = text.split(BETWEEN)
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise BadRequest("The timeline has no such place.", "Start again from the record.") from error
    if at.tzinfo is None:
        raise BadRequest("The timeline has no such place.", "Start again from the record.")
    return Place(at, kind, found)
