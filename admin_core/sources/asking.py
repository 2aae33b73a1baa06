"""Notes, with each change of ours, what their rows shall say, too: in the same transaction, so none is forgotten.

Not noted is what came from there: rows that were read, loaded or sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from admin_core.changes.acting import WRITING, current
from admin_core.generator.registry import Registry
from admin_core.jobs.declared import Job
from admin_core.jobs.enqueue import enqueue
from admin_core.settings import SettingsError
from admin_core.sources.fitting import misfits_of_writes
from admin_core.sources.mapping import Source, Write

SYNC, COMPARE, LOAD, PUSH = "core.sync-sources", "core.compare-sources", "core.load-source", "core.push-rows"
FROM_THERE = frozenset({SYNC, COMPARE, LOAD, PUSH})
"""What the history calls changes that came from there."""
TOUCHED = """
SELECT DISTINCT table_name FROM admin.change_rows
WHERE change_set_id = nullif(current_setting('admin.change_made', true), '')::uuid AND changed_at = now()"""
ASK = """
INSERT INTO admin.source_writes (id, name, target, target_id)
SELECT gen_random_uuid(), :name, :target, about.id FROM (
  SELECT DISTINCT {about} AS id FROM admin.change_rows c
  WHERE c.change_set_id = nullif(current_setting('admin.change_made', true), '')::uuid AND c.changed_at = now()
    AND c.table_name = :table AND {counts}
) about
WHERE EXISTS (SELECT FROM admin.source_links l JOIN admin.source_mappings m ON m.id = l.mapping_id
              WHERE m.name = :mapping AND l.target_id = about.id)
ON CONFLICT (name, target_id) DO UPDATE SET state = 'waiting', asks = source_writes.asks + 1, tries = 0, error = NULL,
  asked_at = now(), next_at = now()"""
MOVED = "(jsonb_exists_any(c.after, :columns) OR c.personal_columns && :columns)"
ITSELF = "(c.record_key->>'id')::uuid"


@dataclass(frozen=True)
class Watch:
    """What is written back from one database."""

    writes: Sequence[Write]
    job: Job


WATCHED: WeakKeyDictionary[Engine, Watch] = WeakKeyDictionary()


def watch(engine: Engine, source: Source, registry: Registry, job: Job) -> None:
    """Note from now on what is to be written back, in each transaction over this engine.

    SettingsError when a statement names what our tables do not have: each commit would fail of it.
    """
    if wrong := misfits_of_writes(source, registry):
        raise SettingsError(wrong)
    if source.writes:
        WATCHED[engine] = Watch(source.writes, job)


def watched(session: Session) -> Watch | None:
    """Return what is written back of a session's changes, None when nothing is."""
    bind = session.get_bind()
    return WATCHED.get(bind.engine if isinstance(bind, Connection) else bind)


@event.listens_for(Session, "before_commit")
def before_commit(session: Session) -> None:
    """Ask for what changed in this transaction to be written back."""
    if not WATCHED or session.in_nested_transaction() or WRITING not in session.info:
        return
    found, who = watched(session), current.get()
    if found is None or who is None or who.action in FROM_THERE:
        return
    session.flush()
    # On the connection: a policy session takes no plain SQL, and whose rows they are makes no difference here.
    touched = set(session.connection().scalars(text(TOUCHED)))
    if sum(asked(session, write) for write in found.writes if write.on in touched):
        enqueue(session, found.job, {})


def asked(session: Session, write: Write) -> int:
    """Note one statement for each record that changed so; return how many there are."""
    values: dict[str, Any] = {"name": write.name, "target": write.target, "table": write.on}
    values |= {"mapping": write.mapping, "columns": list(write.columns)}
    return session.connection().execute(text(statement(write)), values).rowcount


def statement(write: Write) -> str:
    """Return the SQL that notes a write: of the row itself, or of the row that another one belongs to."""
    if not write.of:
        return ASK.format(about=ITSELF, counts=f"c.operation = 'update' AND {MOVED}")
    belongs = f"(SELECT r.{write.of} FROM admin.{write.on} r WHERE r.id = {ITSELF})"
    return ASK.format(
        about=f"coalesce({belongs}, (c.before->>'{write.of}')::uuid)", counts=f"(c.operation <> 'update' OR {MOVED})"
    )
