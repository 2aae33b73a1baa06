"""Does what was tried: at once where a selection is small, else by a job in batches. One change for all its rows."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from admin_core.approvals.many import DELETE, EDIT
from admin_core.bulk.acting import Act
from admin_core.bulk.deeds import Deed, Handled, counts_of, reasons_of
from admin_core.bulk.deleting import Delete
from admin_core.bulk.editing import Edit
from admin_core.changes import acting
from admin_core.ciphers import Cipher, Unreadable
from admin_core.generator.actions import offered_action
from admin_core.generator.context import Context
from admin_core.generator.spec import ModelSpec
from admin_core.jobs.enqueue import Origin, enqueue
from admin_core.machine import Machine
from admin_core.theme.formats import in_sentence, number
from schema.bulk import BulkRun, BulkState
from schema.jobs import OutcomeKind
from schema.views import Selection, SelectionState

PURPOSE = "bulk change"
JOB = "core.carry-out-bulk-change"
AT_ONCE = 200
"""Rows that are done within the request."""


def deed_of(parts: Machine, ctx: Context, spec: ModelSpec, action: str, typed: Mapping[str, Any]) -> Deed:
    """Return what was wanted, from how it is kept; NotFound or Refused for an action that is not there any more."""
    take = bool(typed.get("take"))
    if action == EDIT:
        return Edit(spec, {str(key): str(text) for key, text in typed.get("values", {}).items()}, take)
    if action == DELETE:
        return Delete(spec, take)
    return Act(spec, offered_action(ctx, spec, action), parts, dict(typed.get("form", {})), take)


def sealed(cipher: Cipher, deed: Deed, purpose: str = PURPOSE) -> bytes:
    """Return what was typed, encrypted: it may be about somebody."""
    return cipher.seal(purpose, json.dumps(dict(deed.parameters))).encode("ascii")


def opened(cipher: Cipher, kept: bytes | None, purpose: str = PURPOSE) -> dict[str, Any] | None:
    """Return what was typed; None when it is gone, or its key is."""
    try:
        found: dict[str, Any] = json.loads(cipher.open(purpose, (kept or b"").decode("ascii", "replace")))
    except (Unreadable, ValueError):
        return None
    return found


def run_of(ctx: Context, deed: Deed, selection: Selection, change_id: UUID, **words: Any) -> BulkRun:
    """Return the row of a run, added to the session."""
    selection.state = SelectionState.USED
    run = BulkRun(
        id=uuid7(),
        owner_id=ctx.person.id,
        selection_id=selection.id,
        model_key=deed.spec.key,
        action=deed.action,
        title=deed.title[:200],
        total=selection.total,
        change_set_id=change_id,
        **words,
    )
    ctx.session.add(run)
    ctx.session.flush()
    return run


def done_at_once(ctx: Context, deed: Deed, selection: Selection, handled: Iterable[Handled]) -> BulkRun:
    """Return the row of a run that is over: what it did is in the same transaction."""
    rows, who = list(handled), acting.current.get()
    assert who is not None  # a request says it
    keys = [each.row.record for each in rows if each.kind is OutcomeKind.DONE]
    words = {"state": BulkState.DONE, "finished_at": ctx.now, "handled": packed(keys)}
    return run_of(ctx, deed, selection, who.id, counts=counts_of(rows), reasons=reasons_of(rows), **words)


def asked_of_job(parts: Machine, ctx: Context, deed: Deed, selection: Selection) -> BulkRun:
    """Return the row of a run that a job will carry out, once the caller commits."""
    run = run_of(ctx, deed, selection, uuid7(), typed=sealed(parts.cipher, deed))
    who = acting.current.get()
    origin = Origin(
        actor_id=ctx.person.id, request_id=who.request_id if who else None, selection_id=selection.id, title=run.title
    )
    run.job_id = enqueue(ctx.session, parts.jobs[JOB], {"run": run.id}, origin=origin)
    ctx.session.flush()
    return run


def packed(keys: Iterable[str]) -> bytes:
    """Return keys of rows, compressed."""
    return zlib.compress("\n".join(keys).encode())


def unpacked(kept: bytes) -> list[str]:
    """Return the keys again."""
    return zlib.decompress(kept).decode().split("\n")


def digest_of(kept: bytes) -> str:
    """Return what stands for a list of keys in the audit log, so that the list can't be changed later unseen."""
    return f"keys:{hashlib.sha256(zlib.decompress(kept)).hexdigest()}"


def sentence_of(spec: ModelSpec, run: BulkRun) -> str:
    """Return what a run that is over came to."""
    done = run.counts.get(OutcomeKind.DONE.value, 0)
    words = {EDIT: "Changed", DELETE: "Deleted"}.get(run.action, "Done for")
    left = run.total - done
    rest = f" {number(left)} {'was' if left == 1 else 'were'} left as {'it is' if left == 1 else 'they are'}."
    return f"{words} {number(done)} of {number(run.total)} {in_sentence(spec.plural)}.{rest if left else ''}"
