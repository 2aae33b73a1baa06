"""Files of jobs: made once, gone when their time is over, never left behind by a crash."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, g
from sqlalchemy import event

from admin_core.artifacts.local import LocalFolder
from admin_core.artifacts.making import NewFile
from admin_core.artifacts.places import places
from admin_core.artifacts.storage import MissingFileError, Storage
from admin_core.jobs import core_jobs
from admin_core.jobs.declared import Job
from admin_core.jobs.run import JobRun
from admin_core.jobs_screen.access import note_download
from admin_core.policy import Person
from tests.admin_core.audit.ledger import empty as forget_log
from tests.admin_core.jobs.world import World, with_jobs

ABOUT = NewFile(name="a.csv", kind="export", media_type="text/csv", permission="test:files:read", days=1)


@pytest.fixture
def core_world(world: World) -> World:
    return with_jobs(world, *core_jobs.CORE_JOBS)


@pytest.fixture
def folder(world: World) -> Storage:
    return places(world.settings)["local"]


def made(world: World) -> tuple[UUID, str]:
    """Return a file's id and key."""
    world.enqueue("test.make-file")
    world.settle()
    row = world.rows("SELECT id, location FROM admin.artifacts ORDER BY created_at DESC LIMIT 1")[0]
    return row.id, row.location


def age(world: World, key: str, days: int) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(Path(world.settings.artifacts_dir) / key, (then, then))


def test_a_job_that_runs_twice_makes_its_file_once(world: World) -> None:
    asked: list[int] = []

    def run(run: JobRun) -> None:
        def content() -> list[bytes]:
            asked.append(1)
            return [b"one", b"two"]

        assert run.artifact("it", ABOUT, content) == run.artifact("it", ABOUT, content)

    world = with_jobs(world, Job(slug="test.this", run=run))
    world.enqueue("test.this")
    world.settle()
    assert asked == [1]
    (row,) = world.rows("SELECT * FROM admin.artifacts")
    assert (row.size_bytes, row.permission, row.storage, row.personal) == (6, "test:files:read", "local", True)
    assert row.sha256 == "25b6746d5172ed6352966a013d93ac846e1110d5a25e8f183b5931f4688842a1"
    assert row.expires_at > row.created_at + timedelta(hours=23)


def test_a_file_belongs_to_whoever_asked_for_the_job(world: World) -> None:
    ada = world.rows(
        "INSERT INTO admin.staff_members (id, name, email, fs_uniquifier, active)"
        " VALUES (gen_random_uuid(), 'Ada', 'ada@example.com', 'ada', true) RETURNING id"
    )[0].id
    job_id = world.enqueue("test.make-file")
    world.rows("UPDATE admin.jobs SET actor_id = :ada WHERE id = :id RETURNING id", ada=ada, id=job_id)
    world.settle()
    assert world.rows("SELECT owner_id, job_id FROM admin.artifacts") == [(ada, job_id)]


def test_an_expired_file_goes_and_its_row_stays_for_its_retention(core_world: World, folder: Storage) -> None:
    (gone, gone_key), (kept, kept_key) = made(core_world), made(core_world)
    expire = "UPDATE admin.artifacts SET expires_at = now() - make_interval(days => :days) WHERE id = :id RETURNING id"
    core_world.rows(expire, id=gone, days=1)
    for deleted in (1, 0):
        job_id = core_world.enqueue("core.expire-files")
        core_world.settle()
        assert core_world.job(job_id).result["summary"] == f"Deleted {deleted} expired files."
    with pytest.raises(MissingFileError):
        folder.open(gone_key)
    assert b"".join(folder.open(kept_key)).startswith(b"job,item")
    assert core_world.rows("SELECT id FROM admin.artifacts WHERE deleted_at IS NOT NULL") == [(gone,)]
    core_world.rows(expire, id=gone, days=31)
    core_world.enqueue("core.expire-files")
    core_world.settle()
    assert core_world.rows("SELECT id FROM admin.artifacts") == [(kept,)]


def test_a_row_is_written_after_each_file_so_that_a_slow_store_is_no_silence(
    core_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE admin.artifacts"):
            said.append("row")

    for _ in range(3):
        made(core_world)
    core_world.rows("UPDATE admin.artifacts SET expires_at = now() - interval '1 day' RETURNING id")
    monkeypatch.setattr(LocalFolder, "delete", lambda _self, _key: said.append("file"))
    event.listen(core_world.database.engine, "before_cursor_execute", note)
    core_world.enqueue("core.expire-files")
    core_world.settle()
    event.remove(core_world.database.engine, "before_cursor_execute", note)
    assert said == ["file", "row"] * 3


def test_a_download_is_noted_with_the_address_as_a_column_takes_it(world: World) -> None:
    ada = world.rows(
        "INSERT INTO admin.staff_members (id, name, email, fs_uniquifier, active)"
        " VALUES (gen_random_uuid(), 'Ada', 'ada@example.com', 'ada', true) RETURNING id"
    )[0].id
    app = Flask(__name__)
    world.machine.install(app)
    for came_from in ("::ffff:203.0.113.7", "fe80::1%eth0", ""):
        with app.test_request_context(environ_base={"REMOTE_ADDR": came_from}):
            g.request_id = "r-1"
            note_download(Person(ada, "Ada"), model_key="artifacts")
    found = world.rows("SELECT host(ip) AS ip FROM admin.access_entries ORDER BY id")
    logged = world.value("SELECT count(*) FROM admin.audit_entries WHERE action = 'data.download'")
    forget_log(world.settings.database_url)  # its entries would keep the member
    assert [row.ip for row in found] == ["203.0.113.7", "fe80::1", None]
    assert logged == 3


def test_files_that_no_row_names_are_swept_after_a_day(core_world: World, folder: Storage) -> None:
    _, named = made(core_world)
    orphans = [f"2026-11/0198a1b2-7c3d-7000-8000-00000000000{n}" for n in range(3)]
    for key in orphans:
        folder.put(key, [b"x"])
    half = f"{orphans[2]}.part"
    (Path(core_world.settings.artifacts_dir) / half).write_bytes(b"half")
    strange = "2026-11/notes.txt"
    (Path(core_world.settings.artifacts_dir) / strange).write_bytes(b"ours? no")
    for key in (named, orphans[0], half, strange):
        age(core_world, key, 2)
    job_id = core_world.enqueue("core.remove-abandoned-files")
    core_world.settle()
    assert core_world.job(job_id).result["summary"] == "Deleted 2 files that nothing refers to."
    left = set(folder.keys(datetime.now(UTC) + timedelta(days=1)))
    assert left == {named, orphans[1], orphans[2], strange}
