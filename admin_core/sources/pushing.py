"""Takes rows that programs send by API: judged as rows that are read, and kept in the same books.

Everything happens in the transaction of the call. Sent again, a row finds itself: nothing is written twice.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from operator import itemgetter
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from admin_core.api.calls import Call
from admin_core.api.models import Model
from admin_core.audit.entries import Entry
from admin_core.audit.recording import AuditLog
from admin_core.audit.witnessing import category_of
from admin_core.changes.acting import acting, current, describe
from admin_core.ciphers import derived
from admin_core.machine import machine
from admin_core.policy import Verb
from admin_core.sources import keeping
from admin_core.sources.asking import PUSH
from admin_core.sources.intake import KEY, MOST_ROWS, Intake, filled, read_row, unfit
from admin_core.sources.keeping import Refusal
from admin_core.sources.taking import Taking, fitted, keep_refused, links_of, take, told_apart
from admin_core.sources.theirs import Theirs
from admin_core.sources.ties import found_by, tied
from admin_core.sources.writing import given_values, why
from schema.audit import ActorKind
from schema.sources import RunState, SourceKind, SourceMapping, SourceRun

API = "API"
CHANGES: tuple[Verb, ...] = ("create", "edit")


class Rows(Model):
    """Rows of one kind, each judged by itself: those that do not fit are named in the answer, the others are taken."""

    rows: Annotated[
        list[dict[str, Any]],
        Field(min_length=1, max_length=MOST_ROWS, description="Each with `external_id`, the key in your database."),
    ]


class RefusedRow(Model):
    """A row that was not taken."""

    row: Annotated[int, Field(description="Its place in the request, from 0.")]
    external_id: str | None
    detail: Annotated[str, Field(description="Why, and what would fit.")]


class Taken(Model):
    """What became of the rows."""

    received: int
    new: int
    changed: int
    unchanged: Annotated[int, Field(description="Were here already, just like that.")]
    refused: list[RefusedRow]


def push(call: Call, intake: Intake, body: Rows) -> Taken:
    """Take the rows of a call, one by one judged; the answer names those that do not fit."""
    for verb in CHANGES[: 1 if intake.appends else 2]:
        call.require(verb, intake.model)
    describe(action=PUSH, undoable=False)
    spec = call.registry.spec(intake.model)
    unread = {n: sentence for n, row in enumerate(body.rows) if (sentence := unfit(intake, spec, row))}
    rows = [read_row(intake, row) for n, row in enumerate(body.rows) if n not in unread]
    with machinery(call) as session:
        taking = opened(session, call, intake)
        counts, reasons = (append if intake.appends else keep)(session, taking, intake, rows)
        refused = refusals_of(body.rows, unread, reasons)
        close(session, taking, counts, len(body.rows), len(refused))
    note(machine().audit, call, intake, body, counts)
    return Taken(
        received=len(body.rows),
        new=counts["insert"],
        changed=counts["update"],
        unchanged=len(body.rows) - len(refused) - counts["insert"] - counts["update"],
        refused=refused,
    )


@contextmanager
def machinery(call: Call) -> Iterator[Session]:
    """Yield a session that writes in the call's transaction; what a plugin declared is all it writes."""
    who = current.get()
    bound = Session(call.session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)
    with acting(replace(who, witness=None)) if who else nullcontext(), bound as session:  # the call has its entry
        yield session
        session.commit()


def opened(session: Session, call: Call, intake: Intake) -> Taking:
    """Return what taking needs; the mapping of the API is there from its first call on."""
    words = {"kind": SourceKind.API, "source_table": API, "target": intake.model, "columns": sent_as(intake)}
    row = {"id": uuid7(), "name": intake.name, **words}
    session.execute(insert(SourceMapping).values(row).on_conflict_do_nothing(index_elements=["name"]))
    mapping = select(SourceMapping).where(SourceMapping.name == intake.name)
    found = session.scalars(mapping if intake.appends else mapping.with_for_update()).one()
    run = SourceRun(id=uuid7(), mapping_id=found.id)
    session.add(run)
    session.flush()
    secret = derived(machine().settings.secret_key, "source rows")
    return Taking(intake.feed, call.registry, {intake.name: found.id}, (), run.id, secret)


def sent_as(intake: Intake) -> dict[str, Any]:
    """Return the member that each column of ours comes from."""
    return {ours: drawn.sql or drawn.value for ours, drawn in intake.columns.items()}


