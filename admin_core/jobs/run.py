"""What a job's function is given: its arguments, and the only ways to write that survive a crash.

``chunks()`` for many rows, ``step()`` for one effect in the database, ``external_step()`` for one effect outside.
Each commits its effect together with the fact that it happened, under the claim.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session

from admin_core.artifacts.making import NewFile, Placed, write_row
from admin_core.artifacts.places import place_for_new
from admin_core.artifacts.storage import new_key
from admin_core.database import Database
from admin_core.jobs import steps
from admin_core.jobs.claim import Claim, hold
from admin_core.jobs.errors import JobFailed, LostLease, Stopped
from admin_core.jobs.failpoints import failpoint
from admin_core.jobs.locks import end_when_silent
from admin_core.jobs.timing import Timing
from admin_core.machine import Machine
from admin_core.settings import Settings
from schema.jobs import JobOutcome, OutcomeKind, StepState

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What one chunk left: where the next one begins, and how far the whole is."""

    at: Json = field(default_factory=dict)
    """Handed to the next chunk; keys and counts only."""
    done: int = 0
    """Rows done so far, all chunks together."""
    total: int | None = None
    note: str | None = None
    is_last: bool = False


@dataclass
class JobRun:
    """One try of a job, in the process that holds its claim."""

    claim: Claim
    machine: Machine
    timing: Timing
    shutting_down: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)
    asked_to_stop: bool = False
    checkpoint: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin where the last try stopped."""
        self.checkpoint = {**(self.claim.checkpoint or {}), **self.checkpoint}

    @property
    def database(self) -> Database:
        """Sessions of the worker: no person is behind them, no row rule restricts them."""
        return self.machine.database

    @property
    def settings(self) -> Settings:
        """The process's settings."""
        return self.machine.settings

    @property
    def id(self) -> UUID:
        """The job's key."""
        return self.claim.id

    @property
    def args(self) -> Json:
        """What the job was asked with, as JSON: keys are text."""
        return self.claim.args

    def chunks(self, work: Callable[[Session, Json], Chunk], *, name: str = "chunks") -> int:
        """Call ``work(session, at)`` until it returns its last chunk; return the rows done.

        Each call and its checkpoint are one transaction; the job stops between two of them when it was cancelled or
        paused, or when its worker shuts down. ``at`` is empty at first. A second loop in one job needs its own name.
        A chunk that computes for two leases without talking to PostgreSQL loses its transaction: keep chunks small.
        """
        state = self.checkpoint.get(name, {})
        while not state.get("finished"):
            self.pause_point()
            with self.begun() as session:
                chunk = work(session, state.get("at", {}))
                state = {"at": dict(chunk.at), "done": chunk.done, "finished": chunk.is_last}
                self.keep(session, self.progress(chunk), checkpoint={**self.checkpoint, name: state}, crashes=0)
                failpoint("chunk.before_commit")
            self.checkpoint[name] = state
            failpoint("chunk.after_commit")
        return int(state["done"])

    def step(self, key: str, effect: Callable[[Session], Json | None]) -> Json:
        """Do an effect in the database once, however often the job is run; return what it returned."""
        self.pause_point()
        with self.begun() as session:
            known = steps.find(session, self.id, key)
            if known is not None:
                return known.result or {}
            result = effect(session) or {}
            steps.record(session, self.id, key, result)
            self.keep(session, crashes=0)
            failpoint("step.before_commit")
        failpoint("step.after_commit")
        return result

    def external_step(
        self,
        key: str,
        call: Callable[[str], Json],
        *,
        intent: Json | None = None,
        ask: Callable[[str], Json | None] | None = None,
    ) -> Json:
        """Call the outside once as far as it honours the idempotency key that ``call`` is given; return the answer.

        The intent is committed before the call, the answer after it. When a crash came between, ``ask`` (if given)
        may find out with the same key what happened; without an answer the call is repeated with that key.
        """
        self.pause_point()
        idempotency_key = f"{self.id}:{key}"
        with self.transaction() as session:
            step = steps.intend(session, self.id, key, intent or {})
            failpoint("intent.before_commit")
        failpoint("intent.after_commit")
        if step.state is StepState.DONE:
            return step.result or {}
        answer = ask(idempotency_key) if ask and step.calls > 1 else None
        if answer is None:
            answer = self.called(key, idempotency_key, call)
        failpoint("external.called")
        with self.begun() as session:
            steps.answer(session, self.id, key, answer)
            self.keep(session, crashes=0)
            failpoint("result.before_commit")
        failpoint("result.after_commit")
        return answer

    def called(self, key: str, idempotency_key: str, call: Callable[[str], Json]) -> Json:
        """Call the outside; its definite refusal is written down as the step's end."""
        try:
            return call(idempotency_key)
        except JobFailed as refusal:
            with self.transaction() as session:
                steps.refuse(session, self.id, key, str(refusal))
                failpoint("refusal.before_commit")
            failpoint("refusal.after_commit")
            raise

    def artifact(self, key: str, about: NewFile, make: Callable[[], Iterable[bytes]]) -> UUID:
        """Keep a file once, however often the job is run; return its id.

        ``make`` returns the content in pieces and is not called again once the file exists. The content is stored
        first and its row is a step: a crash in between leaves a file that nobody sees, and housekeeping removes it.
        """
        step = f"artifact:{key}"
        with self.transaction() as session:
            known = steps.find(session, self.id, step)
        if known is None:
            storage, location = place_for_new(self.settings), new_key()
            placed = Placed(storage.name, location, storage.put(location, self.while_ours(make())))
            failpoint("artifact.stored")
            return UUID(self.step(step, lambda session: {"id": str(write_row(session, self.id, about, placed))})["id"])
        return UUID((known.result or {})["id"])

    def while_ours(self, content: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces of a long content as long as the job is ours and nobody asked it to stop."""
        for piece in content:
            self.pause_point()
            yield piece

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that commits only while the job is ours: for reading, and for writes that may repeat."""
        with self.begun() as session:
            yield session
            self.keep(session)
            failpoint("transaction.before_commit")
        failpoint("transaction.after_commit")

    @contextmanager
    def begun(self) -> Iterator[Session]:
        """Yield a session whose locks are freed when this process falls silent for two leases."""
        with self.database.transaction() as session:
            end_when_silent(session, 2 * self.timing.lease_s)
            yield session

    def keep(self, session: Session, more: Mapping[str, object] | None = None, **values: object) -> None:
        """Extend the claim inside this transaction, or raise LostLease; remember what people asked."""
        wishes = hold(session, self.claim, self.timing, **{**(more or {}), **values})
        self.asked_to_stop = wishes.cancel or wishes.pause

    def pause_point(self) -> None:
        """Stop here if this was asked, or if the job is no longer ours. For long work that has no chunks."""
        if self.lost.is_set():
            raise LostLease(f"Job {self.id} was taken over by another process.")
        if self.asked_to_stop or self.shutting_down.is_set():
            raise Stopped

    def outcome(
        self,
        session: Session,
        position: int,
        kind: OutcomeKind,
        *,
        record: tuple[str, str] = ("", ""),
        message: str = "",
    ) -> None:
        """Note what became of one row, in the transaction of its chunk. ``position`` counts the rows.

        ``record`` is the key of a model and of a record of it: who may not read such records is not told the second.
        """
        model_key, record_key = record
        words = {"model_key": model_key or None, "record_key": record_key or None, "message": message or None}
        session.add(JobOutcome(job_id=self.id, position=position, kind=kind, **words))

    def progress(self, chunk: Chunk) -> dict[str, object]:
        """Return the columns that tell how far the job is."""
        values: dict[str, object] = {"progress_done": chunk.done, "progress_total": chunk.total}
        if chunk.note:
            values["progress_note"] = chunk.note
        done_here = chunk.done - self.claim.progress_done
        if chunk.total and done_here > 0:
            values["eta_at"] = expected_end(self.claim.claimed_at, done_here, chunk.total - chunk.done)
        return values


def expected_end(since: datetime, done: int, left: int) -> Any:
    """Return the SQL of the moment when the rest is done at the pace since ``since``."""
    now = func.clock_timestamp()
    return now + (now - since) * (max(left, 0) / done)
