"""The rows of declared mappings: made and brought up to date from the file before anything is read."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_core.sources.mapping import Drawn, Feed, Source
from schema.sources import SourceKind, SourceMapping

NO_FILE = "It stands in no source file any more."


def declare(session: Session, source: Source) -> dict[str, UUID]:
    """Write down what the file declares; return the keys of its mappings by name."""
    known = {row.name: row for row in session.scalars(select(SourceMapping).with_for_update())}
    for feed in source.feeds:
        row = known.setdefault(feed.name, SourceMapping(name=feed.name))
        for word, value in declared_words(feed).items():
            if getattr(row, word) != value:
                setattr(row, word, value)
        if row.paused_reason == NO_FILE:
            row.enabled, row.paused_reason = True, None
        session.add(row)
    session.flush()
    retire(session, [feed.name for feed in source.feeds])
    return {feed.name: known[feed.name].id for feed in source.feeds}


def retire(session: Session, names: Sequence[str]) -> None:
    """Pause what stands in the file no more."""
    of_file = SourceMapping.kind != SourceKind.API
    gone = (SourceMapping.name.not_in(names), SourceMapping.enabled, of_file)
    session.execute(
        update(SourceMapping).where(*gone).values(enabled=False, paused_reason=NO_FILE),
        execution_options={"synchronize_session": False},
    )


def declared_words(feed: Feed) -> dict[str, Any]:
    """Return the columns that the file decides."""
    return {
        "kind": SourceKind.CSV if feed.is_file else SourceKind.DATABASE,
        "source_table": feed.table,
        "target": feed.to,
        "columns": {ours: drawn.sql or plain(drawn.value) for ours, drawn in feed.columns.items()},
        "value_map": {ours: words_of(drawn) for ours, drawn in feed.columns.items() if drawn.values},
        "watermark_column": feed.watermark or None,
    }


def words_of(drawn: Drawn) -> dict[str, Any]:
    """Return our words by theirs."""
    return {theirs: plain(ours) for theirs, ours in drawn.values.items()}


def plain(value: Any) -> Any:
    """Return a value as JSON has it; the file knows dates, too."""
    return value if isinstance(value, str | int | float) else None if value is None else str(value)


def digest_of(feed: Feed) -> str:
    """Return a text that changes with the definition."""
    return hashlib.sha256(repr(feed).encode()).hexdigest()
