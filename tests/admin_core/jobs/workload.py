"""Jobs that leave traces: every effect is a row without a unique key, so that doing it twice would show."""

import os
import signal
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from admin_core.artifacts.making import NewFile
from admin_core.jobs.declared import Job, JobRegistry
from admin_core.jobs.errors import JobError, JobFailed
from admin_core.jobs.run import Chunk, JobRun, Json
from schema.jobs import OutcomeKind

TABLES = (
    "CREATE TABLE public.ledger (job uuid NOT NULL, item text NOT NULL)",
    # The outside: its own connection, its own commits, and it honours idempotency keys as payment gateways do.
    "CREATE TABLE public.provider (key text PRIMARY KEY, answer text NOT NULL)",
    "CREATE TABLE public.provider_calls (key text NOT NULL)",
)


def prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in TABLES:
            connection.execute(text(statement))


def note(session: Session, run: JobRun, item: str) -> None:
    session.execute(text("INSERT INTO public.ledger VALUES (:job, :item)"), {"job": run.id, "item": item})


def call_provider(run: JobRun, key: str) -> Json:
    url = make_url(run.settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as outside:
        outside.execute("INSERT INTO public.provider_calls VALUES (%s)", (key,))
        answer = outside.execute(
            "INSERT INTO public.provider VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET key = excluded.key"
            " RETURNING answer",
            (key, str(uuid4())),
        ).fetchone()
    assert answer is not None
    return {"reference": answer[0]}


def work_through(run: JobRun) -> str:
    """Chunks, a step and a call outside, as an export or an erasure has them."""
    size, pause_ms = int(run.args.get("size", 3)), int(run.args.get("pause_ms", 0))

    def work(session: Session, at: Json) -> Chunk:
        number = int(at.get("number", 0)) + 1
        note(session, run, f"chunk {number}")
        run.outcome(session, number, OutcomeKind.DONE)
        session.execute(text("SELECT pg_sleep(:s)"), {"s": pause_ms / 1000})
        return Chunk(at={"number": number}, done=number, total=size, is_last=number >= size)

    done = run.chunks(work)
    run.step("close", lambda session: note(session, run, "step"))
    run.external_step("charge", lambda key: call_provider(run, key))
    return f"Worked through {done}."


def make_file(run: JobRun) -> None:
    about = NewFile(name="ledger.csv", kind="export", media_type="text/csv")
    run.artifact("ledger", about, lambda: [b"job,item\n", f"{run.id},row\n".encode()])
    run.step("row", lambda session: note(session, run, "row"))


def refuse_outside(run: JobRun) -> None:
    def call(key: str) -> Json:
        call_provider(run, key)
        raise JobFailed("The card was reported stolen.")

    run.external_step("charge", call)


def one_row(run: JobRun) -> None:
    run.step("row", lambda session: note(session, run, "row"))


def take_too_long(run: JobRun) -> None:
    run.step("sleep", lambda session: session.execute(text("SELECT pg_sleep(5)")) and None)


def kill_its_worker(run: JobRun) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(run: JobRun) -> None:
    raise JobError("The gateway did not answer.")


def fail_with_personal_data(run: JobRun) -> None:
    raise ValueError("nomsa@example.com has no plan")


def refuse(run: JobRun) -> None:
    raise JobFailed("The invoice is already paid.")


JOBS = (
    Job(slug="test.work-through", run=work_through),
    Job(slug="test.one-row", run="tests.admin_core.jobs.workload.one_row"),
    Job(slug="test.make-file", run=make_file),
    Job(slug="test.refuse-outside", run=refuse_outside),
    Job(slug="test.unique", run=one_row, unique=True),
    Job(slug="test.take-too-long", run=take_too_long, timeout_s=1, max_attempts=1),
    Job(slug="test.kill-its-worker", run=kill_its_worker),
    Job(slug="test.fail", run=fail, max_attempts=2),
    Job(slug="test.fail-with-personal-data", run=fail_with_personal_data, max_attempts=1),
    Job(slug="test.refuse", run=refuse),
    Job(slug="test.every-minute", run=one_row, cron="* * * * *"),
)
REGISTRY = JobRegistry.of(JOBS)
