"""Finds which rows of ours their keys and words mean, for a whole chunk with one query each."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import cast, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from admin_core.generator.registry import Registry
from admin_core.generator.spec import ModelSpec
from admin_core.sources.keeping import among
from admin_core.sources.mapping import Drawn, Feed
from admin_core.sources.theirs import Theirs
from admin_core.sources.values import Unfit
from schema.sources import SourceLink


@dataclass(frozen=True)
class Tied:
    """What the rows of one chunk are tied to."""

    references: Mapping[str, Mapping[str, UUID]]
    """By our column and their word: the row of ours."""
    earlier: Mapping[str, UUID]
    """By the key of an earlier mapping: the row it became."""
    matched: Mapping[str, UUID]
    """By the value of the column that recognises rows."""

    def reference(self, ours: str, drawn: Drawn, theirs: Any) -> UUID | None:
        """Return the row that a value means, None for no value; Unfit when there is no such row."""
        word = "" if theirs is None else drawn_word(drawn, theirs)
        if not word:
            return None
        found = self.references[ours].get(word)
        if found is None:
            where = f"in {' and '.join(drawn.link)}" if drawn.link else f"with this {drawn.find}"
            raise Unfit(f"refers to a row {where} that is not there, or was refused itself")
        return found


def drawn_word(drawn: Drawn, theirs: Any) -> str:
    """Return the word to look a reference up by."""
    word = str(theirs).strip()
    return str(drawn.ours_for(word) or word) if drawn.values or drawn.otherwise is not None else word


def tied(
    session: Session, feed: Feed, registry: Registry, mappings: Mapping[str, UUID], rows: Sequence[Theirs]
) -> Tied:
    """Return what the rows of a chunk are tied to."""
    spec = registry.spec(feed.to)
    references = {}
    for ours, drawn in feed.columns.items():
        reference = spec.columns[ours].reference
        if reference is None:
            continue
        words = {drawn_word(drawn, row.values[ours]) for row in rows if row.values.get(ours) is not None}
        if drawn.link:
            references[ours] = linked(session, [mappings[name] for name in drawn.link], words)
        else:
            references[ours] = found_by(session, registry.spec(reference.model), drawn.find, words)
    earlier = linked(session, [mappings[feed.continues.mapping]], keys_continued(rows)) if feed.continues else {}
    words = {str(row.values[feed.match]) for row in rows if row.values.get(feed.match) is not None}
    return Tied(references, earlier, found_by(session, spec, feed.match, words) if words else {})


def keys_continued(rows: Sequence[Theirs]) -> set[str]:
    """Return the keys of earlier mappings that rows continue."""
    return {row.continues for row in rows if row.continues is not None}


def linked(session: Session, mappings: Sequence[UUID], keys: Iterable[str]) -> dict[str, UUID]:
    """Return the rows of ours that keys of some mappings became."""
    wanted = select(SourceLink.source_key, SourceLink.target_id).where(
        SourceLink.mapping_id.in_(mappings), among(SourceLink.source_key, keys)
    )
    return {row.source_key: row.target_id for row in session.execute(wanted)}


def found_by(session: Session, spec: ModelSpec, key: str, words: Collection[str]) -> dict[str, UUID]:
    """Return the rows of ours that have one of these values in a column that tells rows apart."""
    if not words:
        return {}
    column = spec.table.c[spec.columns[key].name]
    told = column if spec.columns[key].kind == "text" else cast(column, Text)
    wanted = select(told, spec.table.c.id).where(told.in_(sorted(words)))
    found = [(str(word), target) for word, target in session.execute(wanted)]
    times = Counter(word for word, _ in found)
    return {word: target for word, target in found if times[word] == 1}  # which of two is meant nobody knows