def keep(
    session: Session, taking: Taking, intake: Intake, rows: Sequence[Theirs]
) -> tuple[Counter[str], Mapping[str, str]]:
    """Take rows that may come again changed; return the counts, and the reasons by key."""
    keys = [row.key for row in rows]
    known = {*links_of(session, taking, keys), *found_by(session, taking.spec, intake.key, keys)}
    counts, refusals = take(session, taking, filled(intake, rows, known))
    return counts, {each.key: each.reason for each in refusals}


def append(
    session: Session, taking: Taking, intake: Intake, rows: Sequence[Theirs]
) -> tuple[Counter[str], Mapping[str, str]]:
    """Write rows that never change, once each; return the counts, and the reasons by key."""
    single, refusals = told_apart(rows)
    whole = filled(intake, single, set())
    ties = tied(session, taking.feed, taking.registry, taking.mappings, whole)
    fitting: list[tuple[str, dict[str, Any]]] = []
    for row in whole:
        values, refused = fitted(taking, ties, row)
        refusals += [refused] if refused else []
        fitting += [] if refused else [(row.key, values)]
    new, wrong = added(
        session, taking, sorted(fitting, key=itemgetter(0))
    )  # in one order: two calls never wait in a ring
    keep_refused(session, taking, whole, [*refusals, *wrong])
    keeping.resolve(session, taking.id, sorted({key for key, _ in fitting} - {each.key for each in wrong}))
    same = len(fitting) - len(wrong) - new
    return Counter(insert=new, unchanged=same), {each.key: each.reason for each in [*refusals, *wrong]}


def added(session: Session, taking: Taking, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[int, list[Refusal]]:
    """Insert what is not there; return how many that were, and why the database refused others."""
    try:
        with session.begin_nested():
            return inserted(session, taking, [values for _, values in rows]), []
    except (IntegrityError, DataError):
        new, refusals = 0, []
    for key, values in rows:
        try:
            with session.begin_nested():
                new += inserted(session, taking, [values])
        except (IntegrityError, DataError) as error:
            refusals.append(Refusal(key, why(taking.spec, error)))
    return new, refusals


def inserted(session: Session, taking: Taking, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that have the same columns with one statement each kind; return how many are new."""
    table, groups = taking.spec.table, dict[tuple[str, ...], list[dict[str, Any]]]()
    for values in rows:
        given = {"id": uuid7(), **{k: v for k, v in given_values(taking.spec, values).items() if v is not None}}
        groups.setdefault(tuple(given), []).append(given)
    new = 0
    for some in groups.values():
        statement = insert(table).values(some).on_conflict_do_nothing().returning(table.c.id)
        new += len(session.execute(statement).all())
    return new


def close(session: Session, taking: Taking, counts: Counter[str], received: int, refused: int) -> None:
    """Write down what came, for the page of sources."""
    new, changed = counts["insert"], counts["update"]
    words = {"state": RunState.DONE, "finished_at": func.now(), "rows_read": received, "inserted": new}
    words |= {"updated": changed, "unchanged": received - refused - new - changed, "rejected": refused}
    keeping.execute(session, update(SourceRun).where(SourceRun.id == taking.run_id).values(words))


def note(audit: AuditLog, call: Call, intake: Intake, body: Rows, counts: Counter[str]) -> None:
    """Put the batch into the audit log: how many rows, and what they were by their hash."""
    who = current.get()
    text = json.dumps(body.rows, sort_keys=True, default=str)
    entry = Entry(
        category=category_of(intake.model),
        action=f"{intake.model}.fed",
        actor_kind=ActorKind.API_KEY,
        actor_key=str(call.key.id),
        object_type=intake.model,
        object_key=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
        row_count=counts["insert"] + counts["update"],
        change_set_id=who.id if who else None,
        request_id=call.request_id or None,
    )
    audit.record(call.session, entry)


def refusals_of(
    rows: Sequence[Mapping[str, Any]], unread: Mapping[int, str], reasons: Mapping[str, str]
) -> list[RefusedRow]:
    """Return the rows that were not taken, as the answer names them."""
    keys = [key if isinstance(key := row.get(KEY), str) else None for row in rows]
    said = [unread.get(number) or reasons.get(key or "", "") for number, key in enumerate(keys)]
    return [RefusedRow(row=n, external_id=keys[n], detail=detail) for n, detail in enumerate(said) if detail]
