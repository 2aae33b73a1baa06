"""Encrypts personal values in the history for whose they are.

Triggers know no key, so what they write stands in clear until this job has been there, minutes later.
"""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from admin_core.audit.subject_keys import KeyDestroyed, Person, SubjectKeys, cell_box
from admin_core.changes.personal import cell_of, owner
from admin_core.jobs.run import Chunk, JobRun, Json
from schema.changes import ChangeRow

BATCH = 500


def seal_history(run: JobRun) -> str:
    """Personal values that the triggers wrote since are encrypted."""
    keys = run.machine.audit.subjects

    def work(session: Session, at: Json) -> Chunk:
        sealed = seal(session, keys, BATCH)
        done = int(at.get("done", 0)) + sealed
        return Chunk(at={"done": done}, done=done, is_last=sealed < BATCH)

    return f"Encrypted the personal values of {run.chunks(work)} changed rows."


def seal(session: Session, keys: SubjectKeys, most: int) -> int:
    """Encrypt the oldest values that stand in clear; return of how many rows. Of erased people nothing is kept."""
    columns = (ChangeRow.id, ChangeRow.subject_kind, ChangeRow.subject_key, ChangeRow.changed_at)
    in_clear = select(*columns, cast(ChangeRow.personal, Text).label("words")).where(ChangeRow.personal.is_not(None))
    rows = session.execute(in_clear.order_by(ChangeRow.id).limit(most)).all()
    known = keys.known(session, {owner(row) for row in rows})
    sealed = [sealed_words(session, keys, known, row) for row in rows]
    ids = cast([row.id for row in rows], ARRAY(BigInteger))
    session.connection().execute(select(func.admin.seal_personal(ids, cast(sealed, ARRAY(LargeBinary)))))
    return len(rows)


def sealed_words(session: Session, keys: SubjectKeys, known: dict[Person, bytes], row: Any) -> bytes | None:
    """Return the values of one row encrypted, None when the person was erased."""
    whose = owner(row)
    if whose not in known:
        try:
            known[whose] = keys.made(session, *whose)
        except KeyDestroyed:
            return None
    return cell_box(known[whose], cell_of(row.id)).encrypt(row.words.encode())
