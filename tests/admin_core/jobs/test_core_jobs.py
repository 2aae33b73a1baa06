"""Core's own jobs throw away what is over, twice as safely as once."""

from uuid import UUID

import pytest
from sqlalchemy import text

from admin_core.jobs import core_jobs, housekeeping
from schema.staff import StaffMember
from tests.admin_core.jobs.world import World, with_jobs


@pytest.fixture
def core_world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(housekeeping, "CHUNK", 3)
    return with_jobs(world, *core_jobs.CORE_JOBS)


def run_twice(world: World, slug: str) -> list[UUID]:
    jobs = []
    for _ in range(2):
        jobs.append(world.enqueue(slug))
        world.settle()
    assert [world.state(job) for job in jobs] == ["done", "done"]
    return jobs


def summaries(world: World, jobs: list[UUID]) -> list[str]:
    return [world.job(job).result["summary"] for job in jobs]


def test_expired_list_states_are_deleted_and_others_kept(core_world: World) -> None:
    with core_world.database.transaction() as session:
        ada = StaffMember(name="Ada", email="ada@example.com", fs_uniquifier="ada")
        session.add(ada)
        session.flush()
        for days in (-40, -2, -1, -1, 1, 30):
            session.execute(text(VIEW_STATE), {"ada": ada.id, "days": days})
    jobs = run_twice(core_world, "core.expire-view-states")
    assert summaries(core_world, jobs) == ["Deleted 4 expired list states.", "Deleted 0 expired list states."]
    assert core_world.value("SELECT count(*) FROM admin.view_states WHERE expires_at > now()") == 2


def test_kept_answers_and_used_tokens_are_deleted_when_their_time_is_over(core_world: World) -> None:
    with core_world.database.transaction() as session:
        for number, hours in enumerate((-48, -1, -1, -1, 1, 23)):
            session.execute(text(KEPT_ANSWER), {"key": str(number), "hours": hours})
    jobs = run_twice(core_world, "core.forget-repeated-requests")
    assert summaries(core_world, jobs) == ["Deleted 4 kept answers.", "Deleted 0 kept answers."]
    assert core_world.value("SELECT count(*) FROM admin.idempotency_keys WHERE expires_at > now()") == 2


def test_finished_jobs_slots_and_process_reports_are_forgotten_after_their_retention(core_world: World) -> None:
    old = [core_world.enqueue("test.one-row") for _ in range(4)]
    core_world.settle()
    core_world.rows("UPDATE admin.jobs SET finished_at = now() - interval '91 days' RETURNING id")
    recent = core_world.enqueue("test.one-row")
    core_world.settle()
    with core_world.database.transaction() as session:
        for days in (500, 10):
            session.execute(text(SLOT), {"days": days})
            session.execute(text(BEAT), {"days": days, "name": f"relay-{days}"})
    jobs = run_twice(core_world, "core.forget-finished-jobs")
    assert summaries(core_world, jobs) == [
        "Deleted 4 finished jobs, 1 schedule slots, 1 process reports.",
        "Deleted 0 finished jobs, 0 schedule slots, 0 process reports.",
    ]
    left = {row.id for row in core_world.rows("SELECT id FROM admin.jobs")}
    assert left == {recent, *jobs}
    assert not left & set(old)


def test_the_books_of_sources_are_forgotten_after_their_retention(core_world: World) -> None:
    with core_world.database.transaction() as session:
        for number, days in enumerate((500, 500, 500, 500, 10)):
            for sql in SOURCE_BOOKS:
                session.execute(text(sql), {"days": days, "key": str(number)})
    jobs = run_twice(core_world, "core.forget-source-books")
    assert summaries(core_world, jobs) == [
        "Deleted 4 refused rows, 4 readings, 4 values written back.",
        "Deleted 0 refused rows, 0 readings, 0 values written back.",
    ]


ASKED_FOR = {
    "core.audit-report", "core.carry-out-bulk-change", "core.carry-out-import", "core.check-import",
    "core.deliver-webhook", "core.export-list", "core.load-source",
    "core.process-webhook", "core.send-alert", "core.send-mail", "core.test-integration", "core.undo-change",
}  # fmt: skip
"""By a button or by other code, never by the clock."""


def test_every_core_job_is_scheduled_or_asked_for() -> None:
    assert all(job.title for job in core_jobs.CORE_JOBS)
    assert {job.slug for job in core_jobs.CORE_JOBS if not job.cron} == ASKED_FOR


VIEW_STATE = (
    "INSERT INTO admin.view_states (id, token, owner_id, model_key, payload, expires_at) VALUES"
    " (gen_random_uuid(), gen_random_uuid(), :ada, 'customers', '', now() + make_interval(days => :days))"
)
AGO = "now() - make_interval(days => :days)"
SOURCE_BOOKS = (
    """INSERT INTO admin.source_mappings (id, name, source_table, target, columns)
       VALUES (gen_random_uuid(), 'm', 'a.b', 'customers', '{}') ON CONFLICT DO NOTHING""",
    f"""INSERT INTO admin.source_runs (id, mapping_id, started_at)
        SELECT gen_random_uuid(), id, {AGO} FROM admin.source_mappings""",
    f"""INSERT INTO admin.source_rejects (id, mapping_id, source_key, reason, payload, created_at)
        SELECT gen_random_uuid(), id, :key, 'Why.', '{{}}', {AGO} FROM admin.source_mappings""",
    f"""INSERT INTO admin.source_writes (id, name, target, target_id, asked_at)
        VALUES (gen_random_uuid(), 'w', 'customers', gen_random_uuid(), {AGO})""",
)
SLOT = (
    "INSERT INTO admin.job_slots (id, name, slot)"
    " VALUES (gen_random_uuid(), 'test.every-minute', now() - make_interval(days => :days))"
)
BEAT = (
    "INSERT INTO admin.worker_beats (id, name, kind, host, pid, beat_at)"
    " VALUES (gen_random_uuid(), :name, 'relay', 'here', 1, now() - make_interval(days => :days))"
)
KEPT_ANSWER = """
INSERT INTO admin.idempotency_keys (id, scope, key, request_digest, expires_at)
VALUES (gen_random_uuid(), 'api:test', :key, repeat('0', 64), now() + make_interval(hours => :hours))
"""
