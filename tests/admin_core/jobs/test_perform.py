"""One job in one process: retries, reasons, crashes, take-over, cancelling, pausing, progress."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from admin_core.jobs import control
from admin_core.jobs.declared import Job
from admin_core.jobs.errors import JobFailed
from admin_core.jobs.run import Chunk, JobRun, Json
from admin_core.jobs.timing import Timing, backoff
from tests.admin_core.jobs.workload import call_provider, note
from tests.admin_core.jobs.world import KILLED, World, fork, in_child, until, with_jobs, without_jobs


def with_job(world: World, run: Callable[[JobRun], str | None], **words: object) -> tuple[World, UUID]:
    """Return the world with one more job, and the id of one such job that waits."""
    job = Job(slug="test.this", run=run, **words)  # type: ignore[arg-type]  # words of Job
    world = with_jobs(world, job)
    return world, world.enqueue("test.this")


def three_chunks(between: Callable[[int], None]) -> Callable[[JobRun], str]:
    def run(run: JobRun) -> str:
        def work(session: Session, at: Json) -> Chunk:
            number = int(at.get("number", 0)) + 1
            note(session, run, f"chunk {number}")
            between(number)
            return Chunk(at={"number": number}, done=number * 10, total=30, is_last=number == 3)

        return f"{run.chunks(work)} rows."

    return run


def test_a_job_that_is_delivered_three_times_at_once_runs_once(world: World) -> None:
    jobs = [world.enqueue("test.work-through") for _ in range(5)]
    deliveries = [*jobs[::-1], *jobs, *jobs[::2], *jobs[1::2]]
    threads = [threading.Thread(target=world.runner(f"w{i}").perform, args=(j,)) for i, j in enumerate(deliveries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [world.state(job) for job in jobs] == ["done"] * 5
    assert world.value("SELECT count(*) FROM public.provider_calls") == 5
    world.check_effects()


def test_a_failing_job_is_tried_again_later_and_then_has_failed(world: World) -> None:
    job_id = world.enqueue("test.fail")
    world.runner().perform(job_id)
    row = world.job(job_id)
    assert (row.state, row.attempts, row.error) == ("waiting", 1, "The gateway did not answer.")
    assert row.run_at > row.created_at
    world.settle()
    assert (world.state(job_id), world.job(job_id).attempts) == ("failed", 2)
    assert world.rows("SELECT outcome FROM admin.job_attempts") == [("failed",)] * 2


def test_a_refusal_is_final_at_once(world: World) -> None:
    job_id = world.enqueue("test.refuse")
    world.settle()
    row = world.job(job_id)
    assert (row.state, row.attempts, row.error) == ("failed", 1, "The invoice is already paid.")


def test_the_reason_names_the_place_and_never_quotes_what_may_be_personal(world: World) -> None:
    job_id = world.enqueue("test.fail-with-personal-data")
    world.settle()
    error = world.job(job_id).error
    assert error.startswith("ValueError at tests.admin_core.jobs.workload line ")
    assert "nomsa" not in error


def test_a_job_whose_plugin_is_off_waits_says_so_and_runs_when_it_is_back(world: World) -> None:
    world = replace(world, timing=replace(world.timing, unknown_s=0.1))
    world, job_id = with_job(world, lambda run: None, max_attempts=1)
    assert not without_jobs(world).runner().perform(job_id)
    row = world.job(job_id)
    assert (row.state, row.attempts, row.fence) == ("waiting", 0, 0)
    assert row.error.startswith("No worker knows this job: its plugin is switched off")
    assert row.run_at > row.created_at
    assert world.value("SELECT count(*) FROM admin.job_attempts") == 0
    world.settle()
    assert (world.state(job_id), world.job(job_id).error) == ("done", None)


def test_what_an_older_worker_cannot_know_is_left_for_a_newer_one(world: World) -> None:
    world, job_id = with_job(world, lambda run: None)
    assert world.runner("newer").perform(job_id)
    without_jobs(world).runner("older").perform(job_id)
    assert (world.state(job_id), world.job(job_id).error) == ("done", None)


def test_a_job_that_kills_its_worker_three_times_is_quarantined_and_others_are_unaffected(world: World) -> None:
    poison = world.enqueue("test.kill-its-worker")
    healthy = [world.enqueue("test.one-row") for _ in range(3)]

    def crash_once() -> bool:
        world.reconcile()
        if world.state(poison) == "waiting":
            signal_number = in_child(world, lambda: world.runner().perform(poison))
            assert signal_number in {0, KILLED}  # 0: its back-off is not over
        return world.state(poison) == "quarantined"

    until(crash_once)
    assert world.job(poison).fence == 3
    assert world.job(poison).error == "Its worker died 3 times without progress, so it is not tried again by itself."
    world.settle()
    assert [world.state(job) for job in healthy] == ["done"] * 3


def test_a_process_that_lost_its_lease_writes_nothing_more(world: World) -> None:
    def taken_over(number: int) -> None:
        if number == 2 and world.job(job_id).fence == 1:
            world.rows("UPDATE admin.jobs SET lease_until = now() - interval '1 s' RETURNING id")
            assert world.reconcile() == 1
            assert world.runner("successor").perform(job_id)

    world = replace(world, timing=replace(world.timing, lease_s=30))
    world, job_id = with_job(world, three_chunks(taken_over))
    world.runner("zombie").perform(job_id)
    assert (world.state(job_id), world.job(job_id).worker, world.job(job_id).fence) == ("done", "successor", 2)
    assert world.value("SELECT count(*) FROM public.ledger") == 3
    world.check_effects()


def test_a_process_that_fell_silent_inside_a_transaction_does_not_keep_its_locks(world: World) -> None:
    def run(run: JobRun) -> None:
        def work(session: Session, at: Json) -> Chunk:
            session.execute(text("INSERT INTO public.provider VALUES ('one', 'row') ON CONFLICT DO NOTHING"))
            session.execute(text("SELECT 1 FROM public.provider FOR UPDATE"))
            number = int(at.get("number", 0)) + 1
            if number == 2 and run.claim.fence == 1:
                os.kill(os.getpid(), signal.SIGSTOP)
            return Chunk(at={"number": number}, done=number, is_last=number == 3)

        run.chunks(work)

    world, job_id = with_job(world, run)
    silent = fork(world, lambda: world.runner("silent").perform(job_id))
    try:
        until(lambda: world.reconcile() == 1)
        world.settle()
        assert (world.state(job_id), world.job(job_id).fence) == ("done", 2)
    finally:
        os.kill(silent, signal.SIGKILL)
        os.waitpid(silent, 0)


def test_the_lease_is_extended_while_a_chunk_takes_longer_than_it(world: World) -> None:
    def slow(number: int) -> None:
        before = world.job(job_id).lease_until
        until(lambda: world.job(job_id).lease_until > before)
        until(lambda: world.value("SELECT clock_timestamp() > :t", t=before))
        assert world.reconcile() == 0

    world, job_id = with_job(world, three_chunks(slow))
    world.runner().perform(job_id)
    assert (world.state(job_id), world.job(job_id).fence) == ("done", 1)
    world.check_effects()


@pytest.mark.parametrize(("act", "state"), [(control.cancel, "cancelled"), (control.pause, "waiting")])
def test_a_running_job_stops_after_its_present_chunk(
    world: World, act: Callable[[Session, UUID], bool], state: str
) -> None:
    def ask(number: int) -> None:
        if number == 2:
            with world.database.transaction() as session:
                assert act(session, job_id)

    world, job_id = with_job(world, three_chunks(ask))
    world.runner().perform(job_id)
    assert world.state(job_id) == state
    assert world.value("SELECT count(*) FROM public.ledger") == 2
    assert not world.runner().perform(job_id)


def test_a_paused_job_goes_on_where_it_stopped_and_a_shut_down_worker_s_at_once(world: World) -> None:
    stopped = world.runner()
    world, job_id = with_job(world, three_chunks(lambda number: stopped.shutting_down.set()))
    stopped = world.runner()
    stopped.perform(job_id)
    row = world.job(job_id)
    assert (row.state, row.attempts, row.crashes, row.progress_done) == ("waiting", 0, 0, 10)
    world.settle()
    assert world.state(job_id) == "done"
    world.check_effects()


def test_progress_tells_how_far_and_until_when(world: World) -> None:
    seen: list[tuple[int, int, bool]] = []

    def look(number: int) -> None:
        row = world.job(job_id)
        seen.append((row.progress_done, row.progress_total, bool(row.eta_at)))

    world, job_id = with_job(world, three_chunks(look))
    world.runner().perform(job_id)
    assert seen == [(0, None, False), (10, 30, True), (20, 30, True)]
    assert world.job(job_id).result == {"summary": "30 rows."}


def test_an_outside_answer_that_was_lost_is_asked_for_before_the_call_is_repeated(world: World) -> None:
    asked: list[str] = []

    def ask(key: str) -> Json | None:
        asked.append(key)
        found = world.value("SELECT answer FROM public.provider WHERE key = :key", key=key)
        return {"reference": found} if found else None

    def run(run: JobRun) -> None:
        def call(key: str) -> Json:
            call_provider(run, key)
            raise ConnectionError  # the request got through, the answer did not

        run.external_step("charge", call, intent={"invoice": "7"}, ask=ask)

    world, job_id = with_job(world, run)
    world.settle()
    assert world.state(job_id) == "done"
    assert asked == [f"{job_id}:charge"]
    assert world.value("SELECT count(*) FROM public.provider_calls") == 1


def test_an_outside_refusal_ends_the_step_and_the_job(world: World) -> None:
    def run(run: JobRun) -> None:
        def call(key: str) -> Json:
            raise JobFailed("The card was reported stolen.")

        run.external_step("charge", call)

    world, job_id = with_job(world, run)
    world.settle()
    assert world.state(job_id) == "failed"
    assert world.rows("SELECT state, error FROM admin.job_steps") == [("failed", "The card was reported stolen.")]


def test_a_broken_database_connection_is_no_failed_try(world: World) -> None:
    def break_once(number: int) -> None:
        if number == 2 and world.job(job_id).fence == 1:
            world.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in%' AND pid <> pg_backend_pid()"
            )

    world, job_id = with_job(world, three_chunks(break_once))
    world.runner().perform(job_id)
    row = world.job(job_id)
    assert (row.state, row.attempts, row.crashes) == ("waiting", 0, 1)
    world.settle()
    assert world.state(job_id) == "done"
    world.check_effects()


def test_a_queue_that_is_paused_hands_nothing_over(world: World) -> None:
    job_id = world.enqueue("test.one-row")
    with world.database.transaction() as session:
        session.execute(
            text("INSERT INTO admin.job_queues (id, name, paused) VALUES (gen_random_uuid(), 'default', true)")
        )
    assert world.hand_over() == 0
    assert not world.runner().perform(job_id), "what was handed over before the pause does not start"
    with world.database.transaction() as session:
        session.execute(text("UPDATE admin.job_queues SET paused = false"))
    world.settle()
    assert world.state(job_id) == "done"


def test_what_lies_in_the_queue_is_not_handed_over_again_and_what_was_lost_is(world: World) -> None:
    jobs = {world.enqueue("test.one-row") for _ in range(3)}
    for _ in range(3):
        assert world.hand_over() == 3
    assert sorted(world.deliveries()) == sorted(jobs)
    world.redis.flushall()
    world.hand_over()
    assert set(world.deliveries()) == jobs


def test_back_off_doubles_is_capped_and_spreads() -> None:
    timing = Timing()
    assert [backoff(n, timing, jitter=0).total_seconds() for n in (1, 2, 3, 99)] == [5, 10, 20, 3600]
    assert [backoff(1, timing, jitter=j).total_seconds() for j in (-1, 1)] == [4, 6]
