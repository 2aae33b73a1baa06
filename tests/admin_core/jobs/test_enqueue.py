"""Asking for a job, and what people may do to it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from admin_core.jobs import control
from admin_core.jobs.enqueue import Origin, enqueue
from schema.jobs import Job, JobState
from tests.admin_core.jobs.workload import REGISTRY
from tests.admin_core.jobs.world import World

ROW, UNIQUE = REGISTRY["test.one-row"], REGISTRY["test.unique"]


def test_a_job_exists_exactly_if_its_caller_commits(world: World) -> None:
    with world.database.sessions() as session:
        enqueue(session, ROW)
        assert world.value("SELECT count(*) FROM admin.jobs") == 0
        session.rollback()
        kept = enqueue(session, ROW)
        session.commit()
    assert world.rows("SELECT id FROM admin.jobs") == [(kept,)]


def test_an_idempotency_key_starts_one_job_ever(session: Session) -> None:
    first = enqueue(session, ROW, idempotency_key="refund-7")
    session.get_one(Job, first).state = JobState.CANCELLED
    session.get_one(Job, first).finished_at = session.get_one(Job, first).created_at
    session.flush()
    assert enqueue(session, ROW, idempotency_key="refund-7") == first
    assert enqueue(session, ROW, idempotency_key="refund-8") != first


def test_a_unique_job_is_one_while_it_is_open_and_per_arguments(world: World) -> None:
    first = world.enqueue("test.unique", number=1)
    assert world.enqueue("test.unique", number=1) == first
    assert world.enqueue("test.unique", number=2) != first
    world.settle()
    assert world.enqueue("test.unique", number=1) != first


def test_a_repeat_finds_its_own_job_among_others(world: World) -> None:
    others = {world.enqueue("test.one-row"), world.enqueue("test.unique", number=2)}
    unique, keyed = world.enqueue("test.unique", number=1), ask_once(world, "refund-7")
    others.add(world.enqueue("test.one-row"))
    assert len({*others, unique, keyed}) == 5
    assert (world.enqueue("test.unique", number=1), ask_once(world, "refund-7")) == (unique, keyed)


def test_the_moment_of_the_clock_makes_no_second_unique_job(world: World) -> None:
    first = world.enqueue("test.unique", number=1)
    for hour in (1, 2):
        assert world.enqueue("test.unique", number=1, slot=datetime(2026, 11, 26, hour, tzinfo=UTC)) == first
    assert world.enqueue("test.unique", number=2, slot=datetime(2026, 11, 26, tzinfo=UTC)) != first


def test_the_origin_is_kept(session: Session) -> None:
    parent = enqueue(session, ROW)
    child = enqueue(session, ROW, origin=Origin(parent_id=parent, request_id="r-1", title="Export"))
    row = session.get_one(Job, child)
    assert (row.parent_id, row.request_id, row.title, row.args) == (parent, "r-1", "Export", {})


def test_a_cancelled_waiting_job_never_runs(world: World) -> None:
    job_id = world.enqueue("test.one-row")
    world.hand_over()
    assert done(world, control.cancel, job_id)
    world.settle()
    assert world.state(job_id) == "cancelled"
    assert world.value("SELECT count(*) FROM public.ledger") == 0
    assert not done(world, control.cancel, job_id)


def test_a_paused_job_waits_until_it_is_resumed(world: World) -> None:
    job_id = world.enqueue("test.one-row")
    assert done(world, control.pause, job_id)
    assert world.hand_over() == 0
    assert not world.runner().perform(job_id)
    assert done(world, control.resume, job_id)
    world.settle()
    assert world.state(job_id) == "done"


def test_a_failed_job_can_be_retried_a_done_one_cannot(world: World) -> None:
    failed, finished = world.enqueue("test.fail"), world.enqueue("test.one-row")
    world.settle()
    assert world.state(failed) == "failed"
    assert done(world, control.retry, failed)
    assert not done(world, control.retry, finished)
    assert (world.state(failed), world.job(failed).attempts) == ("waiting", 0)


def test_a_unique_job_is_not_retried_beside_its_successor(world: World) -> None:
    first = world.enqueue("test.unique")
    assert done(world, control.cancel, first)
    world.enqueue("test.unique")
    assert not done(world, control.retry, first)


def test_a_job_of_later_runs_now_when_asked(world: World) -> None:
    with world.database.transaction() as session:
        job_id = enqueue(session, ROW, run_at=world.value("SELECT now() + interval '1 day'"))
    assert world.hand_over() == 0
    assert done(world, control.run_now, job_id)
    world.settle()
    assert world.state(job_id) == "done"


def test_controls_of_an_unknown_job_answer_no(session: Session) -> None:
    for act in (control.cancel, control.pause, control.resume, control.retry, control.run_now):
        assert not act(session, uuid4())


def ask_once(world: World, key: str) -> UUID:
    with world.database.transaction() as session:
        return enqueue(session, ROW, idempotency_key=key)


def done(world: World, act: object, job_id: UUID) -> bool:
    assert callable(act)
    with world.database.transaction() as session:
        return bool(act(session, job_id))
